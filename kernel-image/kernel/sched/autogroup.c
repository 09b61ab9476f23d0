/*
 * Autogroups: each session is a task group of its own, so that many busy tasks behind one terminal leave
 * the other terminals their share. They count only for tasks of the root control group.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "sched.h"

struct autogroup {
	refcount_t usage;		/* processes whose signal_struct points here */
	struct task_group *tg;
	unsigned long id;
	int nice;
};

int sysctl_sched_autogroup_enabled = 1;
static struct autogroup autogroup_default;
static atomic64_t autogroup_seq_nr;

static int __init setup_autogroup(char *str)
{
	sysctl_sched_autogroup_enabled = 0;
	return 1;
}
__setup("noautogroup", setup_autogroup);

void __init autogroup_init(struct task_struct *init_task)
{
	autogroup_default.tg = &root_task_group;
	refcount_set(&autogroup_default.usage, 1);
	root_task_group.autogroup = &autogroup_default;
	init_task->signal->autogroup = &autogroup_default;
}

static void autogroup_put(struct autogroup *ag)
{
	if (!refcount_dec_and_test(&ag->usage))
		return;
	ag->tg->autogroup = NULL;
	sched_put_group(ag->tg);
	kfree(ag);
}

/* Without memory the session stays in the default group. */
static struct autogroup *autogroup_create(void)
{
	struct autogroup *ag = kzalloc(sizeof(*ag), GFP_KERNEL);

	if (ag)
		ag->tg = sched_create_group(&root_task_group);
	if (!ag || !ag->tg) {
		kfree(ag);
		refcount_inc(&autogroup_default.usage);
		return &autogroup_default;
	}
	refcount_set(&ag->usage, 1);
	ag->id = atomic64_inc_return(&autogroup_seq_nr);
	ag->tg->autogroup = ag;
	return ag;
}

struct task_group *autogroup_task_group(struct task_struct *p, struct task_group *tg)
{
	return tg == &root_task_group && sysctl_sched_autogroup_enabled ? p->signal->autogroup->tg : tg;
}

/* p has become the leader of a session. */
void sched_autogroup_create_attach(struct task_struct *p)
{
	struct autogroup *ag = autogroup_create(), *prev;
	struct task_struct *t;

	write_lock_irq(&tasklist_lock);
	prev = p->signal->autogroup;
	p->signal->autogroup = ag;
	for_each_thread(p, t)
		sched_move_task(t);
	write_unlock_irq(&tasklist_lock);
	autogroup_put(prev);
}

void sched_autogroup_fork(struct signal_struct *sig)
{
	read_lock(&tasklist_lock);
	sig->autogroup = current->signal->autogroup;
	refcount_inc(&sig->autogroup->usage);
	read_unlock(&tasklist_lock);
}

void sched_autogroup_exit(struct signal_struct *sig)
{
	autogroup_put(sig->autogroup);
}

static struct autogroup *autogroup_task_get(struct task_struct *p)
{
	struct autogroup *ag;

	read_lock(&tasklist_lock);
	ag = p->signal->autogroup;
	refcount_inc(&ag->usage);
	read_unlock(&tasklist_lock);
	return ag;
}

/* /proc/PID/autogroup: shown, and written as one nice value for the whole session. */
void proc_sched_autogroup_show_task(struct task_struct *p, struct seq_file *m)
{
	struct autogroup *ag = autogroup_task_get(p);

	if (ag != &autogroup_default)
		seq_printf(m, "/autogroup-%ld nice %d\n", ag->id, ag->nice);
	autogroup_put(ag);
}

int proc_sched_autogroup_set_nice(struct task_struct *p, int nice)
{
	struct autogroup *ag;
	int ret;

	if (nice < MIN_NICE || nice > MAX_NICE)
		return -EINVAL;
	ag = autogroup_task_get(p);
	ret = sched_group_set_shares(ag->tg, sched_prio_to_weight[nice - MIN_NICE]);
	if (!ret)
		ag->nice = nice;
	autogroup_put(ag);
	return ret;
}
