/* What file systems in memory have in common: names pinned in the dentry tree, directories read from it. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

/* All names that exist are in the dentry tree already. */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry)
{
	return NULL;
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	inode->i_nlink++;
	inode->i_ctime = dir->i_mtime = dir->i_ctime = current_time();
	d_add(dget(dentry), igrab(inode));
	return 0;
}

int simple_unlink(struct inode *dir, struct dentry *dentry)
{
	dentry->d_inode->i_nlink--;
	dentry->d_inode->i_ctime = dir->i_mtime = dir->i_ctime = current_time();
	dput(dentry);
	return 0;
}

bool simple_empty(struct dentry *dentry)
{
	struct dentry *child = d_next_child(dentry, NULL, 0);

	if (child)
		dput(child);
	return !child;
}

int simple_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!simple_empty(dentry))
		return -ENOTEMPTY;
	dentry->d_inode->i_nlink = 0;
	dir->i_nlink--;
	dir->i_mtime = dir->i_ctime = current_time();
	dput(dentry);
	return 0;
}

int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	bool directory = S_ISDIR(old->d_inode->i_mode);

	if (new->d_inode) {
		int ret = directory ? simple_rmdir(new_dir, new) : simple_unlink(new_dir, new);

		if (ret)
			return ret;
	}
	if (directory) {
		old_dir->i_nlink--;
		new_dir->i_nlink++;
	}
	old_dir->i_mtime = old_dir->i_ctime = new_dir->i_mtime = new_dir->i_ctime = old->d_inode->i_ctime =
		current_time();
	return 0;
}

int simple_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	size_t len = strlen(inode->i_link);

	if (len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, inode->i_link, len + 1);
	return len;
}

ssize_t simple_read_from_buffer(struct iov_iter *to, loff_t *pos, const void *from, size_t available)
{
	size_t bytes, copied;

	if (*pos < 0)
		return -EINVAL;
	if ((size_t)*pos >= available || !iov_iter_count(to))
		return 0;
	bytes = min_t(size_t, available - *pos, iov_iter_count(to));
	copied = copy_to_iter((const char *)from + *pos, bytes, to);
	if (!copied)
		return -EFAULT;
	*pos += copied;
	return copied;
}

/* Positions 0 and 1 are the dots; a child's position is its cookie, which no removal of others changes. */
static int dcache_readdir(struct file *file, struct dir_context *ctx)
{
	struct dentry *dir = file->f_path.dentry, *child = NULL, *next;

	if (!dir_emit_dots(file, ctx))
		return 0;
	while ((next = d_next_child(dir, child, ctx->pos))) {
		struct qstr name;
		bool more;

		/* The name is stable: every rename holds this directory's lock, as iterate_dir does. */
		name = next->d_name;
		ctx->pos = next->d_cookie;
		more = dir_emit(ctx, name.name, name.len, next->d_inode->i_ino, fs_umode_to_dtype(next->d_inode->i_mode));
		if (child)
			dput(child);
		child = next;
		if (!more)
			break;
		ctx->pos = next->d_cookie + 1;
	}
	if (child)
		dput(child);
	return 0;
}

const struct file_operations simple_dir_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = dcache_readdir,
};
