/*
 * The cpuset controller: the CPUs that the tasks of a control group may run on.
 *
 * What counts is the effective set: what was written, as far as the parent's
 * effective set has it; all of that if nothing is left. CPUs that come and go
 * change the root's, and with it everything below.
 */
#include <linux/cgroup.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/string.h>

#include "../sched/sched.h"

#define top_cpuset cgrp_dfl_root.cpuset

void cpuset_cpus_allowed(struct task_struct *task, struct cpumask *mask)
{
	*mask = cgroup_effective(READ_ONCE(task->cgroup), cpuset_cgrp_id)->cpuset.effective_cpus;
}

/* In the root set a task keeps the CPUs it was given; elsewhere it gets those of the set. */
static void cpuset_attach(struct task_struct *task)
{
	cpumask_t allowed;

	if (task->flags & PF_NO_SETAFFINITY)
		return;
	cpuset_cpus_allowed(task, &allowed);
	set_cpus_allowed_ptr(task, &allowed);
}

static void update_effective(struct cgroup *cgrp)
{
	struct cpuset *cs = &cgrp->cpuset, *parent = &cgroup_effective(cgrp->parent, cpuset_cgrp_id)->cpuset;

	if (!cpumask_and(&cs->effective_cpus, &cs->cpus_allowed, &parent->effective_cpus))
		cs->effective_cpus = parent->effective_cpus;
}

/* cgrp's own set has changed: so may have all that lie below. */
static void update_subtree(struct cgroup *cgrp)
{
	struct cgroup *child;

	if (cgrp->parent && (cgrp->subsys_mask & 1U << cpuset_cgrp_id)) {
		update_effective(cgrp);
		cgroup_attach_all(cgrp, cpuset_cgrp_id);
	}
	for_each_child_cgroup(child, cgrp)
		update_subtree(child);
}

static int cpuset_css_online(struct cgroup *cgrp)
{
	if (!cgrp->parent)
		return 0;
	cpumask_clear(&cgrp->cpuset.cpus_allowed);
	update_effective(cgrp);
	return 0;
}

void cpuset_update_active_cpus(void)
{
	mutex_lock(&cgroup_mutex);
	top_cpuset.effective_cpus = *cpu_active_mask;
	update_subtree(&cgrp_dfl_root);
	mutex_unlock(&cgroup_mutex);
}

static int print_mask(struct seq_file *m, const struct cpumask *mask)
{
	char list[64];

	cpumask_print_list(list, sizeof(list), mask);
	seq_printf(m, "%s\n", list);
	return 0;
}

static int cpus_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	return print_mask(m, &cgrp->cpuset.cpus_allowed);
}

static int cpus_write(struct kernfs_node *kn, char *buf)
{
	struct cgroup *cgrp;
	cpumask_t mask;
	int ret = cpulist_parse(buf, &mask);

	if (ret)
		return ret;
	cgrp = cgroup_kn_lock_live(kn, cpuset_cgrp_id);
	if (!cgrp)
		return -ENODEV;
	cgrp->cpuset.cpus_allowed = mask;
	update_subtree(cgrp);
	cgroup_kn_unlock(kn, cgrp);
	return 0;
}

static int effective_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	return print_mask(m, &cgrp->cpuset.effective_cpus);
}

/* All memory is node 0. */
static int mems_effective_show(struct kernfs_node *kn, struct seq_file *m)
{
	seq_puts(m, "0\n");
	return 0;
}

static const struct cftype cpuset_files[] = {
	{ .name = "cpuset.cpus", .mode = 0644, .not_on_root = true, .ops = { cpus_show, cpus_write } },
	{ .name = "cpuset.cpus.effective", .mode = 0444, .ops = { effective_show } },
	{ .name = "cpuset.mems.effective", .mode = 0444, .ops = { mems_effective_show } },
	{ },
};

struct cgroup_subsys cpuset_cgrp_subsys = {
	.name = "cpuset", .css_online = cpuset_css_online, .attach = cpuset_attach, .files = cpuset_files,
};

/* The root set, before it is known how many CPUs will come. */
void __init cpuset_init(void)
{
	cpumask_setall(&top_cpuset.cpus_allowed);
	cpumask_setall(&top_cpuset.effective_cpus);
}

noinline void set_mems_allowed(nodemask_t nodemask)
{
	current->mems_allowed = nodemask.bits;
}

void __init cpuset_init_smp(void)
{
	top_cpuset.cpus_allowed = *cpu_possible_mask;
	cpuset_update_active_cpus();
}
