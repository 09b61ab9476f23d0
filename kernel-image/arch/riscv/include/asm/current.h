/* current: the running task; in the kernel tp always points to it. */
#ifndef _ASM_CURRENT_H
#define _ASM_CURRENT_H

struct task_struct;

register struct task_struct *riscv_current_is_tp __asm__("tp");

static __inline__ __attribute__((__always_inline__)) struct task_struct *get_current(void)
{
	return riscv_current_is_tp;
}
#define current get_current()

#endif
