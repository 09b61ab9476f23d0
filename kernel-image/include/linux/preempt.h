/* The preempt count: nesting of preempt_disable, softirq and hard interrupt, in one word. */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/compiler.h>
#include <asm/current.h>
#include <asm/thread_info.h>

/* Bits 0-7 preempt_disable, 8-15 softirq, 16-19 hard interrupt. */
#define SOFTIRQ_OFFSET (1 << 8)
#define HARDIRQ_OFFSET (1 << 16)
#define SOFTIRQ_MASK 0xff00
#define HARDIRQ_MASK 0xf0000

static inline volatile int *preempt_count_ptr(void)
{
	return &((struct thread_info *)current)->preempt_count;
}

#define preempt_count() (*preempt_count_ptr())
#define preempt_count_add(n) do { *preempt_count_ptr() += (n); barrier(); } while (0)
#define preempt_count_sub(n) do { barrier(); *preempt_count_ptr() -= (n); } while (0)

#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define in_interrupt() (hardirq_count() | softirq_count())
#define in_atomic() (preempt_count() != 0)

void preempt_schedule(void);

#define preempt_disable() preempt_count_add(1)
#define preempt_enable_no_resched() preempt_count_sub(1)
#define preempt_enable() do {						\
	preempt_count_sub(1);						\
	if (unlikely(preempt_count() == 0 &&				\
		     (READ_ONCE(((struct thread_info *)current)->flags) & _TIF_NEED_RESCHED))) \
		preempt_schedule();					\
} while (0)

#endif
