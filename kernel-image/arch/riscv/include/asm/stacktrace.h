/* Walking kernel stacks by their frame pointers. */
#ifndef _ASM_STACKTRACE_H
#define _ASM_STACKTRACE_H

struct pt_regs;
struct task_struct;

/* Prints the return addresses from a context (NULL: the caller's own). */
void dump_backtrace(struct pt_regs *regs, struct task_struct *task);
void dump_stack(void);
void show_stack(struct task_struct *task);	/* of a task that sleeps */
/* Return addresses of the caller and its callers, without the first skip. A leaf function keeps none: hence the macro. */
unsigned int stack_trace_save_from(const void *frame, unsigned long *store, unsigned int size, unsigned int skip);
#define stack_trace_save(store, size, skip) stack_trace_save_from(__builtin_frame_address(0), store, size, skip)
void show_regs(struct pt_regs *regs);
void riscv_crash_save_regs(struct pt_regs *regs);	/* the caller's own */

#endif
