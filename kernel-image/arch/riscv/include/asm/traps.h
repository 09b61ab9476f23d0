/* The handlers behind handle_exception. */
#ifndef _ASM_TRAPS_H
#define _ASM_TRAPS_H

#include <linux/compiler.h>

struct pt_regs;

asmlinkage void do_trap(struct pt_regs *regs);
asmlinkage void do_irq(struct pt_regs *regs);
asmlinkage void irqentry_exit(struct pt_regs *regs);
void do_page_fault(struct pt_regs *regs);
void die(struct pt_regs *regs, const char *str) __noreturn;
/* A fault of the user's: the signal, and a line in the log if nobody handles it. */
void do_user_trap(struct pt_regs *regs, int signo, int code, unsigned long addr);
void trap_init(void);

#endif
