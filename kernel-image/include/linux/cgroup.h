/* Control groups: processes in a tree, with limits and shares for each subtree. */
#ifndef _LINUX_CGROUP_H
#define _LINUX_CGROUP_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/sched.h>

enum cgroup_subsys_id { cpuset_cgrp_id, cpu_cgrp_id, pids_cgrp_id, CGROUP_SUBSYS_COUNT };

struct cgroup;

/* One file of each group; its kernfs node's priv is the group. */
struct cftype {
	const char *name;
	umode_t mode;
	bool not_on_root;
	struct kernfs_ops ops;
};

/* css_online and css_offline: the group gets, or loses, a state of its own. attach: a task's state may be another's now. */
struct cgroup_subsys {
	const char *name;
	int (*css_online)(struct cgroup *cgrp);
	void (*css_offline)(struct cgroup *cgrp);
	void (*attach)(struct task_struct *task);
	const struct cftype *files;	/* to one without a name */
};

struct cpuset {
	cpumask_t cpus_allowed;		/* as written; empty: all that the parent has */
	cpumask_t effective_cpus;	/* never empty */
};

/* The root is static. The others are counted: by their directory, their tasks, their children. */
struct cgroup {
	refcount_t usage;
	struct cgroup *parent;
	struct kernfs_node *kn;
	struct list_head children, sibling;
	struct list_head tasks;
	unsigned int subsys_mask;	/* controllers that this group has a state of */
	unsigned int subtree_control;	/* those that its children have */
	bool dead;
	struct task_group *tg;
	struct cpuset cpuset;
	atomic_t nr_pids;		/* tasks of the subtree, until they are waited for */
	int pids_max;
	unsigned long pids_refused;
};

extern struct cgroup cgrp_dfl_root;
extern struct mutex cgroup_mutex;	/* the tree, and who has which controller */
extern struct cgroup_subsys cpuset_cgrp_subsys, cpu_cgrp_subsys, pids_cgrp_subsys;

#define for_each_child_cgroup(child, cgrp) list_for_each_entry(child, &(cgrp)->children, sibling)

/* The group whose state of a controller counts for this one. */
static inline struct cgroup *cgroup_effective(struct cgroup *cgrp, enum cgroup_subsys_id id)
{
	while (!(cgrp->subsys_mask & 1U << id))
		cgrp = cgrp->parent;
	return cgrp;
}

/* With cgroup_mutex, until unlock: the group whose file this is. NULL: it lost the controller meanwhile, or all. */
struct cgroup *cgroup_kn_lock_live(struct kernfs_node *kn, enum cgroup_subsys_id id);
void cgroup_kn_unlock(struct kernfs_node *kn, struct cgroup *cgrp);

void cgroup_init_early(void);
void cgroup_init(void);
/* Calls attach of a controller for each task of the group that this state counts for. Under cgroup_mutex. */
void cgroup_attach_all(struct cgroup *cgrp, enum cgroup_subsys_id id);

/* A task's way through: fork charges, then links; exit unlinks; the charge goes when it is waited for, the group with it. */
int cgroup_can_fork(struct task_struct *child);
void cgroup_cancel_fork(struct task_struct *child);
void cgroup_post_fork(struct task_struct *child);
void cgroup_exit(struct task_struct *task);
void cgroup_release(struct task_struct *task);
void cgroup_free(struct task_struct *task);

int proc_cgroup_show(struct seq_file *m, struct task_struct *task);	/* /proc/PID/cgroup */

int pids_charge(struct cgroup *cgrp);	/* one task more in it and above; -EAGAIN at a limit */
void pids_move(struct cgroup *from, struct cgroup *to);	/* a task's charge, whatever the limits; NULL: nowhere */

void cpuset_init(void);
void cpuset_init_smp(void);
void cpuset_update_active_cpus(void);	/* CPUs have come or gone */
void cpuset_cpus_allowed(struct task_struct *task, struct cpumask *mask);

/* The task group that a task's control group gives it, before autogroup has its say. */
struct task_group *task_cgroup_group(struct task_struct *task);

#endif
