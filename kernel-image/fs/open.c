/* open and what changes a file as a whole: truncate, chmod, chown, utimes; chdir and getcwd. */
#include <linux/fs.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/writeback.h>

/* An O_PATH file only stands for its path. */
static const struct file_operations path_fops = { };

struct file *dentry_open(const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	struct file *file = alloc_file(path, flags, flags & O_PATH ? &path_fops : inode->i_fop);
	int ret = 0;

	if (IS_ERR(file))
		return file;
	if (flags & O_PATH)
		file->f_mode = 0;
	if (!file->f_op)
		ret = -ENXIO;
	else if (file->f_op->open)
		ret = file->f_op->open(inode, file);
	if (ret) {
		file->f_op = NULL;
		fput(file);
		return ERR_PTR(ret);
	}
	return file;
}

struct file *filp_open(const char *name, int flags, umode_t mode)
{
	return do_filp_open(AT_FDCWD, name, flags, mode);
}

static long do_sys_openat(int dfd, const char __user *user_name, int flags, umode_t mode)
{
	char *name = getname(user_name);
	struct file *file;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(flags);
	if (fd >= 0) {
		file = do_filp_open(dfd, name, flags & ~__FMODE_EXEC, mode);
		if (IS_ERR(file)) {
			put_unused_fd(fd);
			fd = PTR_ERR(file);
		} else {
			fd_install(fd, file);
		}
	}
	putname(name);
	return fd;
}

SYSCALL_DEFINE4(openat, int, dfd, const char __user *, name, int, flags, umode_t, mode)
{
	return do_sys_openat(dfd, name, flags, mode);
}

/* Only the owner or root may change the mode or times; only root the owner. */
static int setattr_prepare(const struct inode *inode, const struct iattr *attr)
{
	bool owner = current_fsuid() == inode->i_uid || capable_root();

	if ((attr->ia_valid & ATTR_UID) && !capable_root() && !(owner && attr->ia_uid == inode->i_uid))
		return -EPERM;
	if ((attr->ia_valid & ATTR_GID) && !capable_root() && !(owner && in_group_p(attr->ia_gid)))
		return -EPERM;
	if ((attr->ia_valid & (ATTR_MODE | ATTR_ATIME | ATTR_MTIME)) && !owner)
		return -EPERM;
	return 0;
}

int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int ret;

	inode_lock(inode);
	ret = inode->i_sb->s_flags & MS_RDONLY ? -EROFS : setattr_prepare(inode, attr);
	if (!ret) {
		/* A change of owner takes the set-ID bits from a file. */
		if ((attr->ia_valid & (ATTR_UID | ATTR_GID)) && S_ISREG(inode->i_mode))
			inode->i_mode &= ~(S_ISUID | S_ISGID);
		if (inode->i_op && inode->i_op->setattr)
			ret = inode->i_op->setattr(dentry, attr);
		else
			setattr_copy(inode, attr);
	}
	inode_unlock(inode);
	return ret;
}

int do_truncate(struct dentry *dentry, loff_t length)
{
	struct inode *inode = dentry->d_inode;
	loff_t old;
	int ret = 0;

	if (length < 0)
		return -EINVAL;
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	inode_lock(inode);
	old = inode->i_size;
	if (inode->i_op->truncate)
		ret = inode->i_op->truncate(inode, length);
	if (!ret) {
		if (length < old)
			truncate_inode_pages(inode->i_mapping, length);
		inode->i_size = length;
		inode->i_mtime = inode->i_ctime = current_time();
		mark_inode_dirty(inode);
	}
	inode_unlock(inode);
	return ret;
}

SYSCALL_DEFINE2(truncate, const char __user *, name, loff_t, length)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (ret)
		return ret;
	ret = path.mnt->mnt_flags & MS_RDONLY ? -EROFS : inode_permission(path.dentry->d_inode, MAY_WRITE);
	if (!ret)
		ret = do_truncate(path.dentry, length);
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE2(ftruncate, unsigned int, fd, loff_t, length)
{
	struct file *file = fget(fd);
	int ret = -EINVAL;

	if (!file)
		return -EBADF;
	if (file->f_mode & FMODE_WRITE)
		ret = do_truncate(file->f_path.dentry, length);
	fput(file);
	return ret;
}

