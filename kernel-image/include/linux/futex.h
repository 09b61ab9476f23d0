/* Waking those who wait on a word of user memory, and the list of mutexes that a dying thread held. */
#ifndef _LINUX_FUTEX_H
#define _LINUX_FUTEX_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/uaccess.h>

#define FUTEX_BITSET_MATCH_ANY 0xffffffffU

/* Wakes up to count waiters on uaddr in current's address space; returns how many. */
int futex_wake(u32 __user *uaddr, int count, u32 bitset);

/* The mutexes that a thread holds, as set_robust_list(2) tells: a list through user memory that ends at its head. */
struct robust_list_head {
	unsigned long next;
	long futex_offset;	/* from an entry to its word */
	unsigned long pending;	/* one that is being locked or unlocked */
};

void exit_robust_list(void);

/* In uaccess.S. *seen is what was there; the word changed if that equals old. */
int futex_atomic_cmpxchg(u32 __user *uaddr, u32 old, u32 new, u32 *seen);

#endif
