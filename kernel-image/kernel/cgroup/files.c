/* The files that every control group has: its processes, and the controllers of its children. */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "cgroup-internal.h"

static int procs_show(struct kernfs_node *kn, struct seq_file *m)
{
	pid_t pid;

	for (unsigned long n = 0; (pid = cgroup_nth_process(kn->priv, n)); n++)
		seq_printf(m, "%d\n", pid);
	return 0;
}

static int procs_write(struct kernfs_node *kn, char *buf)
{
	int pid;

	return kstrtoint(buf, 0, &pid) || pid < 0 ? -EINVAL : cgroup_attach_task(kn->priv, pid);
}

static int controllers_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	cgroup_print_controllers(m, cgrp->subsys_mask);
	return 0;
}

static int subtree_control_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct cgroup *cgrp = kn->priv;

	cgroup_print_controllers(m, cgrp->subtree_control);
	return 0;
}

/* Words like +cpu and -pids. */
static int subtree_control_write(struct kernfs_node *kn, char *buf)
{
	unsigned int enable = 0, disable = 0;
	char *word;

	while ((word = strsep(&buf, " "))) {
		unsigned int bit;

		if (!*word)
			continue;
		bit = cgroup_controller_bit(word + 1);
		if (!bit || (*word != '+' && *word != '-'))
			return -EINVAL;
		*(*word == '+' ? &enable : &disable) |= bit;
		*(*word == '+' ? &disable : &enable) &= ~bit;
	}
	return cgroup_set_subtree_control(kn->priv, enable, disable);
}

static int events_show(struct kernfs_node *kn, struct seq_file *m)
{
	mutex_lock(&cgroup_mutex);
	seq_printf(m, "populated %d\n", cgroup_is_populated(kn->priv));
	mutex_unlock(&cgroup_mutex);
	return 0;
}

static void kill_subtree(struct cgroup *cgrp)
{
	struct cgroup *child;
	pid_t pid;

	for (unsigned long n = 0; (pid = cgroup_nth_process(cgrp, n)); n++) {
		struct pid *p = find_get_pid(pid);

		if (p)
			kill_pid(p, SIGKILL, 1);
		put_pid(p);
	}
	for_each_child_cgroup(child, cgrp)
		kill_subtree(child);
}

static int kill_write(struct kernfs_node *kn, char *buf)
{
	if (strcmp(buf, "1"))
		return -EINVAL;
	mutex_lock(&cgroup_mutex);
	kill_subtree(kn->priv);
	mutex_unlock(&cgroup_mutex);
	return 0;
}

const struct cftype cgroup_base_files[] = {
	{ .name = "cgroup.procs", .mode = 0644, .ops = { procs_show, procs_write } },
	{ .name = "cgroup.controllers", .mode = 0444, .ops = { controllers_show } },
	{ .name = "cgroup.subtree_control", .mode = 0644, .ops = { subtree_control_show, subtree_control_write } },
	{ .name = "cgroup.events", .mode = 0444, .not_on_root = true, .ops = { events_show } },
	{ .name = "cgroup.kill", .mode = 0200, .not_on_root = true, .ops = { NULL, kill_write } },
	{ },
};
