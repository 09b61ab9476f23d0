/*
 * The switch between two tasks, and whose values the floating-point registers hold.
 *
 * sstatus.FS in a task's pt_regs says how its registers and thread.fstate relate: Off, it has none (kernel threads, and
 * all on a machine without the D extension); Clean, both are equal; Dirty, it has written to them since. While a task
 * with a user space runs, its values are in the registers, also while it is in the kernel, which does not touch them.
 */
#ifndef _ASM_SWITCH_TO_H
#define _ASM_SWITCH_TO_H

#include <linux/preempt.h>
#include <linux/sched.h>

asmlinkage void __fstate_save(struct task_struct *task);
asmlinkage void __fstate_restore(struct task_struct *task);

static inline void set_fs(struct pt_regs *regs, unsigned long fs)
{
	regs->status = (regs->status & ~SR_FS) | fs;
}

/* Preemption is off, or the task is not the running one. */
static inline void fstate_save(struct task_struct *task, struct pt_regs *regs)
{
	if ((regs->status & SR_FS) == SR_FS_DIRTY) {
		__fstate_save(task);
		set_fs(regs, SR_FS_CLEAN);
	}
}

static inline void fstate_restore(struct task_struct *task, struct pt_regs *regs)
{
	if (regs->status & SR_FS) {
		__fstate_restore(task);
		set_fs(regs, SR_FS_CLEAN);
	}
}

#define switch_to(prev, next) ({					\
	if ((prev)->mm)							\
		fstate_save((prev), task_pt_regs(prev));		\
	if ((next)->mm)							\
		fstate_restore((next), task_pt_regs(next));		\
	__switch_to((prev), (next));					\
})

#endif
