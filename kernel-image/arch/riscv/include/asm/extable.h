/* Recovery from faults on user addresses in the kernel. */
#ifndef _ASM_EXTABLE_H
#define _ASM_EXTABLE_H

#include <linux/types.h>

struct pt_regs;

/* Moves regs to the fixup of the faulting instruction; false if it has none. */
bool fixup_exception(struct pt_regs *regs);

#endif
