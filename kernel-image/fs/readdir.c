/* Reading directories: getdents64. */
#include <linux/fs.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

struct getdents_callback {
	struct dir_context ctx;
	char __user *buf;
	size_t room;
	loff_t __user *last_off;	/* d_off of the entry before, known when the next one comes */
	int error;
};

bool dir_emit_dots(struct file *file, struct dir_context *ctx)
{
	struct dentry *dir = file->f_path.dentry;

	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, dir->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		struct dentry *parent = dget_parent(dir);
		bool more = dir_emit(ctx, "..", 2, parent->d_inode->i_ino, DT_DIR);

		dput(parent);
		if (!more)
			return false;
		ctx->pos = 2;
	}
	return true;
}

int iterate_dir(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);
	int ret = -ENOENT;

	if (!file->f_op->iterate_shared)
		return -ENOTDIR;
	inode_lock(inode);
	if (inode->i_nlink) {
		ctx->pos = file->f_pos;
		ret = file->f_op->iterate_shared(file, ctx);
		file->f_pos = ctx->pos;
	}
	inode_unlock(inode);
	return ret;
}

static bool filldir64(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino, unsigned int type)
{
	struct getdents_callback *buf = container_of(ctx, struct getdents_callback, ctx);
	struct linux_dirent64 __user *entry = (void __user *)buf->buf;
	struct linux_dirent64 head = { .d_ino = ino, .d_off = pos, .d_type = type };
	size_t reclen = ALIGN(offsetof(struct linux_dirent64, d_name) + len + 1, sizeof(u64));

	head.d_reclen = reclen;
	if (reclen > buf->room) {
		buf->error = -EINVAL;
		return false;
	}
	if (buf->last_off && put_user(pos, buf->last_off))
		goto fault;
	if (copy_to_user(entry, &head, offsetof(struct linux_dirent64, d_name)) ||
	    copy_to_user(entry->d_name, name, len) ||
	    clear_user(entry->d_name + len, reclen - offsetof(struct linux_dirent64, d_name) - len))
		goto fault;
	buf->last_off = (loff_t __user *)&entry->d_off;
	buf->buf += reclen;
	buf->room -= reclen;
	return true;
fault:
	buf->error = -EFAULT;
	return false;
}

SYSCALL_DEFINE3(getdents64, unsigned int, fd, char __user *, dirent, unsigned int, count)
{
	struct getdents_callback buf = { .ctx.actor = filldir64, .buf = dirent, .room = count };
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	mutex_lock(&file->f_pos_lock);
	ret = iterate_dir(file, &buf.ctx);
	mutex_unlock(&file->f_pos_lock);
	if (ret >= 0)
		ret = buf.error;
	if (buf.last_off) {
		loff_t pos = buf.ctx.pos;

		ret = put_user(pos, buf.last_off) ? -EFAULT : (int)(count - buf.room);
	}
	fput(file);
	return ret;
}
