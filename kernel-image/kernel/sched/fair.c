/* The fair class: every task gets processor time in proportion to its weight, measured by virtual run time. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "sched.h"

#define MIN_SHARES 2UL

static u64 sysctl_sched_latency = 6 * NSEC_PER_MSEC;
static u64 sysctl_sched_min_granularity = 750 * NSEC_PER_USEC;
static u64 sysctl_sched_wakeup_granularity = 1 * NSEC_PER_MSEC;

/*
 * Entities form a tree. A task's entity waits in the queue of its group on that
 * CPU (cfs_rq); a group's entity stands for this queue (my_q) in its parent
 * group's, up to the root group's, which is the run queue's own. So a group
 * competes as one, however many tasks it has: its weight is spread over the
 * CPUs in proportion to what it runs on each.
 */
#define for_each_sched_entity(se) for (; se; se = se->parent)

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

static void update_curr(struct cfs_rq *cfs)
{
	struct sched_entity *curr = cfs->curr;
	s64 delta;

	if (!curr)
		return;
	delta = cfs->rq->clock - curr->exec_start;
	if (delta <= 0)
		return;
	curr->exec_start = cfs->rq->clock;
	curr->sum_exec_runtime += delta;
	curr->vruntime += calc_delta_fair(delta, curr);
	update_min_vruntime(cfs);
}

static void reweight_entity(struct cfs_rq *cfs, struct sched_entity *se, unsigned long weight)
{
	if (se->on_rq) {
		update_curr(cfs);
		cfs->load.weight += weight - se->load.weight;
	}
	se->load.weight = weight;
}

/* The share of a group's weight that belongs to this CPU: as much of it as of the group's load. */
static void update_cfs_group(struct sched_entity *se)
{
	struct cfs_rq *gcfs = se->my_q;
	struct task_group *tg;
	long total;

	if (!gcfs)
		return;
	tg = gcfs->tg;
	total = atomic_long_add_return(gcfs->load.weight - gcfs->tg_load_contrib, &tg->load_avg);
	gcfs->tg_load_contrib = gcfs->load.weight;
	if (total > 0)
		reweight_entity(se->cfs_rq, se, max(tg->shares * gcfs->load.weight / total, MIN_SHARES));
}

static void update_groups(struct sched_entity *se)
{
	for_each_sched_entity(se)
		update_cfs_group(se);
}

/* What share of the latency period is se's, through all the groups around it. */
static u64 sched_slice(struct sched_entity *se)
{
	u64 slice = max(sysctl_sched_latency, se->cfs_rq->rq->nr_running * sysctl_sched_min_granularity);

	for_each_sched_entity(se)
		if (se->cfs_rq->load.weight)
			slice = slice * se->load.weight / se->cfs_rq->load.weight;
	return slice;
}

/* A sleeper may come back a little ahead of the others, but not by all it has missed; a new task waits a slice. */
static void place_entity(struct cfs_rq *cfs, struct sched_entity *se, bool initial)
{
	u64 vruntime = cfs->min_vruntime;

	if (initial)
		vruntime += calc_delta_fair(sched_slice(se), se);
	else
		vruntime -= sysctl_sched_latency / 2;
	if ((s64)(vruntime - se->vruntime) > 0)
		se->vruntime = vruntime;
}

static void enqueue_entity(struct cfs_rq *cfs, struct sched_entity *se, int flags)
{
	update_curr(cfs);
	cfs->load.weight += se->load.weight;
	cfs->nr_running++;
	if (flags & (ENQUEUE_WAKEUP | ENQUEUE_INITIAL))
		place_entity(cfs, se, flags & ENQUEUE_INITIAL);
	if (se != cfs->curr)
		__enqueue_entity(cfs, se);
	se->on_rq = true;
}

static void dequeue_entity(struct cfs_rq *cfs, struct sched_entity *se)
{
	update_curr(cfs);
	if (se != cfs->curr)
		list_del_init(&se->run_node);
	se->on_rq = false;
	cfs->load.weight -= se->load.weight;
	cfs->nr_running--;
	update_min_vruntime(cfs);
}

/* With its first task a group joins its parent's queue. */
static void enqueue_task_fair(struct rq *rq, struct task_struct *p, int flags)
{
	struct sched_entity *se = &p->se;

	list_add(&se->group_node, &rq->cfs_tasks);
	for_each_sched_entity(se) {
		if (se->on_rq)
			break;
		enqueue_entity(se->cfs_rq, se, flags);
		flags = ENQUEUE_WAKEUP;
	}
	update_groups(p->se.parent);
}

