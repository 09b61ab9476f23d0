/* Switching address spaces. */
#ifndef _ASM_MMU_CONTEXT_H
#define _ASM_MMU_CONTEXT_H

#include <linux/mm_types.h>

struct task_struct;
void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk);

#endif
