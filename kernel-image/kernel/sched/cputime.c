/* How long tasks have run: to the nanosecond, as the scheduler measures it, unlike the ticks of utime and stime. */
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>

#include "sched.h"

u64 task_sched_runtime(struct task_struct *p)
{
	unsigned long flags;
	struct rq *rq;
	u64 ns;

	raw_spin_lock_irqsave(&p->pi_lock, flags);
	rq = task_rq(p);
	raw_spin_lock(&rq->lock);
	ns = p->se.sum_exec_runtime;
	if (rq->curr == p && task_rq(p) == rq) {
		update_rq_clock(rq);
		ns += rq->clock - p->se.exec_start;
	}
	raw_spin_unlock(&rq->lock);
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	return ns;
}

u64 process_sched_runtime(void)
{
	struct task_struct *t;
	u64 ns;

	read_lock(&tasklist_lock);
	ns = current->signal->sum_sched_runtime;
	for_each_thread(current, t)
		ns += task_sched_runtime(t);
	read_unlock(&tasklist_lock);
	return ns;
}
