/* /proc/PID/fd: a link for each open file. */
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/string.h>
#include "internal.h"

static struct file *get_proc_file(const struct inode *inode, unsigned int fd)
{
	struct task_struct *task = get_proc_task(inode);
	struct file *file;

	if (!task)
		return NULL;
	file = fget_task(task, fd);
	put_task_struct(task);
	return file;
}

static int fd_get_path(struct inode *inode, struct path *path)
{
	struct file *file = get_proc_file(inode, PROC_I(inode)->fd);

	if (!file)
		return -ENOENT;
	*path = file->f_path;
	path_get(path);
	fput(file);
	return 0;
}

static const struct inode_operations proc_fd_link_inode_operations = {
	.get_link = proc_path_get_link,
	.get_path = fd_get_path,
};

static int fd_revalidate(struct dentry *dentry)
{
	struct file *file = get_proc_file(dentry->d_inode, PROC_I(dentry->d_inode)->fd);

	if (!file)
		return 0;
	fput(file);
	return 1;
}

static const struct dentry_operations fd_dentry_operations = {
	.d_revalidate = fd_revalidate,
};

static struct dentry *proc_fd_lookup(struct inode *dir, struct dentry *dentry)
{
	struct dentry *ret;
	struct inode *inode;
	struct file *file;
	unsigned long fd;

	if (kstrtoul(dentry->d_name.name, 10, &fd) || fd >= NR_OPEN_MAX)
		return NULL;
	file = get_proc_file(dir, fd);
	if (!file)
		return NULL;
	fput(file);
	inode = proc_new_inode(dir->i_sb, S_IFLNK | 0700, PROC_I(dir)->pid);
	if (inode) {
		inode->i_op = &proc_fd_link_inode_operations;
		PROC_I(inode)->fd = fd;
	}
	ret = proc_pid_add(dentry, inode);
	dentry->d_op = &fd_dentry_operations;
	return ret;
}

static int proc_fd_readdir(struct file *file, struct dir_context *ctx)
{
	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; ctx->pos - 2 < NR_OPEN_MAX; ctx->pos++) {
		struct file *open = get_proc_file(file_inode(file), ctx->pos - 2);
		char name[12];
		int len;

		if (!open)
			continue;
		fput(open);
		len = snprintf(name, sizeof(name), "%u", (unsigned int)ctx->pos - 2);
		if (!dir_emit(ctx, name, len, file_inode(file)->i_ino + ctx->pos, DT_LNK))
			break;
	}
	return 0;
}

const struct inode_operations proc_fd_inode_operations = {
	.lookup = proc_fd_lookup,
};

const struct file_operations proc_fd_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = proc_fd_readdir,
};
