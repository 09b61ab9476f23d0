/*
 * The real-time class: FIFO and RR tasks by priority, strictly before all fair ones.
 *
 * A queue has a list per priority and a bitmap of those that are not empty. So
 * that a runaway task cannot take a CPU for ever, real-time tasks together may
 * run rt_runtime in each rt_period; then the queue is throttled until the next,
 * which an hrtimer begins: the CPU may idle meanwhile.
 */
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "sched.h"


struct rt_bandwidth def_rt_bandwidth;

void __init init_rt_bandwidth(struct rt_bandwidth *b, u64 period, u64 runtime)
{
	b->rt_period = period;
	b->rt_runtime = runtime;
}

/* The next period: a throttled queue goes on. */
static enum hrtimer_restart sched_rt_period_timer(struct hrtimer *timer)
{
	struct rq *rq = container_of(timer, struct rq, rt.period_timer);

	raw_spin_lock(&rq->lock);
	rq->rt.rt_throttled = false;
	rq->rt.rt_time = 0;
	if (rq->rt.nr_running)
		resched_curr(rq);
	raw_spin_unlock(&rq->lock);
	return HRTIMER_NORESTART;
}

void __init init_rt_rq(struct rt_rq *rt)
{
	for (int prio = 0; prio < MAX_RT_PRIO; prio++)
		INIT_LIST_HEAD(&rt->queue[prio]);
	hrtimer_init(&rt->period_timer, sched_rt_period_timer);
}

static void update_rt_period(struct rq *rq)
{
	struct rt_rq *rt = &rq->rt;

	if (rt->rt_throttled || rq->clock - rt->period_start < def_rt_bandwidth.rt_period)
		return;
	rt->period_start = rq->clock;
	rt->rt_time = 0;
}

static void update_curr_rt(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	struct rt_rq *rt = &rq->rt;
	s64 delta = rq->clock - curr->se.exec_start;

	update_rt_period(rq);
	if (curr->sched_class != &rt_sched_class || delta <= 0)
		return;
	curr->se.exec_start = rq->clock;
	curr->se.sum_exec_runtime += delta;
	rt->rt_time += delta;
	if (!rt->rt_throttled && rt->rt_time > def_rt_bandwidth.rt_runtime) {
		if (!rt->told)
			pr_warn("sched: RT throttling activated\n");
		rt->told = rt->rt_throttled = true;
		hrtimer_start(&rt->period_timer, rt->period_start + def_rt_bandwidth.rt_period);
		resched_curr(rq);
	}
}

static void enqueue_task_rt(struct rq *rq, struct task_struct *p, int flags)
{
	struct rt_rq *rt = &rq->rt;

	update_rt_period(rq);
	if (flags & ENQUEUE_WAKEUP)
		p->rt.time_slice = RR_TIMESLICE;
	list_add_tail(&p->rt.run_list, &rt->queue[p->prio]);
	__set_bit(p->prio, rt->bitmap);
	rt->nr_running++;
}

static void dequeue_task_rt(struct rq *rq, struct task_struct *p)
{
	struct rt_rq *rt = &rq->rt;

	update_curr_rt(rq);
	list_del_init(&p->rt.run_list);
	if (list_empty(&rt->queue[p->prio]))
		__clear_bit(p->prio, rt->bitmap);
	rt->nr_running--;
}

static void requeue_task_rt(struct rq *rq, struct task_struct *p)
{
	list_move_tail(&p->rt.run_list, &rq->rt.queue[p->prio]);
}

static void yield_task_rt(struct rq *rq)
{
	requeue_task_rt(rq, rq->curr);
}

static void check_preempt_curr_rt(struct rq *rq, struct task_struct *p)
{
	if (p->prio < rq->curr->prio)
		resched_curr(rq);
}

/* The running task stays at the head of its list. */
static struct task_struct *pick_next_task_rt(struct rq *rq)
{
	struct rt_rq *rt = &rq->rt;
	struct task_struct *p;

	if (!rt->nr_running || rt->rt_throttled)
		return NULL;
	p = list_first_entry(&rt->queue[find_first_bit(rt->bitmap, MAX_RT_PRIO)], struct task_struct, rt.run_list);
	p->se.exec_start = rq->clock;
	return p;
}

static void put_prev_task_rt(struct rq *rq, struct task_struct *p)
{
	update_curr_rt(rq);
}

/* RR: at the end of its slice a task goes behind the others of its priority. */
static void task_tick_rt(struct rq *rq, struct task_struct *p)
{
	update_curr_rt(rq);
	if (p->policy != SCHED_RR || --p->rt.time_slice > 0)
		return;
	p->rt.time_slice = RR_TIMESLICE;
	if (rq->rt.queue[p->prio].next != rq->rt.queue[p->prio].prev) {
		requeue_task_rt(rq, p);
		resched_curr(rq);
	}
}

/* The previous CPU unless its task ranks at least as high; then one whose task ranks lower. */
static int select_task_rq_rt(struct task_struct *p, int prev_cpu, int flags)
{
	int cpu, best = prev_cpu, lowest = READ_ONCE(cpu_rq(prev_cpu)->curr)->prio;

	if (p->prio < lowest)
		return prev_cpu;
	for_each_cpu(cpu, &p->cpus_mask) {
		int prio = READ_ONCE(cpu_rq(cpu)->curr)->prio;

		if (cpu_active(cpu) && prio > lowest) {
			lowest = prio;
			best = cpu;
		}
	}
	return best;
}

const struct sched_class rt_sched_class = {
	.next = &fair_sched_class,
	.enqueue_task = enqueue_task_rt,
	.dequeue_task = dequeue_task_rt,
	.yield_task = yield_task_rt,
	.check_preempt_curr = check_preempt_curr_rt,
	.pick_next_task = pick_next_task_rt,
	.put_prev_task = put_prev_task_rt,
	.task_tick = task_tick_rt,
	.select_task_rq = select_task_rq_rt,
};
