/* The part of a task that only this architecture knows. */
#ifndef _ASM_PROCESSOR_H
#define _ASM_PROCESSOR_H

#include <asm/page.h>
#include <asm/ptrace.h>

/* The layout of the signal frame, too. */
struct __riscv_d_ext_state {
	u64 f[32];
	u32 fcsr;
};

/* Callee-saved registers of a task that is not running. */
struct thread_struct {
	unsigned long ra;
	unsigned long sp;
	unsigned long s[12];
	unsigned long bad_cause;
	struct __riscv_d_ext_state fstate;
};

#define STACK_TOP TASK_SIZE

#define task_pt_regs(tsk) \
	((struct pt_regs *)((char *)(tsk)->stack + THREAD_SIZE - ALIGN(sizeof(struct pt_regs), 16)))

/* Makes regs enter user mode at pc with stack sp, all other registers 0. */
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);
void flush_thread(void);

static inline void wait_for_interrupt(void)
{
	__asm__ __volatile__("wfi" ::: "memory");
}

/* The end for this hart: nothing wakes it, not even a timer that is still set. */
static inline void __attribute__((__noreturn__)) cpu_park(void)
{
	csr_clear(sstatus, SR_SIE);
	csr_write(sie, 0);
	for (;;)
		wait_for_interrupt();
}

struct task_struct;
struct task_struct *__switch_to(struct task_struct *prev, struct task_struct *next);

#endif
