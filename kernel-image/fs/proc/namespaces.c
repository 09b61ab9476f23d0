/* /proc/PID/ns: a link for each namespace that the process is in. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/nsproxy.h>
#include <linux/string.h>
#include "internal.h"

static int ns_get_path_of_link(struct inode *inode, struct path *path)
{
	struct task_struct *task = get_proc_task(inode);
	int ret;

	if (!task)
		return -ENOENT;
	ret = may_follow_proc_link(task) ? ns_get_path(path, task, PROC_I(inode)->ns_ops) : -EACCES;
	put_task_struct(task);
	return ret;
}

static int ns_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	const struct proc_ns_operations *ops = PROC_I(inode)->ns_ops;
	struct task_struct *task = get_proc_task(inode);
	struct ns_common *ns;
	int ret;

	if (!task)
		return -ENOENT;
	ns = ops->get(task);
	put_task_struct(task);
	if (!ns)
		return -ENOENT;
	ret = scnprintf(buf, size, "%s:[%u]", ops->name, ns->inum);
	ops->put(ns);
	return ret;
}

static const struct inode_operations proc_ns_link_inode_operations = {
	.get_link = ns_get_link,
	.get_path = ns_get_path_of_link,
};

static struct dentry *proc_ns_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct proc_ns_operations *const *ops = proc_ns_entries;
	struct inode *inode;

	while (*ops && strcmp((*ops)->name, dentry->d_name.name))
		ops++;
	if (!*ops)
		return NULL;
	inode = proc_new_inode(dir->i_sb, S_IFLNK | S_IRWXUGO, PROC_I(dir)->pid);
	if (inode) {
		inode->i_op = &proc_ns_link_inode_operations;
		PROC_I(inode)->ns_ops = *ops;
	}
	return proc_pid_add(dentry, inode);
}

static int proc_ns_readdir(struct file *file, struct dir_context *ctx)
{
	const struct proc_ns_operations *ops;
	loff_t i = 2;

	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; (ops = proc_ns_entries[i - 2]); i++) {
		if (i < ctx->pos)
			continue;
		if (!dir_emit(ctx, ops->name, strlen(ops->name), file_inode(file)->i_ino + i, DT_LNK))
			break;
		ctx->pos = i + 1;
	}
	return 0;
}

const struct inode_operations proc_ns_inode_operations = { .lookup = proc_ns_lookup };

const struct file_operations proc_ns_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = proc_ns_readdir,
};
