/* The fair class: every task gets processor time in proportion to its weight, measured by virtual run time. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "sched.h"

static u64 sysctl_sched_latency = 6 * NSEC_PER_MSEC;
static u64 sysctl_sched_min_granularity = 750 * NSEC_PER_USEC;
static u64 sysctl_sched_wakeup_granularity = 1 * NSEC_PER_MSEC;

static struct task_struct *task_of(struct sched_entity *se)
{
	return container_of(se, struct task_struct, se);
}

static bool entity_before(const struct sched_entity *a, const struct sched_entity *b)
{
	return (s64)(a->vruntime - b->vruntime) < 0;
}

static u64 calc_delta_fair(u64 delta, const struct sched_entity *se)
{
	return se->load.weight == NICE_0_LOAD ? delta : delta * NICE_0_LOAD / se->load.weight;
}

static struct sched_entity *first_entity(struct cfs_rq *cfs)
{
	return list_first_entry_or_null(&cfs->tasks_timeline, struct sched_entity, run_node);
}

static void __enqueue_entity(struct cfs_rq *cfs, struct sched_entity *se)
{
	struct sched_entity *pos;

	/* Most newcomers belong near the end. */
	list_for_each_entry_reverse(pos, &cfs->tasks_timeline, run_node)
		if (!entity_before(se, pos))
			break;
	list_add(&se->run_node, &pos->run_node);
}

static void update_min_vruntime(struct cfs_rq *cfs)
{
	struct sched_entity *first = first_entity(cfs), *curr = cfs->curr;
	u64 vruntime = cfs->min_vruntime;

	if (curr && curr->on_rq)
		vruntime = curr->vruntime;
	if (first && (!(curr && curr->on_rq) || entity_before(first, curr)))
		vruntime = first->vruntime;
	if ((s64)(vruntime - cfs->min_vruntime) > 0)
		cfs->min_vruntime = vruntime;
}

static void update_curr(struct rq *rq)
{
	struct sched_entity *curr = rq->cfs.curr;
	s64 delta;

	if (!curr)
		return;
	delta = rq->clock - curr->exec_start;
	if (delta <= 0)
		return;
	curr->exec_start = rq->clock;
	curr->sum_exec_runtime += delta;
	curr->vruntime += calc_delta_fair(delta, curr);
	update_min_vruntime(&rq->cfs);
}

/* What share of the latency period is se's. */
static u64 sched_slice(struct cfs_rq *cfs, struct sched_entity *se)
{
	u64 period = max(sysctl_sched_latency, cfs->nr_running * sysctl_sched_min_granularity);

	return cfs->load.weight ? period * se->load.weight / cfs->load.weight : period;
}

/* A sleeper may come back a little ahead of the others, but not by all it has missed; a new task waits a slice. */
static void place_entity(struct cfs_rq *cfs, struct sched_entity *se, bool initial)
{
	u64 vruntime = cfs->min_vruntime;

	if (initial)
		vruntime += calc_delta_fair(sched_slice(cfs, se), se);
	else
		vruntime -= sysctl_sched_latency / 2;
	if ((s64)(vruntime - se->vruntime) > 0)
		se->vruntime = vruntime;
}

static void enqueue_task_fair(struct rq *rq, struct task_struct *p, int flags)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct sched_entity *se = &p->se;

	update_curr(rq);
	cfs->load.weight += se->load.weight;
	cfs->nr_running++;
	if (flags & (ENQUEUE_WAKEUP | ENQUEUE_INITIAL))
		place_entity(cfs, se, flags & ENQUEUE_INITIAL);
	if (se != cfs->curr)
		__enqueue_entity(cfs, se);
	se->on_rq = true;
}

static void dequeue_task_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct sched_entity *se = &p->se;

	update_curr(rq);
	if (se != cfs->curr)
		list_del_init(&se->run_node);
	se->on_rq = false;
	cfs->load.weight -= se->load.weight;
	cfs->nr_running--;
	update_min_vruntime(cfs);
}

static struct task_struct *pick_next_task_fair(struct rq *rq)
{
	struct sched_entity *se = first_entity(&rq->cfs);

	if (!se)
		return NULL;
	list_del_init(&se->run_node);
	rq->cfs.curr = se;
	se->exec_start = rq->clock;
	se->prev_sum_exec_runtime = se->sum_exec_runtime;
	return task_of(se);
}

static void put_prev_task_fair(struct rq *rq, struct task_struct *p)
{
	update_curr(rq);
	if (p->se.on_rq)
		__enqueue_entity(&rq->cfs, &p->se);
	rq->cfs.curr = NULL;
}

/* The running entity is not in the timeline. */
static void set_curr_task_fair(struct rq *rq, struct task_struct *p)
{
	if (p->se.on_rq)
		list_del_init(&p->se.run_node);
	rq->cfs.curr = &p->se;
	p->se.exec_start = rq->clock;
}

static void check_preempt_wakeup(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *curr = rq->cfs.curr;

	update_curr(rq);
	if (curr && (s64)(curr->vruntime - p->se.vruntime) > (s64)calc_delta_fair(sysctl_sched_wakeup_granularity, &p->se))
		resched_curr(rq);
}

/* Another CPU sleeps while two wait here: wake it, it will pull one. */
static void kick_idle_cpu(struct rq *rq)
{
	int cpu;

	if (!rq->sd)
		return;
	for_each_cpu(cpu, &rq->sd->span) {
		if (idle_cpu(cpu)) {
			smp_send_reschedule(cpu);
			return;
		}
	}
}

static void task_tick_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;

	update_curr(rq);
	if (cfs->nr_running < 2)
		return;
	if (p->se.sum_exec_runtime - p->se.prev_sum_exec_runtime > sched_slice(cfs, &p->se))
		resched_curr(rq);
	kick_idle_cpu(rq);
}

