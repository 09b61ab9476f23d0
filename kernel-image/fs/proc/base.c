/* /proc/PID: one directory per process, made when it is looked up and gone with the process. */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>
#include <linux/string.h>
#include "internal.h"

struct pid_entry {
	const char *name;
	umode_t mode;
	int (*show)(struct seq_file *m, struct task_struct *task);
	int (*write)(struct task_struct *task, char *text);
	int (*get_link)(struct task_struct *task, struct path *path);
	const struct inode_operations *iop;	/* of a directory */
	const struct file_operations *fop;
};

static int proc_pid_comm(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%s\n", task->comm);
	return 0;
}

static int proc_pid_mounts(struct seq_file *m, struct task_struct *task)
{
	return mounts_show(m);
}

static int proc_cwd_link(struct task_struct *task, struct path *path)
{
	int ret = -ENOENT;

	task_lock(task);
	if (task->fs) {
		get_fs_pwd(task->fs, path);
		ret = 0;
	}
	task_unlock(task);
	return ret;
}

static int proc_root_link(struct task_struct *task, struct path *path)
{
	int ret = -ENOENT;

	task_lock(task);
	if (task->fs) {
		get_fs_root(task->fs, path);
		ret = 0;
	}
	task_unlock(task);
	return ret;
}

static int proc_exe_link(struct task_struct *task, struct path *path)
{
	struct mm_struct *mm = get_task_mm(task);
	int ret = -ENOENT;

	if (!mm)
		return ret;
	if (mm->exe_file) {
		*path = mm->exe_file->f_path;
		path_get(path);
		ret = 0;
	}
	mmput(mm);
	return ret;
}

static int proc_pid_cgroup(struct seq_file *m, struct task_struct *task)
{
	return proc_cgroup_show(m, task);
}

static int proc_pid_autogroup(struct seq_file *m, struct task_struct *task)
{
	proc_sched_autogroup_show_task(task, m);
	return 0;
}

static int proc_pid_autogroup_write(struct task_struct *task, char *text)
{
	int nice;

	if (kstrtoint(text, 0, &nice))
		return -EINVAL;
	return nice < 0 && !capable_root() ? -EPERM : proc_sched_autogroup_set_nice(task, nice);
}

static const struct pid_entry tgid_base_stuff[] = {
	{ .name = "fd", .mode = S_IFDIR | 0500, .iop = &proc_fd_inode_operations, .fop = &proc_fd_operations },
	{ .name = "ns", .mode = S_IFDIR | 0511, .iop = &proc_ns_inode_operations, .fop = &proc_ns_operations },
	{ .name = "stat", .mode = S_IFREG | 0444, .show = proc_pid_stat },
	{ .name = "statm", .mode = S_IFREG | 0444, .show = proc_pid_statm },
	{ .name = "status", .mode = S_IFREG | 0444, .show = proc_pid_status },
	{ .name = "cmdline", .mode = S_IFREG | 0444, .show = proc_pid_cmdline },
	{ .name = "comm", .mode = S_IFREG | 0444, .show = proc_pid_comm },
	{ .name = "environ", .mode = S_IFREG | 0400, .show = proc_pid_environ },
	{ .name = "maps", .mode = S_IFREG | 0444, .show = proc_pid_maps },
	{ .name = "cgroup", .mode = S_IFREG | 0444, .show = proc_pid_cgroup },
	{ .name = "autogroup", .mode = S_IFREG | 0644, .show = proc_pid_autogroup, .write = proc_pid_autogroup_write },
	{ .name = "mounts", .mode = S_IFREG | 0444, .show = proc_pid_mounts },
	{ .name = "cwd", .mode = S_IFLNK | 0777, .get_link = proc_cwd_link },
	{ .name = "root", .mode = S_IFLNK | 0777, .get_link = proc_root_link },
	{ .name = "exe", .mode = S_IFLNK | 0777, .get_link = proc_exe_link },
};

/* Referenced, or NULL once the process is gone. */
struct task_struct *get_proc_task(const struct inode *inode)
{
	return get_pid_task(PROC_I(inode)->pid, PIDTYPE_PID);
}

static void set_owner(struct inode *inode, struct task_struct *task)
{
	const struct cred *cred = get_task_cred(task);

	struct mm_struct *mm = get_task_mm(task);
	bool hidden = mm && !mm->dumpable;

	inode->i_uid = hidden ? 0 : cred->euid;
	inode->i_gid = hidden ? 0 : cred->egid;
	put_cred(cred);
	if (mm)
		mmput(mm);
}

static int pid_revalidate(struct dentry *dentry)
{
	struct task_struct *task = get_proc_task(dentry->d_inode);

	if (!task)
		return 0;
	set_owner(dentry->d_inode, task);
	put_task_struct(task);
	return 1;
}

const struct dentry_operations pid_dentry_operations = {
	.d_revalidate = pid_revalidate,
};

struct dentry *proc_pid_add(struct dentry *dentry, struct inode *inode)
{
	struct task_struct *task;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	task = get_proc_task(inode);
	if (task) {
		set_owner(inode, task);
		put_task_struct(task);
	}
	dentry->d_op = &pid_dentry_operations;
	d_add(dentry, inode);
	return NULL;
}

static int proc_single_show(struct seq_file *m, void *v)
{
	struct inode *inode = v;
	struct task_struct *task = get_proc_task(inode);
	int ret;

	if (!task)
		return -ESRCH;
	ret = PROC_I(inode)->entry->show(m, task);
	put_task_struct(task);
	return ret;
}

static int proc_single_open(struct inode *inode, struct file *file)
{
	return single_open(file, proc_single_show, inode);
}

