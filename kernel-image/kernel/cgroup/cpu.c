/* The cpu controller: a control group competes as one task group, with the weight that cpu.weight says. */
#include <linux/cgroup.h>
#include <linux/kernel.h>

#include "../sched/sched.h"

#define CGROUP_WEIGHT_DFL 100
#define CGROUP_WEIGHT_MAX 10000

struct task_group *task_cgroup_group(struct task_struct *task)
{
	return cgroup_effective(READ_ONCE(task->cgroup), cpu_cgrp_id)->tg;
}

static int cpu_css_online(struct cgroup *cgrp)
{
	if (!cgrp->parent)
		return 0;
	cgrp->tg = sched_create_group(cgroup_effective(cgrp->parent, cpu_cgrp_id)->tg);
	return cgrp->tg ? 0 : -ENOMEM;
}

/* Tasks that are about to end may still hold it. */
static void cpu_css_offline(struct cgroup *cgrp)
{
	sched_put_group(cgrp->tg);
	cgrp->tg = NULL;
}

static int weight_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	seq_printf(m, "%lu\n", DIV_ROUND_UP(cgrp->tg->shares * CGROUP_WEIGHT_DFL, ROOT_TASK_GROUP_LOAD));
	return 0;
}

static int weight_write(struct kernfs_node *kn, char *buf)
{
	struct cgroup *cgrp = kn->priv;
	unsigned long weight;

	if (kstrtoul(buf, 0, &weight))
		return -EINVAL;
	if (!weight || weight > CGROUP_WEIGHT_MAX)
		return -ERANGE;
	return sched_group_set_shares(cgrp->tg, weight * ROOT_TASK_GROUP_LOAD / CGROUP_WEIGHT_DFL);
}

static int stat_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	seq_printf(m, "usage_usec %lu\n", (unsigned long)(sched_group_runtime(cgrp->tg) / 1000));
	return 0;
}

static const struct cftype cpu_files[] = {
	{ .name = "cpu.weight", .mode = 0644, .not_on_root = true, .ops = { weight_show, weight_write } },
	{ .name = "cpu.stat", .mode = 0444, .not_on_root = true, .ops = { stat_show } },
	{ },
};

struct cgroup_subsys cpu_cgrp_subsys = {
	.name = "cpu", .css_online = cpu_css_online, .css_offline = cpu_css_offline, .attach = sched_move_task,
	.files = cpu_files,
};
