/* Namespaces of tasks: inheriting them, leaving them (unshare) and joining others (setns). */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>

/* The numbers that Linux gives the first of each kind. */
#define PROC_CGROUP_INIT_INO	0xeffffffbU
#define PROC_PID_INIT_INO	0xeffffffcU
#define PROC_MNT_INIT_INO	0xf0000000U

static atomic_t last_inum = ATOMIC_INIT((int)PROC_MNT_INIT_INO);

DEFINE_MUTEX(uts_lock);
struct nsproxy init_nsproxy = { .count = REFCOUNT_INIT(1), .uts_ns = &init_uts_ns };

struct new_utsname *utsname(void)
{
	return &current->nsproxy->uts_ns->name;
}

static void put_uts_ns(struct ns_common *ns)
{
	if (refcount_dec_and_test(&ns->count))
		kfree(container_of(ns, struct uts_namespace, ns));
}

static struct uts_namespace *clone_uts_ns(const struct uts_namespace *old)
{
	struct uts_namespace *new;

	mutex_lock(&uts_lock);
	new = kmemdup(old, sizeof(*old), GFP_KERNEL);
	mutex_unlock(&uts_lock);
	if (new) {
		refcount_set(&new->ns.count, 1);
		new->ns.inum = atomic_inc_return(&last_inum);
	}
	return new;
}

static void put_nsproxy(struct nsproxy *ns)
{
	if (!refcount_dec_and_test(&ns->count))
		return;
	put_uts_ns(&ns->uts_ns->ns);
	kfree(ns);
}

/* A copy of the caller's, with new namespaces of the kinds that flags name. */
static struct nsproxy *create_new_namespaces(unsigned long flags)
{
	struct nsproxy *new = kmalloc(sizeof(*new), GFP_KERNEL);
	struct uts_namespace *uts = current->nsproxy->uts_ns;

	if (!new)
		return ERR_PTR(-ENOMEM);
	refcount_set(&new->count, 1);
	new->uts_ns = uts;
	if (flags & CLONE_NEWUTS) {
		new->uts_ns = clone_uts_ns(uts);
		if (!new->uts_ns) {
			kfree(new);
			return ERR_PTR(-ENOMEM);
		}
	} else {
		refcount_inc(&uts->ns.count);
	}
	return new;
}

int copy_namespaces(unsigned long flags, struct task_struct *task)
{
	struct nsproxy *new;

	if (!(flags & CLONE_NEWUTS)) {
		refcount_inc(&task->nsproxy->count);
		return 0;
	}
	if (!capable_root())
		return -EPERM;
	new = create_new_namespaces(flags);
	if (IS_ERR(new))
		return PTR_ERR(new);
	task->nsproxy = new;
	return 0;
}

static void switch_task_namespaces(struct task_struct *task, struct nsproxy *new)
{
	struct nsproxy *old;

	task_lock(task);
	old = task->nsproxy;
	task->nsproxy = new;
	task_unlock(task);
	if (old)
		put_nsproxy(old);
}

void exit_task_namespaces(struct task_struct *task)
{
	switch_task_namespaces(task, NULL);
}

int unshare_nsproxy(unsigned long flags)
{
	struct nsproxy *new;

	if (!capable_root())
		return -EPERM;
	new = create_new_namespaces(flags);
	if (IS_ERR(new))
		return PTR_ERR(new);
	switch_task_namespaces(current, new);
	return 0;
}

SYSCALL_DEFINE2(setns, int, fd, int, type)
{
	struct file *file = fget(fd);
	struct nsproxy *new = NULL;
	struct ns_common *ns;
	int ret = -EINVAL;

	if (!file)
		return -EBADF;
	ns = ns_of_file(file);
	if (ns && (!type || (unsigned long)type == ns->ops->type) && ns->ops->install) {
		new = capable_root() ? create_new_namespaces(0) : ERR_PTR(-EPERM);
		ret = IS_ERR(new) ? PTR_ERR(new) : ns->ops->install(new, ns);
		if (!ret)
			switch_task_namespaces(current, new);
	}
	fput(file);
	return ret;
}

SYSCALL_DEFINE1(unshare, unsigned long, flags)
{
	struct files_struct *displaced = NULL;
	int ret = 0;

	if (flags & ~(unsigned long)(CLONE_FILES | CLONE_FS | CLONE_NEWUTS))
		return -EINVAL;
	if (flags & CLONE_NEWUTS)
		ret = unshare_nsproxy(flags);
	if (!ret && (flags & CLONE_FILES))
		ret = unshare_files(&displaced);
	if (displaced)
		put_files_struct(displaced);
	if (!ret && (flags & CLONE_FS))
		ret = unshare_fs_struct();
	return ret;
}

static struct ns_common *utsns_get(struct task_struct *task)
{
	struct ns_common *ns = NULL;

	task_lock(task);
	if (task->nsproxy) {
		ns = &task->nsproxy->uts_ns->ns;
		refcount_inc(&ns->count);
	}
	task_unlock(task);
	return ns;
}

static int utsns_install(struct nsproxy *nsproxy, struct ns_common *ns)
{
	put_uts_ns(&nsproxy->uts_ns->ns);
	refcount_inc(&ns->count);
	nsproxy->uts_ns = container_of(ns, struct uts_namespace, ns);
	return 0;
}

const struct proc_ns_operations utsns_operations = {
	.name = "uts", .type = CLONE_NEWUTS, .get = utsns_get, .put = put_uts_ns, .install = utsns_install,
};

/* Of these there is one, which all tasks are in. */
#define SOLE_NAMESPACE(id, flag, number)						\
	static struct ns_common id##_ns;						\
	static struct ns_common *id##ns_get(struct task_struct *task) { return &id##_ns; } \
	static void id##ns_put(struct ns_common *ns) { }				\
	static const struct proc_ns_operations id##ns_operations = {			\
		.name = #id, .type = flag, .get = id##ns_get, .put = id##ns_put,	\
	};										\
	static struct ns_common id##_ns = { REFCOUNT_INIT(1), number, &id##ns_operations }

SOLE_NAMESPACE(cgroup, CLONE_NEWCGROUP, PROC_CGROUP_INIT_INO);
SOLE_NAMESPACE(mnt, CLONE_NEWNS, PROC_MNT_INIT_INO);
SOLE_NAMESPACE(pid, CLONE_NEWPID, PROC_PID_INIT_INO);

const struct proc_ns_operations *const proc_ns_entries[] = {
	&cgroupns_operations, &mntns_operations, &pidns_operations, &utsns_operations, NULL,
};