static void dequeue_task_fair(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	list_del_init(&se->group_node);
	for_each_sched_entity(se) {
		dequeue_entity(se->cfs_rq, se);
		if (se->cfs_rq->nr_running)
			break;
	}
	update_groups(p->se.parent);
}

static void set_next_entity(struct cfs_rq *cfs, struct sched_entity *se)
{
	if (se->on_rq)
		list_del_init(&se->run_node);
	cfs->curr = se;
	se->exec_start = cfs->rq->clock;
	se->prev_sum_exec_runtime = se->sum_exec_runtime;
}

static struct task_struct *pick_next_task_fair(struct rq *rq)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct sched_entity *se;

	if (!cfs->nr_running)
		return NULL;
	do {
		se = first_entity(cfs);
		set_next_entity(cfs, se);
		cfs = se->my_q;
	} while (cfs);
	return task_of(se);
}

static void put_prev_task_fair(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for_each_sched_entity(se) {
		update_curr(se->cfs_rq);
		if (se->on_rq)
			__enqueue_entity(se->cfs_rq, se);
		se->cfs_rq->curr = NULL;
	}
}

/* p runs already and joins the class, or another group. */
static void set_curr_task_fair(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for_each_sched_entity(se)
		set_next_entity(se->cfs_rq, se);
}

/* Two tasks compare by those of their groups that have a queue in common. */
static void check_preempt_wakeup(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *curr = &rq->curr->se, *se = &p->se;

	while (curr->cfs_rq != se->cfs_rq) {
		int ahead = curr->depth - se->depth;

		if (ahead >= 0)
			curr = curr->parent;
		if (ahead <= 0)
			se = se->parent;
	}
	update_curr(se->cfs_rq);
	if ((s64)(curr->vruntime - se->vruntime) > (s64)calc_delta_fair(sysctl_sched_wakeup_granularity, se))
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
			wake_up_idle_cpu(cpu);
			return;
		}
	}
}

static void task_tick_fair(struct rq *rq, struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for_each_sched_entity(se) {
		update_curr(se->cfs_rq);
		update_cfs_group(se);
		if (se->cfs_rq->nr_running > 1 && se->sum_exec_runtime - se->prev_sum_exec_runtime > sched_slice(se))
			resched_curr(rq);
	}
	if (rq->nr_running > 1)
		kick_idle_cpu(rq);
}

/* The caller holds the lock of the queue that p is about to join. */
static void task_fork_fair(struct task_struct *p)
{
	p->se.vruntime = p->se.cfs_rq->min_vruntime;
}

static void yield_task_fair(struct rq *rq)
{
	struct sched_entity *last, *curr = &rq->curr->se;
	struct cfs_rq *cfs = curr->cfs_rq;

	update_curr(cfs);
	if (list_empty(&cfs->tasks_timeline))
		return;
	last = list_last_entry(&cfs->tasks_timeline, struct sched_entity, run_node);
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
	p->se.vruntime += READ_ONCE(p->sched_task_group->cfs_rq[new_cpu]->min_vruntime) -
			  READ_ONCE(p->se.cfs_rq->min_vruntime);
}

static bool pull_one(struct rq *this_rq, struct rq *busiest)
{
	struct task_struct *p;

	list_for_each_entry_reverse(p, &busiest->cfs_tasks, se.group_node) {
		if (p->on_cpu || !cpumask_test_cpu(this_rq->cpu, &p->cpus_mask))
			continue;
		move_queued_task(busiest, p, this_rq);
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

/* About to idle, with nobody on the way: whoever has more than it can run gives one away. */
void newidle_balance(struct rq *this_rq)
{
	if (this_rq->sd && llist_empty(&this_rq->wake_list))
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

void init_cfs_rq(struct cfs_rq *cfs, struct rq *rq, struct task_group *tg)
{
	cfs->rq = rq;
	cfs->tg = tg;
	INIT_LIST_HEAD(&cfs->tasks_timeline);
	cfs->min_vruntime = -(1UL << 20);	/* soon wraps: comparisons must be of differences */
}

/* The group's weight has changed: tell the queues that it competes in. */
void sched_group_reweight(struct task_group *tg)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);
		unsigned long flags;

		raw_spin_lock_irqsave(&rq->lock, flags);
		update_rq_clock(rq);
		update_groups(tg->se[cpu]);
		raw_spin_unlock_irqrestore(&rq->lock, flags);
	}
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
