/* Task groups: making them, their weight, and moving tasks between them. */
#include <linux/cgroup.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/slab.h>

#include "sched.h"

#define MIN_GROUP_SHARES 2UL
#define MAX_GROUP_SHARES (1UL << 18)

struct task_group root_task_group;

/* Nothing stands for the root group; its queues are those of the run queues. */
void __init init_root_task_group(void)
{
	int cpu;

	root_task_group.shares = ROOT_TASK_GROUP_LOAD;
	refcount_set(&root_task_group.usage, 1);
	for_each_possible_cpu(cpu)
		root_task_group.cfs_rq[cpu] = &cpu_rq(cpu)->cfs;
	init_task.sched_task_group = sched_get_group(&root_task_group);
	cgrp_dfl_root.tg = &root_task_group;
}

static void free_group(struct task_group *tg)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree(tg->se[cpu]);
		kfree(tg->cfs_rq[cpu]);
	}
	kfree(tg);
}

/* Its last task is gone, so no queue knows of it any more. */
void sched_put_group(struct task_group *tg)
{
	while (tg && refcount_dec_and_test(&tg->usage)) {
		struct task_group *parent = tg->parent;

		free_group(tg);
		tg = parent;
	}
}

struct task_group *sched_create_group(struct task_group *parent)
{
	struct task_group *tg = kzalloc(sizeof(*tg), GFP_KERNEL);
	int cpu;

	if (!tg)
		return NULL;
	for_each_possible_cpu(cpu) {
		struct sched_entity *se = tg->se[cpu] = kzalloc(sizeof(*se), GFP_KERNEL);
		struct cfs_rq *cfs = tg->cfs_rq[cpu] = kzalloc(sizeof(*cfs), GFP_KERNEL);

		if (!se || !cfs) {
			free_group(tg);
			return NULL;
		}
		init_cfs_rq(cfs, cpu_rq(cpu), tg);
		INIT_LIST_HEAD(&se->run_node);
		se->load.weight = ROOT_TASK_GROUP_LOAD;
		se->my_q = cfs;
		se->cfs_rq = parent->cfs_rq[cpu];
		se->parent = parent->se[cpu];
		se->depth = se->parent ? se->parent->depth + 1 : 0;
	}
	tg->shares = ROOT_TASK_GROUP_LOAD;
	tg->parent = sched_get_group(parent);
	refcount_set(&tg->usage, 1);
	return tg;
}

int sched_group_set_shares(struct task_group *tg, unsigned long shares)
{
	if (tg == &root_task_group)
		return -EINVAL;
	WRITE_ONCE(tg->shares, clamp(shares, MIN_GROUP_SHARES, MAX_GROUP_SHARES));
	sched_group_reweight(tg);
	return 0;
}

u64 sched_group_runtime(struct task_group *tg)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		if (tg->se[cpu])
			sum += READ_ONCE(tg->se[cpu]->sum_exec_runtime);
	return sum;
}

void sched_copy_group(struct task_struct *p)
{
	raw_spin_lock_irq(&current->pi_lock);
	p->sched_task_group = sched_get_group(current->sched_task_group);
	raw_spin_unlock_irq(&current->pi_lock);
}

/* Under the locks of begin_change, so that no queue ever sees a task between two groups. */
void sched_move_task(struct task_struct *p)
{
	struct task_group *old, *new;
	struct change c;

	if (READ_ONCE(p->sched_task_group) == autogroup_task_group(p, task_cgroup_group(p)))
		return;
	begin_change(p, &c);
	old = p->sched_task_group;
	new = autogroup_task_group(p, task_cgroup_group(p));
	if (new != old) {
		p->se.vruntime += new->cfs_rq[task_cpu(p)]->min_vruntime - p->se.cfs_rq->min_vruntime;
		p->sched_task_group = sched_get_group(new);
		set_task_rq(p, task_cpu(p));
	}
	end_change(p, &c);
	if (new != old)
		sched_put_group(old);
}
