/*
 * The deadline class: earliest deadline first, each task within its reservation.
 *
 * A task asks for dl_runtime in each dl_period, to be had by dl_deadline. Its
 * constant bandwidth server gives it an absolute deadline and a budget; when
 * the budget is used up the task is throttled until its next period, so that
 * no other reservation suffers (the CBS rules). Admission keeps the sum of the
 * reservations under the real-time share of the CPUs.
 */
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "sched.h"

#define BW_SHIFT 20

static DEFINE_RAW_SPINLOCK(dl_bw_lock);
static u64 dl_total_bw;

static struct task_struct *dl_task_of(struct sched_dl_entity *dl)
{
	return container_of(dl, struct task_struct, dl);
}

static u64 to_ratio(u64 period, u64 runtime)
{
	return period ? (runtime << BW_SHIFT) / period : 0;
}

/* Books the task's reservation in place of its old one; false if it does not fit. runtime 0 gives back. */
bool dl_admit(struct task_struct *p, u64 runtime, u64 period)
{
	u64 new_bw = to_ratio(period, runtime), old_bw = p->dl.dl_bw;
	u64 limit = cpumask_weight(&def_root_domain.online) * to_ratio(def_rt_bandwidth.rt_period, def_rt_bandwidth.rt_runtime);
	unsigned long flags;
	bool fits;

	raw_spin_lock_irqsave(&dl_bw_lock, flags);
	fits = dl_total_bw - old_bw + new_bw <= limit;
	if (fits) {
		dl_total_bw += new_bw - old_bw;
		p->dl.dl_bw = new_bw;
	}
	raw_spin_unlock_irqrestore(&dl_bw_lock, flags);
	return fits;
}

void __init init_dl_rq(struct dl_rq *dl)
{
	INIT_LIST_HEAD(&dl->queue);
}

static void __enqueue_dl(struct dl_rq *dl, struct sched_dl_entity *se)
{
	struct sched_dl_entity *pos;

	list_for_each_entry_reverse(pos, &dl->queue, node)
		if ((s64)(pos->deadline - se->deadline) <= 0)
			break;
	list_add(&se->node, &pos->node);
}

/* A full budget, to be had by a deadline counted from now. */
static void setup_new_dl_entity(struct rq *rq, struct sched_dl_entity *dl)
{
	dl->deadline = rq->clock + dl->dl_deadline;
	dl->runtime = dl->dl_runtime;
}

/* The next period has come: refill what was used up, and put the task back. */
static enum hrtimer_restart dl_task_timer(struct hrtimer *timer)
{
	struct sched_dl_entity *dl = container_of(timer, struct sched_dl_entity, dl_timer);
	struct task_struct *p = dl_task_of(dl);
	struct rq *rq = task_rq(p);

	raw_spin_lock(&rq->lock);
	if (rq == task_rq(p) && dl->dl_throttled) {
		update_rq_clock(rq);
		dl->dl_throttled = false;
		setup_new_dl_entity(rq, dl);
		if (p->on_rq && list_empty(&dl->node)) {
			__enqueue_dl(&rq->dl, dl);
			resched_curr(rq);
		}
	}
	raw_spin_unlock(&rq->lock);
	return HRTIMER_NORESTART;
}

void init_dl_task(struct task_struct *p)
{
	INIT_LIST_HEAD(&p->dl.node);
	p->dl.dl_throttled = false;
	p->dl.dl_bw = 0;
	hrtimer_init(&p->dl.dl_timer, dl_task_timer);
}

static void update_curr_dl(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	struct sched_dl_entity *dl = &curr->dl;
	s64 delta = rq->clock - curr->se.exec_start;

	if (curr->sched_class != &dl_sched_class || delta <= 0)
		return;
	curr->se.exec_start = rq->clock;
	curr->se.sum_exec_runtime += delta;
	dl->runtime -= delta;
	if (dl->runtime > 0 || dl->dl_throttled)
		return;
	dl->dl_throttled = true;
	list_del_init(&dl->node);
	dl->replenish = true;
	resched_curr(rq);
}

static void enqueue_task_dl(struct rq *rq, struct task_struct *p, int flags)
{
	struct sched_dl_entity *dl = &p->dl;

	rq->dl.nr_running++;
	if (dl->dl_throttled)
		return;
	/* CBS: the old deadline holds only while the rest of the budget does not exceed its share of the time left. */
	if ((s64)(dl->deadline - rq->clock) <= 0 ||
	    dl->runtime * dl->dl_period > (s64)(dl->deadline - rq->clock) * (s64)dl->dl_runtime)
		setup_new_dl_entity(rq, dl);
	__enqueue_dl(&rq->dl, dl);
}

static void dequeue_task_dl(struct rq *rq, struct task_struct *p)
{
	update_curr_dl(rq);
	rq->dl.nr_running--;
	list_del_init(&p->dl.node);
}

/* The task has done what it wanted in this period. */
static void yield_task_dl(struct rq *rq)
{
	rq->curr->dl.runtime = 0;
	update_curr_dl(rq);
}

static void check_preempt_curr_dl(struct rq *rq, struct task_struct *p)
{
	if ((s64)(p->dl.deadline - rq->curr->dl.deadline) < 0)
		resched_curr(rq);
}

static struct task_struct *pick_next_task_dl(struct rq *rq)
{
	struct sched_dl_entity *dl = list_first_entry_or_null(&rq->dl.queue, struct sched_dl_entity, node);
	struct task_struct *p;

	if (!dl)
		return NULL;
	p = dl_task_of(dl);
	p->se.exec_start = rq->clock;
	return p;
}

static void put_prev_task_dl(struct rq *rq, struct task_struct *p)
{
	update_curr_dl(rq);
	if (p->dl.replenish) {
		p->dl.replenish = false;
		hrtimer_start(&p->dl.dl_timer, p->dl.deadline - p->dl.dl_deadline + p->dl.dl_period);
	}
}

static void task_tick_dl(struct rq *rq, struct task_struct *p)
{
	update_curr_dl(rq);
}

/* Its own CPU unless that runs an earlier deadline; then one that runs none. */
static int select_task_rq_dl(struct task_struct *p, int prev_cpu, int flags)
{
	int cpu;

	if (!READ_ONCE(cpu_rq(prev_cpu)->dl.nr_running))
		return prev_cpu;
	for_each_cpu(cpu, &p->cpus_mask)
		if (cpu_active(cpu) && !READ_ONCE(cpu_rq(cpu)->dl.nr_running))
			return cpu;
	return prev_cpu;
}

const struct sched_class dl_sched_class = {
	.next = &rt_sched_class,
	.enqueue_task = enqueue_task_dl,
	.dequeue_task = dequeue_task_dl,
	.yield_task = yield_task_dl,
	.check_preempt_curr = check_preempt_curr_dl,
	.pick_next_task = pick_next_task_dl,
	.put_prev_task = put_prev_task_dl,
	.task_tick = task_tick_dl,
	.select_task_rq = select_task_rq_dl,
};
