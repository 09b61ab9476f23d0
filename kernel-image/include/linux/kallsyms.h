/* Names for the kernel's addresses. */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#include <linux/types.h>

#define KSYM_NAME_LEN 64

/* The function that addr lies in, how far in and how long it is; NULL if in none. */
const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset);
/* name+0xoffset/0xsize, behind it [module] if it is one's, or the bare address. Returns the length. */
int sprint_symbol(char *buf, size_t len, unsigned long addr);

#endif
