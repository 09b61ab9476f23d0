/* Walking kernel stacks by their frame pointers. */
#ifndef _ASM_STACKTRACE_H
#define _ASM_STACKTRACE_H

struct pt_regs;
struct task_struct;

/* Prints the return addresses from a context (NULL: the caller's own). */
void dump_backtrace(struct pt_regs *regs, struct task_struct *task);
void dump_stack(void);
void show_regs(struct pt_regs *regs);

#endif
