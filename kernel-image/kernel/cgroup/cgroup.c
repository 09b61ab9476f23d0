/*
 * The tree of control groups and the tasks in it (Linux's version 2 interface, mounted on /sys/fs/cgroup).
 *
 * cgroup_mutex covers the tree. css_set_lock covers which group a task is in
 * and the groups' lists; it nests inside tasklist_lock. A task keeps its group
 * alive until its task_struct is freed, so whoever runs it may follow the
 * pointer; its group can only change while it is on the group's list.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cgroup-internal.h"

#define for_each_subsys(id) for (unsigned int id = 0; id < CGROUP_SUBSYS_COUNT; id++)

static struct cgroup_subsys *const cgroup_subsys[] = {
	[cpuset_cgrp_id] = &cpuset_cgrp_subsys, [cpu_cgrp_id] = &cpu_cgrp_subsys, [pids_cgrp_id] = &pids_cgrp_subsys,
};

struct cgroup cgrp_dfl_root;
DEFINE_MUTEX(cgroup_mutex);
static DEFINE_SPINLOCK(css_set_lock);

static void init_cgroup(struct cgroup *cgrp)
{
	refcount_set(&cgrp->usage, 1);
	INIT_LIST_HEAD(&cgrp->children);
	INIT_LIST_HEAD(&cgrp->sibling);
	INIT_LIST_HEAD(&cgrp->tasks);
	cgrp->pids_max = INT_MAX;
}

/* Before there is any memory to allocate: the root, with the boot task in it. */
void __init cgroup_init_early(void)
{
	init_cgroup(&cgrp_dfl_root);
	cgrp_dfl_root.subsys_mask = (1U << CGROUP_SUBSYS_COUNT) - 1;
	atomic_set(&cgrp_dfl_root.nr_pids, 1);
	init_task.cgroup = &cgrp_dfl_root;
	list_add(&init_task.cg_list, &cgrp_dfl_root.tasks);
}

static void cgroup_get(struct cgroup *cgrp)
{
	refcount_inc(&cgrp->usage);
}

static void cgroup_put(struct cgroup *cgrp)
{
	while (cgrp && refcount_dec_and_test(&cgrp->usage)) {
		struct cgroup *parent = cgrp->parent;

		kfree(cgrp);
		cgrp = parent;
	}
}

/*
 * For a file's operation that changes the tree: cgroup_mutex is held by whoever removes the file and waits for
 * its operations, so this one steps out of the way first. NULL: the group, or its controller, is gone.
 */
struct cgroup *cgroup_kn_lock_live(struct kernfs_node *kn, enum cgroup_subsys_id id)
{
	struct cgroup *cgrp = kn->priv;

	cgroup_get(cgrp);
	kernfs_break_active_protection(kn);
	mutex_lock(&cgroup_mutex);
	if (!cgrp->dead && (cgrp->subsys_mask & 1U << id))
		return cgrp;
	cgroup_kn_unlock(kn, cgrp);
	return NULL;
}

void cgroup_kn_unlock(struct kernfs_node *kn, struct cgroup *cgrp)
{
	mutex_unlock(&cgroup_mutex);
	kernfs_unbreak_active_protection(kn);
	cgroup_put(cgrp);
}

/* Tasks of the subtree that have no nearer state of the controller. */
void cgroup_attach_all(struct cgroup *cgrp, enum cgroup_subsys_id id)
{
	struct task_struct *task;
	struct cgroup *child;

	for_each_child_cgroup(child, cgrp)
		if (!(child->subsys_mask & 1U << id))
			cgroup_attach_all(child, id);
	for (unsigned long n = 0;; n++) {
		unsigned long i = 0;
		bool found = false;

		/* attach may sleep, so the list is begun anew for each task. */
		spin_lock_irq(&css_set_lock);
		list_for_each_entry(task, &cgrp->tasks, cg_list) {
			if (i++ == n) {
				get_task_struct(task);
				found = true;
				break;
			}
		}
		spin_unlock_irq(&css_set_lock);
		if (!found)
			return;
		cgroup_subsys[id]->attach(task);
		put_task_struct(task);
	}
}

