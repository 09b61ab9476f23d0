/* Access to user memory: every copy may fault and then tells how many bytes it could not do. */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>
#include <linux/errno.h>
#include <asm/page.h>

#ifndef __user
#define __user
#endif

unsigned long __asm_copy_user(void *to, const void *from, unsigned long n);
unsigned long __asm_clear_user(void *to, unsigned long n);

static inline bool access_ok(const void __user *addr, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)addr <= TASK_SIZE - size;
}

static inline unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return access_ok(to, n) ? __asm_copy_user(to, from, n) : n;
}

static inline unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	return access_ok(from, n) ? __asm_copy_user(to, from, n) : n;
}

static inline unsigned long clear_user(void __user *to, unsigned long n)
{
	return access_ok(to, n) ? __asm_clear_user(to, n) : n;
}

/* The length copied without the 0, count if there was no 0 in count bytes, or -EFAULT. */
long strncpy_from_user(char *to, const char __user *from, long count);

/* For integers and pointers. */
#define get_user(x, ptr) ({							\
	unsigned long __v = 0;							\
	long __e = copy_from_user(&__v, (ptr), sizeof(*(ptr))) ? -EFAULT : 0;	\
	(x) = (__typeof__(*(ptr)))__v;						\
	__e;									\
})

#define put_user(x, ptr) ({							\
	__typeof__(*(ptr)) __v = (x);						\
	copy_to_user((ptr), &__v, sizeof(__v)) ? -EFAULT : 0;			\
})

#endif
