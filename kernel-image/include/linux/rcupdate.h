/* Read-copy-update: readers run with preemption off, writers wait until every CPU has let go. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <asm/barrier.h>

static inline void rcu_read_lock(void) { preempt_disable(); }
static inline void rcu_read_unlock(void) { preempt_enable(); }
#define rcu_dereference(p) READ_ONCE(p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), v)

void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void rcu_init(void);
void rcu_end_inkernel_boot(void);
/* After every task that runs now has left the code it is in: has slept, or been in user mode. */
void call_rcu_tasks(struct rcu_head *head, void (*func)(struct rcu_head *head));
void synchronize_rcu_tasks(void);
void rcu_init_tasks_generic(void);
void rcu_scheduler_starting(void);
void rcu_note_context_switch(void);
void rcu_idle_enter(void);
void rcu_idle_exit(void);
void rcu_sched_clock_irq(bool user);

#endif
