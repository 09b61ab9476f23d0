/* Matching names against patterns with * and ?. */
#ifndef _LINUX_GLOB_H
#define _LINUX_GLOB_H

#include <linux/types.h>

/* The whole of str; * is any number of characters, ? is one, a backslash makes the next character itself. */
bool glob_match(const char *pat, const char *str);

#endif
