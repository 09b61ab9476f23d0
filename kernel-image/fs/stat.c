/* stat, statfs, readlink and access. */
#include <linux/fs.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static int cp_new_stat(const struct inode *inode, struct stat __user *statbuf)
{
	struct stat st;

	memset(&st, 0, sizeof(st));
	st.st_dev = new_encode_dev(inode->i_sb->s_dev);
	st.st_ino = inode->i_ino;
	st.st_mode = inode->i_mode;
	st.st_nlink = inode->i_nlink;
	st.st_uid = inode->i_uid;
	st.st_gid = inode->i_gid;
	st.st_rdev = new_encode_dev(inode->i_rdev);
	st.st_size = inode->i_size;
	st.st_blksize = PAGE_SIZE;
	st.st_blocks = inode->i_fs ? inode->i_blocks : inode->i_data.nrpages * (PAGE_SIZE / 512);
	st.st_atime = inode->i_atime.tv_sec;
	st.st_atime_nsec = inode->i_atime.tv_nsec;
	st.st_mtime = inode->i_mtime.tv_sec;
	st.st_mtime_nsec = inode->i_mtime.tv_nsec;
	st.st_ctime = inode->i_ctime.tv_sec;
	st.st_ctime_nsec = inode->i_ctime.tv_nsec;
	return copy_to_user(statbuf, &st, sizeof(st)) ? -EFAULT : 0;
}

static int lookup_for_stat(int dfd, const char __user *name, int flags, struct path *path)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | 0x800 /* AT_NO_AUTOMOUNT */))
		return -EINVAL;
	if ((flags & AT_EMPTY_PATH) && !name)
		return kern_path_at(dfd, "", lookup | LOOKUP_EMPTY, path);
	return user_path_at(dfd, name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), path);
}

SYSCALL_DEFINE4(newfstatat, int, dfd, const char __user *, name, struct stat __user *, statbuf, int, flags)
{
	struct path path;
	int ret = lookup_for_stat(dfd, name, flags, &path);

	if (ret)
		return ret;
	ret = cp_new_stat(path.dentry->d_inode, statbuf);
	path_put(&path);
	return ret;
}

struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 reserved;
};

struct statx {
	u32 stx_mask, stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink, stx_uid, stx_gid;
	u16 stx_mode, pad0;
	u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	u64 spare[14];
};

#define STATX_BASIC_STATS	0x7ff

static struct statx_timestamp statx_time(struct timespec64 ts)
{
	return (struct statx_timestamp){ ts.tv_sec, ts.tv_nsec, 0 };
}

static int cp_statx(const struct inode *inode, struct statx __user *buffer)
{
	struct statx st = {
		.stx_mask = STATX_BASIC_STATS,
		.stx_blksize = PAGE_SIZE,
		.stx_nlink = inode->i_nlink,
		.stx_uid = inode->i_uid,
		.stx_gid = inode->i_gid,
		.stx_mode = inode->i_mode,
		.stx_ino = inode->i_ino,
		.stx_size = inode->i_size,
		.stx_blocks = inode->i_data.nrpages * (PAGE_SIZE / 512),
		.stx_atime = statx_time(inode->i_atime),
		.stx_ctime = statx_time(inode->i_ctime),
		.stx_mtime = statx_time(inode->i_mtime),
		.stx_rdev_major = MAJOR(inode->i_rdev),
		.stx_rdev_minor = MINOR(inode->i_rdev),
		.stx_dev_major = MAJOR(inode->i_sb->s_dev),
		.stx_dev_minor = MINOR(inode->i_sb->s_dev),
	};

	BUILD_BUG_ON(sizeof(st) != 256);
	return copy_to_user(buffer, &st, sizeof(st)) ? -EFAULT : 0;
}

/* AT_EMPTY_PATH with an empty name, or with none, asks for the descriptor itself. */
SYSCALL_DEFINE5(statx, int, dfd, const char __user *, name, int, flags, unsigned int, mask, struct statx __user *, buffer)
{
	const int sync_type = 0x6000;
	struct path path;
	int ret = lookup_for_stat(dfd, name, flags & ~sync_type, &path);

	if (ret)
		return ret;
	ret = cp_statx(path.dentry->d_inode, buffer);
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE2(fstat, unsigned int, fd, struct stat __user *, statbuf)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = cp_new_stat(file_inode(file), statbuf);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(readlinkat, int, dfd, const char __user *, name, char __user *, user_buf, int, size)
{
	struct path path;
	struct inode *inode;
	char *buf;
	int ret;

	if (size <= 0)
		return -EINVAL;
	ret = user_path_at(dfd, name, LOOKUP_EMPTY, &path);
	if (ret)
		return ret;
	inode = path.dentry->d_inode;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		ret = -ENOMEM;
	else
		ret = S_ISLNK(inode->i_mode) ? inode->i_op->get_link(path.dentry, inode, buf, PATH_MAX) : -EINVAL;
	if (ret >= 0) {
		ret = min_t(int, ret, size);
		if (copy_to_user(user_buf, buf, ret))
			ret = -EFAULT;
	}
	kfree(buf);
	path_put(&path);
	return ret;
}

/* access(2) asks for the real user, unless AT_EACCESS: the question is put under credentials made for it. */
static int do_faccessat(int dfd, const char __user *name, int mode, int flags)
{
	struct cred *real = NULL;
	const struct cred *saved = current->cred;
	struct path path;
	int ret;

	if ((mode & ~7) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		real = prepare_creds();
		if (!real)
			return -ENOMEM;
		real->fsuid = real->uid;
		real->fsgid = real->gid;
		current->cred = real;
	}
	ret = user_path_at(dfd, name,
			   (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			   &path);
	if (!ret) {
		struct inode *inode = path.dentry->d_inode;

		ret = inode_permission(inode, mode);
		if (!ret && (mode & MAY_WRITE) && (path.mnt->mnt_flags & MS_RDONLY) &&
		    (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)))
			ret = -EROFS;
		path_put(&path);
	}
	if (real) {
		current->cred = saved;
		abort_creds(real);
	}
	return ret;
}

SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	return do_faccessat(dfd, name, mode, 0);
}

SYSCALL_DEFINE4(faccessat2, int, dfd, const char __user *, name, int, mode, int, flags)
{
	return do_faccessat(dfd, name, mode, flags);
}

struct statfs {
	long f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	int f_fsid[2];
	long f_namelen, f_frsize, f_flags, f_spare[4];
};

static int do_statfs(const struct path *path, struct statfs __user *buf)
{
	const struct super_block *sb = path->mnt->mnt_sb;
	struct statfs st;

	memset(&st, 0, sizeof(st));
	st.f_type = sb->s_magic;
	st.f_bsize = st.f_frsize = PAGE_SIZE;
	if (sb->s_op && sb->s_op->statfs) {
		struct kstatfs k = { 0 };

		sb->s_op->statfs(path->mnt->mnt_sb, &k);
		st.f_bsize = st.f_frsize = k.f_bsize;
		st.f_blocks = k.f_blocks;
		st.f_bfree = k.f_bfree;
		st.f_bavail = k.f_bavail;
		st.f_files = k.f_files;
		st.f_ffree = k.f_ffree;
	}
	st.f_namelen = NAME_MAX;
	st.f_flags = path->mnt->mnt_flags;
	return copy_to_user(buf, &st, sizeof(st)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(statfs, const char __user *, name, struct statfs __user *, buf)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (ret)
		return ret;
	ret = do_statfs(&path, buf);
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE2(fstatfs, unsigned int, fd, struct statfs __user *, buf)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = do_statfs(&file->f_path, buf);
	fput(file);
	return ret;
}
