/* Waking those who wait on a word of user memory. */
#ifndef _LINUX_FUTEX_H
#define _LINUX_FUTEX_H

#include <linux/types.h>
#include <linux/compiler.h>

#define FUTEX_BITSET_MATCH_ANY 0xffffffffU

/* Wakes up to count waiters on uaddr in current's address space; returns how many. */
int futex_wake(u32 __user *uaddr, int count, u32 bitset);

#endif