static int change_path(int dfd, const char __user *name, unsigned int lookup, struct iattr *attr)
{
	struct path path;
	int ret = user_path_at(dfd, name, lookup, &path);

	if (ret)
		return ret;
	ret = path.mnt->mnt_flags & MS_RDONLY ? -EROFS : notify_change(path.dentry, attr);
	path_put(&path);
	return ret;
}

static int change_fd(unsigned int fd, struct iattr *attr)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = file->f_path.mnt->mnt_flags & MS_RDONLY ? -EROFS : notify_change(file->f_path.dentry, attr);
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(fchmodat, int, dfd, const char __user *, name, umode_t, mode)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = mode };

	return change_path(dfd, name, LOOKUP_FOLLOW, &attr);
}

SYSCALL_DEFINE4(fchmodat2, int, dfd, const char __user *, name, umode_t, mode, unsigned int, flags)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = mode };

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_path(dfd, name,
			   (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			   &attr);
}

SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = mode };

	return change_fd(fd, &attr);
}

static struct iattr owner_attr(uid_t user, gid_t group)
{
	struct iattr attr = { .ia_uid = user, .ia_gid = group };

	if (user != (uid_t)-1)
		attr.ia_valid |= ATTR_UID;
	if (group != (gid_t)-1)
		attr.ia_valid |= ATTR_GID;
	return attr;
}

SYSCALL_DEFINE5(fchownat, int, dfd, const char __user *, name, uid_t, user, gid_t, group, int, flags)
{
	struct iattr attr = owner_attr(user, group);

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_path(dfd, name,
			   (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			   &attr);
}

SYSCALL_DEFINE3(fchown, unsigned int, fd, uid_t, user, gid_t, group)
{
	struct iattr attr = owner_attr(user, group);

	return change_fd(fd, &attr);
}

#define UTIME_NOW	0x3fffffffL
#define UTIME_OMIT	0x3ffffffeL

SYSCALL_DEFINE4(utimensat, int, dfd, const char __user *, name, const struct timespec64 __user *, times, int, flags)
{
	struct timespec64 ts[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct iattr attr = { .ia_valid = ATTR_ATIME | ATTR_MTIME };

	if (times && copy_from_user(ts, times, sizeof(ts)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (ts[i].tv_nsec == UTIME_NOW)
			ts[i] = current_time();
		else if (ts[i].tv_nsec == UTIME_OMIT)
			attr.ia_valid &= ~(i ? ATTR_MTIME : ATTR_ATIME);
		else if (ts[i].tv_nsec < 0 || ts[i].tv_nsec >= NSEC_PER_SEC)
			return -EINVAL;
	}
	attr.ia_atime = ts[0];
	attr.ia_mtime = ts[1];
	if (!name)
		return change_fd(dfd, &attr);
	return change_path(dfd, name, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &attr);
}

static int set_pwd(const struct path *path)
{
	int ret = S_ISDIR(path->dentry->d_inode->i_mode) ? inode_permission(path->dentry->d_inode, MAY_EXEC) : -ENOTDIR;

	if (!ret)
		set_fs_pwd(current->fs, path);
	return ret;
}

SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (ret)
		return ret;
	ret = set_pwd(&path);
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE1(fchdir, unsigned int, fd)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = set_pwd(&file->f_path);
	fput(file);
	return ret;
}

SYSCALL_DEFINE1(chroot, const char __user *, name)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (ret)
		return ret;
	ret = capable_root() ? inode_permission(path.dentry->d_inode, MAY_EXEC) : -EPERM;
	if (!ret)
		set_fs_root(current->fs, &path);
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE2(getcwd, char __user *, user_buf, unsigned long, size)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *name;
	struct path pwd;
	long ret;

	if (!buf)
		return -ENOMEM;
	get_fs_pwd(current->fs, &pwd);
	name = pwd.dentry->d_inode->i_nlink ? d_path(&pwd, buf, PATH_MAX) : ERR_PTR(-ENOENT);
	path_put(&pwd);
	if (IS_ERR(name)) {
		ret = PTR_ERR(name);
	} else {
		ret = strlen(name) + 1;
		if ((unsigned long)ret > size)
			ret = -ERANGE;
		else if (copy_to_user(user_buf, name, ret))
			ret = -EFAULT;
	}
	kfree(buf);
	return ret;
}