int cgroup_can_fork(struct task_struct *child)
{
	int ret;

	spin_lock_irq(&css_set_lock);
	child->cgroup = current->cgroup;
	cgroup_get(child->cgroup);
	spin_unlock_irq(&css_set_lock);
	INIT_LIST_HEAD(&child->cg_list);
	ret = pids_charge(child->cgroup);
	if (ret)
		cgroup_free(child);
	return ret;
}

void cgroup_cancel_fork(struct task_struct *child)
{
	cgroup_release(child);
	cgroup_free(child);
}

/* Under tasklist_lock. Should the parent have been moved meanwhile, the child follows. */
void cgroup_post_fork(struct task_struct *child)
{
	struct cgroup *old;
	unsigned long flags;

	spin_lock_irqsave(&css_set_lock, flags);
	old = child->cgroup;
	child->cgroup = current->cgroup;
	list_add_tail(&child->cg_list, &child->cgroup->tasks);
	if (old != child->cgroup) {
		cgroup_get(child->cgroup);
		pids_move(old, child->cgroup);
	}
	spin_unlock_irqrestore(&css_set_lock, flags);
	sched_move_task(child);
	if (old != child->cgroup)
		cgroup_put(old);
}

void cgroup_exit(struct task_struct *task)
{
	spin_lock_irq(&css_set_lock);
	list_del_init(&task->cg_list);
	spin_unlock_irq(&css_set_lock);
}

void cgroup_release(struct task_struct *task)
{
	pids_move(task->cgroup, NULL);
}

void cgroup_free(struct task_struct *task)
{
	cgroup_put(task->cgroup);
}

/* One thread; a task that exits already stays where it is. */
static void move_task(struct task_struct *task, struct cgroup *to)
{
	struct cgroup *from = NULL;

	spin_lock_irq(&css_set_lock);
	if (!list_empty(&task->cg_list) && task->cgroup != to) {
		from = task->cgroup;
		cgroup_get(to);
		task->cgroup = to;
		list_move_tail(&task->cg_list, &to->tasks);
		pids_move(from, to);
	}
	spin_unlock_irq(&css_set_lock);
	if (!from)
		return;
	for_each_subsys(id)
		if (cgroup_effective(from, id) != cgroup_effective(to, id) && cgroup_subsys[id]->attach)
			cgroup_subsys[id]->attach(task);
	cgroup_put(from);
}

static struct task_struct *next_member(struct task_struct *leader, struct cgroup *to)
{
	struct task_struct *t, *found = NULL;

	read_lock(&tasklist_lock);
	for_each_thread(leader, t)
		if (!found && t->cgroup != to && !list_empty(&t->cg_list))
			found = get_task_struct(t);
	read_unlock(&tasklist_lock);
	return found;
}

/* A whole process. Threads that it makes meanwhile are found, too: they begin where their maker is. */
int cgroup_attach_task(struct cgroup *cgrp, pid_t pid)
{
	struct task_struct *task, *t;
	int ret = 0;

	rcu_read_lock();
	task = pid ? find_task_by_vpid(pid) : current;
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	mutex_lock(&cgroup_mutex);
	if (cgrp->dead)
		ret = -ENODEV;
	else if ((task->flags & PF_NO_SETAFFINITY) || task == kthreadd_task)
		ret = -EINVAL;
	else if (!capable_root() && current_cred()->euid != task_uid(task))
		ret = -EACCES;
	else if (cgrp->parent && cgrp->subtree_control)
		ret = -EBUSY;	/* groups whose children have controllers hold no processes themselves */
	while (!ret && (t = next_member(task, cgrp))) {
		move_task(t, cgrp);
		put_task_struct(t);
	}
	mutex_unlock(&cgroup_mutex);
	put_task_struct(task);
	return ret;
}

