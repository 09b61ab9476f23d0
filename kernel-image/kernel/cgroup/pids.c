/* The pids controller: how many tasks a control group and all below it may have. */
#include <linux/cgroup.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* Every group counts its subtree whether it has the controller or not, so that a limit can be set at any time. */
int pids_charge(struct cgroup *cgrp)
{
	for (struct cgroup *c = cgrp; c; c = c->parent) {
		if (atomic_inc_return(&c->nr_pids) <= c->pids_max || !(c->subsys_mask & 1U << pids_cgrp_id))
			continue;
		if (!c->pids_refused++)
			pr_info("cgroup: fork rejected by pids controller\n");
		for (struct cgroup *undo = cgrp; undo != c->parent; undo = undo->parent)
			atomic_dec(&undo->nr_pids);
		return -EAGAIN;
	}
	return 0;
}

void pids_move(struct cgroup *from, struct cgroup *to)
{
	for (struct cgroup *c = to; c; c = c->parent)
		atomic_inc(&c->nr_pids);
	for (struct cgroup *c = from; c; c = c->parent)
		atomic_dec(&c->nr_pids);
}

static int pids_max_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	if (cgrp->pids_max == INT_MAX)
		seq_puts(m, "max\n");
	else
		seq_printf(m, "%d\n", cgrp->pids_max);
	return 0;
}

static int pids_max_write(struct kernfs_node *kn, char *buf)
{
	struct cgroup *cgrp = kn->priv;
	int max = INT_MAX;

	if (strcmp(buf, "max") && (kstrtoint(buf, 0, &max) || max < 0))
		return -EINVAL;
	WRITE_ONCE(cgrp->pids_max, max);
	return 0;
}

static int pids_current_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	seq_printf(m, "%d\n", atomic_read(&cgrp->nr_pids));
	return 0;
}

static int pids_events_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	seq_printf(m, "max %lu\n", cgrp->pids_refused);
	return 0;
}

static int pids_css_online(struct cgroup *cgrp)
{
	cgrp->pids_max = INT_MAX;
	return 0;
}

static const struct cftype pids_files[] = {
	{ .name = "pids.max", .mode = 0644, .not_on_root = true, .ops = { pids_max_show, pids_max_write } },
	{ .name = "pids.current", .mode = 0444, .not_on_root = true, .ops = { pids_current_show } },
	{ .name = "pids.events", .mode = 0444, .not_on_root = true, .ops = { pids_events_show } },
	{ },
};

struct cgroup_subsys pids_cgrp_subsys = { .name = "pids", .css_online = pids_css_online, .files = pids_files };
