/* SYSCALL_DEFINEn: a system call's body with typed arguments behind an entry that takes six raw registers. */
#ifndef _LINUX_SYSCALLS_H
#define _LINUX_SYSCALLS_H

#include <linux/types.h>
#include <linux/errno.h>

struct pt_regs;

typedef long (*syscall_fn_t)(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);

void syscall_handler(struct pt_regs *regs);

#define __SYS_REGS						\
	unsigned long r0 __attribute__((unused)),		\
	unsigned long r1 __attribute__((unused)),		\
	unsigned long r2 __attribute__((unused)),		\
	unsigned long r3 __attribute__((unused)),		\
	unsigned long r4 __attribute__((unused)),		\
	unsigned long r5 __attribute__((unused))

#define __SYSCALL_DEFINE(name, params, ...)			\
	static inline long __do_sys_##name params;		\
	long sys_##name(__SYS_REGS);				\
	long sys_##name(__SYS_REGS)				\
	{							\
		return __do_sys_##name(__VA_ARGS__);		\
	}							\
	static inline long __do_sys_##name params

#define SYSCALL_DEFINE0(name) \
	__SYSCALL_DEFINE(name, (void), )
#define SYSCALL_DEFINE1(name, t0, a0) \
	__SYSCALL_DEFINE(name, (t0 a0), (t0)r0)
#define SYSCALL_DEFINE2(name, t0, a0, t1, a1) \
	__SYSCALL_DEFINE(name, (t0 a0, t1 a1), (t0)r0, (t1)r1)
#define SYSCALL_DEFINE3(name, t0, a0, t1, a1, t2, a2) \
	__SYSCALL_DEFINE(name, (t0 a0, t1 a1, t2 a2), (t0)r0, (t1)r1, (t2)r2)
#define SYSCALL_DEFINE4(name, t0, a0, t1, a1, t2, a2, t3, a3) \
	__SYSCALL_DEFINE(name, (t0 a0, t1 a1, t2 a2, t3 a3), (t0)r0, (t1)r1, (t2)r2, (t3)r3)
#define SYSCALL_DEFINE5(name, t0, a0, t1, a1, t2, a2, t3, a3, t4, a4) \
	__SYSCALL_DEFINE(name, (t0 a0, t1 a1, t2 a2, t3 a3, t4 a4), (t0)r0, (t1)r1, (t2)r2, (t3)r3, (t4)r4)
#define SYSCALL_DEFINE6(name, t0, a0, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	__SYSCALL_DEFINE(name, (t0 a0, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5), (t0)r0, (t1)r1, (t2)r2, (t3)r3, (t4)r4, (t5)r5)

#endif