static int add_files(struct cgroup *cgrp, const struct cftype *cft)
{
	for (; cft->name; cft++) {
		struct kernfs_node *kn;

		if (cft->not_on_root && !cgrp->parent)
			continue;
		kn = kernfs_create_file(cgrp->kn, cft->name, cft->mode, &cft->ops, cgrp);
		if (IS_ERR(kn))
			return PTR_ERR(kn);
	}
	return 0;
}

static int css_create(struct cgroup *cgrp, unsigned int id)
{
	struct cgroup_subsys *ss = cgroup_subsys[id];
	int ret = ss->css_online ? ss->css_online(cgrp) : 0;

	if (ret)
		return ret;
	cgrp->subsys_mask |= 1U << id;
	if (ss->attach)
		cgroup_attach_all(cgrp, id);
	return add_files(cgrp, ss->files);
}

static void css_kill(struct cgroup *cgrp, unsigned int id)
{
	struct cgroup_subsys *ss = cgroup_subsys[id];

	cgrp->subsys_mask &= ~(1U << id);
	for (const struct cftype *cft = ss->files; cft->name; cft++)
		kernfs_remove(kernfs_find(cgrp->kn, cft->name));
	if (ss->attach)
		cgroup_attach_all(cgrp, id);
	if (ss->css_offline)
		ss->css_offline(cgrp);
}

/* Gives and takes controllers of all children. Nothing is changed if anything is wrong. */
int cgroup_set_subtree_control(struct cgroup *cgrp, unsigned int enable, unsigned int disable)
{
	struct cgroup *child;
	int ret = 0;

	mutex_lock(&cgroup_mutex);
	enable &= ~cgrp->subtree_control;
	disable &= cgrp->subtree_control;
	if (cgrp->dead)
		ret = -ENODEV;
	else if (enable & ~cgrp->subsys_mask)
		ret = -ENOENT;
	else if (enable && cgrp->parent && !list_empty(&cgrp->tasks))
		ret = -EBUSY;
	for_each_child_cgroup(child, cgrp)
		if (child->subtree_control & disable)
			ret = -EBUSY;
	if (!ret)
		cgrp->subtree_control = (cgrp->subtree_control | enable) & ~disable;
	for_each_subsys(id) {
		for_each_child_cgroup(child, cgrp) {
			if (!ret && (enable & 1U << id))
				ret = css_create(child, id);
			else if (!ret && (disable & 1U << id))
				css_kill(child, id);
		}
	}
	mutex_unlock(&cgroup_mutex);
	return ret;
}

static int cgroup_mkdir(struct kernfs_node *parent_kn, const char *name, umode_t mode)
{
	struct cgroup *parent = parent_kn->priv, *cgrp = kzalloc(sizeof(*cgrp), GFP_KERNEL);
	int ret;

	if (!cgrp)
		return -ENOMEM;
	init_cgroup(cgrp);
	cgrp->parent = parent;
	mutex_lock(&cgroup_mutex);
	cgrp->kn = parent->dead ? ERR_PTR(-ENODEV) : kernfs_create_dir(parent_kn, name, mode, cgrp);
	if (IS_ERR(cgrp->kn)) {
		ret = PTR_ERR(cgrp->kn);
		mutex_unlock(&cgroup_mutex);
		kfree(cgrp);
		return ret;
	}
	cgroup_get(parent);
	list_add_tail(&cgrp->sibling, &parent->children);
	ret = add_files(cgrp, cgroup_base_files);
	for_each_subsys(id)
		if (!ret && (parent->subtree_control & 1U << id))
			ret = css_create(cgrp, id);
	mutex_unlock(&cgroup_mutex);
	if (ret)
		cgroup_rmdir(cgrp->kn);
	return ret;
}

