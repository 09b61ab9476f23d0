/* Making new instructions visible: fence.i here, on the harts that run the mm, and later on the rest. */
#ifndef _ASM_CACHEFLUSH_H
#define _ASM_CACHEFLUSH_H

#include <linux/mm_types.h>

static inline void local_flush_icache_all(void) { __asm__ __volatile__("fence.i" ::: "memory"); }
void flush_icache_all(void);
void flush_icache_mm(struct mm_struct *mm);

#endif