static ssize_t proc_pid_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	size_t len = iov_iter_count(from);
	struct task_struct *task;
	char text[64];
	int ret;

	if (!PROC_I(inode)->entry->write || len >= sizeof(text))
		return -EINVAL;
	if (copy_from_iter(text, len, from) != len)
		return -EFAULT;
	text[len] = '\0';
	task = get_proc_task(inode);
	if (!task)
		return -ESRCH;
	ret = PROC_I(inode)->entry->write(task, strim(text));
	put_task_struct(task);
	return ret ? ret : (ssize_t)len;
}

static const struct file_operations proc_single_file_operations = {
	.write_iter = proc_pid_write,
	.open = proc_single_open,
	.llseek = generic_file_llseek,
	.read_iter = seq_read_iter,
	.release = single_release,
};

/* What a process has open or stands in is its owner's affair. */
bool may_follow_proc_link(struct task_struct *task)
{
	return capable_root() || task_uid(task) == current_fsuid();
}

static int proc_pid_get_path(struct inode *inode, struct path *path)
{
	struct task_struct *task = get_proc_task(inode);
	int ret;

	if (!task)
		return -ENOENT;
	ret = may_follow_proc_link(task) ? PROC_I(inode)->entry->get_link(task, path) : -EACCES;
	put_task_struct(task);
	return ret;
}

/* The text of a link that leads to a path whatever its text is. */
int proc_path_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	struct path path;
	char *name;
	int ret = inode->i_op->get_path(inode, &path);

	if (ret)
		return ret;
	name = d_path(&path, buf, size);
	path_put(&path);
	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = strlen(name);
	memmove(buf, name, ret + 1);
	return ret;
}

static const struct inode_operations proc_pid_link_inode_operations = {
	.get_link = proc_path_get_link,
	.get_path = proc_pid_get_path,
};

static const struct inode_operations proc_pid_file_inode_operations = { };

static struct dentry *proc_tgid_base_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct pid_entry *e = tgid_base_stuff, *end = e + ARRAY_SIZE(tgid_base_stuff);
	struct inode *inode;

	while (e < end && (strlen(e->name) != dentry->d_name.len ||
			   memcmp(e->name, dentry->d_name.name, dentry->d_name.len)))
		e++;
	if (e == end)
		return NULL;
	inode = proc_new_inode(dir->i_sb, e->mode, PROC_I(dir)->pid);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	PROC_I(inode)->entry = e;
	if (S_ISDIR(e->mode)) {
		inode->i_op = e->iop;
		inode->i_fop = e->fop;
	} else if (S_ISLNK(e->mode)) {
		inode->i_op = &proc_pid_link_inode_operations;
	} else {
		inode->i_op = &proc_pid_file_inode_operations;
		inode->i_fop = &proc_single_file_operations;
	}
	return proc_pid_add(dentry, inode);
}

static int proc_tgid_base_readdir(struct file *file, struct dir_context *ctx)
{
	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; ctx->pos - 2 < (loff_t)ARRAY_SIZE(tgid_base_stuff); ctx->pos++) {
		const struct pid_entry *e = &tgid_base_stuff[ctx->pos - 2];

		if (!dir_emit(ctx, e->name, strlen(e->name), file_inode(file)->i_ino + ctx->pos, fs_umode_to_dtype(e->mode)))
			break;
	}
	return 0;
}

static const struct inode_operations proc_tgid_base_inode_operations = {
	.lookup = proc_tgid_base_lookup,
};

static const struct file_operations proc_tgid_base_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = proc_tgid_base_readdir,
};

static int name_to_int(const struct qstr *name)
{
	int n = 0;

	if (!name->len || (name->len > 1 && name->name[0] == '0') || name->len > 9)
		return -1;
	for (unsigned int i = 0; i < name->len; i++) {
		if (name->name[i] < '0' || name->name[i] > '9')
			return -1;
		n = n * 10 + name->name[i] - '0';
	}
	return n;
}

struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry)
{
	int nr = name_to_int(&dentry->d_name);
	struct task_struct *task;
	struct inode *inode;
	struct pid *pid = NULL;

	if (nr <= 0)
		return NULL;
	rcu_read_lock();
	task = find_task_by_vpid(nr);
	if (task)
		pid = get_pid(task_pid(task));
	rcu_read_unlock();
	if (!pid)
		return NULL;
	inode = proc_new_inode(dir->i_sb, S_IFDIR | 0555, pid);
	put_pid(pid);
	if (inode) {
		inode->i_op = &proc_tgid_base_inode_operations;
		inode->i_fop = &proc_tgid_base_operations;
	}
	return proc_pid_add(dentry, inode);
}

/* The lowest process number from nr on, or 0. */
static pid_t next_tgid(pid_t nr)
{
	struct task_struct *task;
	pid_t best = 0;

	read_lock(&tasklist_lock);
	for_each_process(task)
		if (task->tgid >= nr && (!best || task->tgid < best))
			best = task->tgid;
	read_unlock(&tasklist_lock);
	return best;
}

int proc_pid_readdir(struct file *file, struct dir_context *ctx)
{
	pid_t nr;

	while ((nr = next_tgid(ctx->pos - FIRST_PROCESS_ENTRY))) {
		char name[12];
		int len = snprintf(name, sizeof(name), "%d", nr);

		ctx->pos = FIRST_PROCESS_ENTRY + nr;
		if (!dir_emit(ctx, name, len, 0x10000 + nr, DT_DIR))
			break;
		ctx->pos++;
	}
	return 0;
}