/* The caller holds the lock of the queue that p is about to join. */
static void task_fork_fair(struct task_struct *p)
{
	p->se.vruntime = task_rq(p)->cfs.min_vruntime;
}

static void yield_task_fair(struct rq *rq)
{
	struct sched_entity *last, *curr = rq->cfs.curr;

	update_curr(rq);
	if (!curr || list_empty(&rq->cfs.tasks_timeline))
		return;
	last = list_last_entry(&rq->cfs.tasks_timeline, struct sched_entity, run_node);
	if (entity_before(curr, last))
		curr->vruntime = last->vruntime;
}

static int find_idlest_cpu(struct task_struct *p, int fallback)
{
	unsigned long best_load = ULONG_MAX;
	int cpu, best = fallback;

	for_each_cpu(cpu, &p->cpus_mask) {
		unsigned long load;

		if (!cpu_active(cpu))
			continue;
		/* The task itself counts where it runs now. */
		load = READ_ONCE(cpu_rq(cpu)->nr_running) - (p == cpu_rq(cpu)->curr);
		if (load < best_load || (load == best_load && cpu == fallback)) {
			best_load = load;
			best = cpu;
		}
	}
	return best;
}

static int select_task_rq_fair(struct task_struct *p, int prev_cpu, int flags)
{
	int cpu;

	if (flags & (WF_FORK | WF_EXEC))
		return find_idlest_cpu(p, flags & WF_FORK ? smp_processor_id() : prev_cpu);
	/* Its caches are where it ran; else any CPU with nothing to do. */
	if (idle_cpu(prev_cpu))
		return prev_cpu;
	for_each_cpu(cpu, &p->cpus_mask)
		if (cpu_active(cpu) && idle_cpu(cpu))
			return cpu;
	return prev_cpu;
}

/* Virtual time differs from queue to queue: carry the distance to the queue's minimum along. */
static void migrate_task_rq_fair(struct task_struct *p, int new_cpu)
{
	p->se.vruntime += READ_ONCE(cpu_rq(new_cpu)->cfs.min_vruntime) - READ_ONCE(task_rq(p)->cfs.min_vruntime);
}

static bool pull_one(struct rq *this_rq, struct rq *busiest)
{
	struct sched_entity *se;

	list_for_each_entry_reverse(se, &busiest->cfs.tasks_timeline, run_node) {
		struct task_struct *p = task_of(se);

		if (p->on_cpu || !cpumask_test_cpu(this_rq->cpu, &p->cpus_mask))
			continue;
		deactivate_task(busiest, p);
		set_task_cpu(p, this_rq->cpu);
		activate_task(this_rq, p, 0);
		return true;
	}
	return false;
}

/* Takes one waiting task from a CPU of the domain that has at least so many. Only tries locks, so no order is needed. */
static void balance(struct rq *this_rq, unsigned int enough)
{
	int cpu;

	for_each_cpu(cpu, &this_rq->sd->span) {
		struct rq *rq = cpu_rq(cpu);
		bool pulled;

		if (rq == this_rq || READ_ONCE(rq->nr_running) < enough || !raw_spin_trylock(&rq->lock))
			continue;
		update_rq_clock(rq);
		pulled = pull_one(this_rq, rq);
		raw_spin_unlock(&rq->lock);
		if (pulled)
			return;
	}
}

/* About to idle: whoever has more than it can run gives one away. */
void newidle_balance(struct rq *this_rq)
{
	if (this_rq->sd)
		balance(this_rq, 2);
}

/* Every now and then a busy CPU looks whether another has at least two more to run. */
static void run_rebalance_domains(void)
{
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	raw_spin_lock(&rq->lock);
	update_rq_clock(rq);
	if (rq->sd)
		balance(rq, rq->nr_running + 2);
	raw_spin_unlock(&rq->lock);
	local_irq_enable();
}

/* From the tick. */
void trigger_load_balance(struct rq *rq)
{
	if (!rq->sd || ++rq->balance_ticks < rq->sd->balance_interval)
		return;
	rq->balance_ticks = 0;
	raise_softirq_irqoff(SCHED_SOFTIRQ);
}

void __init init_sched_fair_class(void)
{
	open_softirq(SCHED_SOFTIRQ, run_rebalance_domains);
}

/* With more CPUs a task waits less, so each may run longer at a stretch: by the logarithm of their number. */
void __init sched_init_granularity(void)
{
	unsigned int factor = 1;

	while (num_online_cpus() >> factor)
		factor++;
	sysctl_sched_latency *= factor;
	sysctl_sched_min_granularity *= factor;
	sysctl_sched_wakeup_granularity *= factor;
}

void init_cfs_rq(struct cfs_rq *cfs)
{
	INIT_LIST_HEAD(&cfs->tasks_timeline);
	cfs->min_vruntime = -(1UL << 20);	/* soon wraps: comparisons must be of differences */
}

const struct sched_class fair_sched_class = {
	.next = &idle_sched_class,
	.enqueue_task = enqueue_task_fair,
	.dequeue_task = dequeue_task_fair,
	.yield_task = yield_task_fair,
	.check_preempt_curr = check_preempt_wakeup,
	.pick_next_task = pick_next_task_fair,
	.put_prev_task = put_prev_task_fair,
	.set_curr_task = set_curr_task_fair,
	.task_tick = task_tick_fair,
	.task_fork = task_fork_fair,
	.select_task_rq = select_task_rq_fair,
	.migrate_task_rq = migrate_task_rq_fair,
};

/* A reschedule interrupt also calls an idle CPU to pull work: a pass through schedule() does that. */
void scheduler_ipi(void)
{
	if (is_idle_task(current))
		set_tsk_thread_flag(current, TIF_NEED_RESCHED);
}