int cgroup_rmdir(struct kernfs_node *kn)
{
	struct cgroup *cgrp = kn->priv;
	int ret = 0;

	mutex_lock(&cgroup_mutex);
	spin_lock_irq(&css_set_lock);
	if (!list_empty(&cgrp->tasks) || !list_empty(&cgrp->children))
		ret = -EBUSY;
	else
		cgrp->dead = true;
	spin_unlock_irq(&css_set_lock);
	if (!ret)
		list_del_init(&cgrp->sibling);
	mutex_unlock(&cgroup_mutex);
	if (ret)
		return ret;
	kernfs_remove(kn);	/* waits for readers and writers of its files */
	for_each_subsys(id)
		if ((cgrp->subsys_mask & 1U << id) && cgroup_subsys[id]->css_offline)
			cgroup_subsys[id]->css_offline(cgrp);
	cgroup_put(cgrp);
	return 0;
}

/* The pid of the n-th process in the group, 0 behind the last. Threads count by their leaders. */
pid_t cgroup_nth_process(struct cgroup *cgrp, unsigned long n)
{
	struct task_struct *task;
	pid_t pid = 0;

	spin_lock_irq(&css_set_lock);
	list_for_each_entry(task, &cgrp->tasks, cg_list) {
		if (thread_group_leader(task) && task->pid && n-- == 0) {
			pid = task->pid;
			break;
		}
	}
	spin_unlock_irq(&css_set_lock);
	return pid;
}

bool cgroup_is_populated(struct cgroup *cgrp)
{
	struct cgroup *child;

	if (!list_empty(&cgrp->tasks))
		return true;
	for_each_child_cgroup(child, cgrp)
		if (cgroup_is_populated(child))
			return true;
	return false;
}

void cgroup_print_controllers(struct seq_file *m, unsigned int mask)
{
	const char *blank = "";

	for_each_subsys(id) {
		if (mask & 1U << id) {
			seq_printf(m, "%s%s", blank, cgroup_subsys[id]->name);
			blank = " ";
		}
	}
	seq_putc(m, '\n');
}

unsigned int cgroup_controller_bit(const char *name)
{
	for_each_subsys(id)
		if (!strcmp(cgroup_subsys[id]->name, name))
			return 1U << id;
	return 0;
}

int proc_cgroup_show(struct seq_file *m, struct task_struct *task)
{
	char path[256];
	struct cgroup *cgrp;

	mutex_lock(&cgroup_mutex);
	cgrp = task->cgroup;
	kernfs_path(cgrp->kn, path, sizeof(path));
	seq_printf(m, "0::%s%s\n", path, cgrp->dead ? " (deleted)" : "");
	mutex_unlock(&cgroup_mutex);
	return 0;
}

static int proc_cgroupstats_show(struct seq_file *m, void *v)
{
	seq_puts(m, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
	for_each_subsys(id)
		seq_printf(m, "%s\t0\t1\t1\n", cgroup_subsys[id]->name);
	return 0;
}

static const struct kernfs_syscall_ops cgroup_syscall_ops = { .mkdir = cgroup_mkdir, .rmdir = cgroup_rmdir };

static int cgroup2_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	return kernfs_fill_super(sb, cgrp_dfl_root.kn, CGROUP2_SUPER_MAGIC);
}

static struct file_system_type cgroup2_fs_type = {
	.name = "cgroup2",
	.fs_flags = FS_SINGLE,
	.fill_super = cgroup2_fill_super,
};

/* The root's directory with its files, the type to mount, and where to. */
void __init cgroup_init(void)
{
	cgrp_dfl_root.kn = kernfs_create_root(&cgroup_syscall_ops, &cgrp_dfl_root);
	if (IS_ERR(cgrp_dfl_root.kn) || add_files(&cgrp_dfl_root, cgroup_base_files))
		panic("cgroup: no memory for the root");
	for_each_subsys(id)
		add_files(&cgrp_dfl_root, cgroup_subsys[id]->files);
	kernfs_create_dir(kernfs_create_dir(sysfs_root, "fs", 0755, NULL), "cgroup", 0755, NULL);
	register_filesystem(&cgroup2_fs_type);
	proc_create_single("cgroups", 0444, proc_cgroupstats_show);
}
