/*
 * Operations that change directories: create, link, unlink, mkdir, rmdir, rename and their system calls.
 *
 * Lock order: the rename mutex, a directory, then what lies below it; between
 * two unrelated directories by address. An inode that loses a name is locked
 * too, so that a directory found empty stays so.
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

static DEFINE_MUTEX(rename_mutex);

static int may_create(struct inode *dir)
{
	if (!dir->i_nlink)
		return -ENOENT;
	if (dir->i_sb->s_flags & MS_RDONLY)
		return -EROFS;
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

static int may_delete(struct inode *dir, struct dentry *victim, bool directory)
{
	struct inode *inode = victim->d_inode;
	int ret = inode_permission(dir, MAY_WRITE | MAY_EXEC);

	if (ret)
		return ret;
	if (dir->i_sb->s_flags & MS_RDONLY)
		return -EROFS;
	if ((dir->i_mode & S_ISVTX) && current_fsuid() != inode->i_uid && current_fsuid() != dir->i_uid &&
	    !capable_root())
		return -EPERM;
	if (directory && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (!directory && S_ISDIR(inode->i_mode))
		return -EISDIR;
	return victim->d_mounted ? -EBUSY : 0;
}

int vfs_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	int ret = may_create(dir);

	if (!ret)
		ret = dir->i_op->create ? dir->i_op->create(dir, dentry, mode) : -EACCES;
	return ret;
}

int vfs_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	int ret = may_create(dir);

	if (!ret)
		ret = dir->i_op->mkdir ? dir->i_op->mkdir(dir, dentry, mode & (S_IRWXUGO | S_ISVTX)) : -EPERM;
	return ret;
}

int vfs_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev)
{
	int ret = may_create(dir);

	if (!ret && (S_ISCHR(mode) || S_ISBLK(mode)) && !capable_root())
		ret = -EPERM;
	if (!ret)
		ret = dir->i_op->mknod ? dir->i_op->mknod(dir, dentry, mode, dev) : -EPERM;
	return ret;
}

int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	int ret = may_create(dir);

	if (!ret)
		ret = dir->i_op->symlink ? dir->i_op->symlink(dir, dentry, target) : -EPERM;
	return ret;
}

int vfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	int ret = may_create(dir);

	if (ret)
		return ret;
	if (old->d_sb != dentry->d_sb)
		return -EXDEV;
	if (S_ISDIR(old->d_inode->i_mode) || !dir->i_op->link)
		return -EPERM;
	inode_lock(old->d_inode);
	ret = old->d_inode->i_nlink ? dir->i_op->link(old, dir, dentry) : -ENOENT;
	inode_unlock(old->d_inode);
	return ret;
}

/* Walks to the parent of the name's last component. A success is undone by path_finish. */
static int walk_to_parent(struct nameidata *nd, int dfd, const char *name)
{
	int ret = path_init(nd, dfd, name, 0);

	if (!ret)
		ret = link_path_walk(nd);
	if (!ret && !S_ISDIR(nd->path.dentry->d_inode->i_mode))
		ret = -ENOTDIR;
	if (ret)
		path_finish(nd);
	return ret;
}

/* A negative dentry for a new name, its directory locked; undone by done_path_create. */
struct dentry *kern_path_create(int dfd, const char *name, struct path *path, bool directory)
{
	struct nameidata nd;
	struct dentry *dentry;
	int ret = walk_to_parent(&nd, dfd, name);

	if (ret)
		return ERR_PTR(ret);
	*path = nd.path;
	path_get(path);
	inode_lock(path->dentry->d_inode);
	dentry = nd.last_type == LAST_NORM ? lookup_one_locked(path->dentry, &nd.last) : ERR_PTR(-EEXIST);
	if (!IS_ERR(dentry)) {
		if (!d_is_negative(dentry))
			ret = -EEXIST;
		else if (nd.trailing && !directory)
			ret = -ENOENT;
		else if (path->mnt->mnt_flags & MS_RDONLY)
			ret = -EROFS;
		if (ret) {
			dput(dentry);
			dentry = ERR_PTR(ret);
		}
	}
	if (IS_ERR(dentry)) {
		inode_unlock(path->dentry->d_inode);
		path_put(path);
	}
	path_finish(&nd);
	return dentry;
}

void done_path_create(struct path *path, struct dentry *dentry)
{
	dput(dentry);
	inode_unlock(path->dentry->d_inode);
	path_put(path);
}

static int do_mkdirat(int dfd, const char *name, umode_t mode)
{
	struct path path;
	struct dentry *dentry = kern_path_create(dfd, name, &path, true);
	int ret;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ret = vfs_mkdir(path.dentry->d_inode, dentry, mode & ~current->fs->umask);
	done_path_create(&path, dentry);
	return ret;
}

static int do_mknodat(int dfd, const char *name, umode_t mode, dev_t dev)
{
	struct path path;
	struct dentry *dentry;
	int ret;

	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode) || S_ISLNK(mode))
		return S_ISDIR(mode) ? -EPERM : -EINVAL;
	dentry = kern_path_create(dfd, name, &path, false);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	mode &= ~current->fs->umask;
	if (S_ISREG(mode))
		ret = vfs_create(path.dentry->d_inode, dentry, mode);
	else
		ret = vfs_mknod(path.dentry->d_inode, dentry, mode, dev);
	done_path_create(&path, dentry);
	return ret;
}

static int do_symlinkat(const char *target, int dfd, const char *name)
{
	struct path path;
	struct dentry *dentry = kern_path_create(dfd, name, &path, false);
	int ret;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ret = vfs_symlink(path.dentry->d_inode, dentry, target);
	done_path_create(&path, dentry);
	return ret;
}

static int do_linkat(int old_dfd, const char *old, int new_dfd, const char *name, unsigned int lookup_flags)
{
	struct path old_path, path;
	struct dentry *dentry;
	int ret = kern_path_at(old_dfd, old, lookup_flags, &old_path);

	if (ret)
		return ret;
	dentry = kern_path_create(new_dfd, name, &path, false);
	if (IS_ERR(dentry)) {
		ret = PTR_ERR(dentry);
	} else {
		ret = old_path.mnt == path.mnt ? vfs_link(old_path.dentry, path.dentry->d_inode, dentry) : -EXDEV;
		done_path_create(&path, dentry);
	}
	path_put(&old_path);
	return ret;
}

static int remove_locked(struct inode *dir, struct dentry *dentry, bool directory)
{
	int ret = may_delete(dir, dentry, directory);

	if (ret)
		return ret;
	inode_lock(dentry->d_inode);
	if (directory)
		ret = dir->i_op->rmdir ? dir->i_op->rmdir(dir, dentry) : -EPERM;
	else
		ret = dir->i_op->unlink ? dir->i_op->unlink(dir, dentry) : -EPERM;
	if (!ret)
		d_drop(dentry);
	inode_unlock(dentry->d_inode);
	return ret;
}

static int do_unlinkat(int dfd, const char *name, bool directory)
{
	struct nameidata nd;
	struct dentry *dentry;
	struct inode *dir;
	int ret = walk_to_parent(&nd, dfd, name);

	if (ret)
		return ret;
	dir = nd.path.dentry->d_inode;
	if (nd.last_type == LAST_DOTDOT)
		ret = directory ? -ENOTEMPTY : -EISDIR;
	else if (nd.last_type == LAST_DOT)
		ret = directory ? -EINVAL : -EISDIR;
	else if (nd.last_type == LAST_ROOT)
		ret = directory ? -EBUSY : -EISDIR;
	else if (nd.path.mnt->mnt_flags & MS_RDONLY)
		ret = -EROFS;
	if (ret)
		goto out;
	inode_lock(dir);
	dentry = lookup_one_locked(nd.path.dentry, &nd.last);
	if (IS_ERR(dentry)) {
		ret = PTR_ERR(dentry);
	} else {
		if (d_is_negative(dentry))
			ret = -ENOENT;
		else if (nd.trailing && !directory)
			ret = S_ISDIR(dentry->d_inode->i_mode) ? -EISDIR : -ENOTDIR;
		else
			ret = remove_locked(dir, dentry, directory);
	}
	inode_unlock(dir);
	if (!IS_ERR(dentry))
		dput(dentry);
out:
	path_finish(&nd);
	return ret;
}

static void lock_two(struct dentry *a, struct dentry *b)
{
	mutex_lock(&rename_mutex);
	if (a == b) {
		inode_lock(a->d_inode);
	} else if (d_is_ancestor(a, b) || (!d_is_ancestor(b, a) && a < b)) {
		inode_lock(a->d_inode);
		inode_lock(b->d_inode);
	} else {
		inode_lock(b->d_inode);
		inode_lock(a->d_inode);
	}
}

static void unlock_two(struct dentry *a, struct dentry *b)
{
	inode_unlock(a->d_inode);
	if (a != b)
		inode_unlock(b->d_inode);
	mutex_unlock(&rename_mutex);
}

static int rename_locked(struct dentry *old_dir, struct dentry *old, struct dentry *new_dir, struct dentry *new)
{
	bool directory = S_ISDIR(old->d_inode->i_mode);
	struct inode *target = new->d_inode;
	int ret;

	if (d_is_ancestor(old, new_dir))
		return -EINVAL;
	if (target && d_is_ancestor(new, old_dir))
		return -ENOTEMPTY;
	if (target == old->d_inode)
		return 0;
	ret = may_delete(old_dir->d_inode, old, directory);
	if (ret)
		return ret;
	ret = target ? may_delete(new_dir->d_inode, new, directory) : may_create(new_dir->d_inode);
	if (ret)
		return ret;
	if (!old_dir->d_inode->i_op->rename)
		return -EPERM;
	if (target)
		inode_lock(target);
	ret = old_dir->d_inode->i_op->rename(old_dir->d_inode, old, new_dir->d_inode, new);
	if (!ret)
		d_move(old, new);
	if (target)
		inode_unlock(target);
	return ret;
}

static int rename_lookup(struct nameidata *from, struct nameidata *to, unsigned int flags)
{
	struct dentry *old_dir = from->path.dentry, *new_dir = to->path.dentry, *old, *new;
	int ret = 0;

	old = lookup_one_locked(old_dir, &from->last);
	if (IS_ERR(old))
		return PTR_ERR(old);
	new = lookup_one_locked(new_dir, &to->last);
	if (IS_ERR(new)) {
		dput(old);
		return PTR_ERR(new);
	}
	if (d_is_negative(old))
		ret = -ENOENT;
	else if ((flags & RENAME_NOREPLACE) && !d_is_negative(new))
		ret = -EEXIST;
	else if (!S_ISDIR(old->d_inode->i_mode) && (from->trailing || to->trailing))
		ret = -ENOTDIR;
	else
		ret = rename_locked(old_dir, old, new_dir, new);
	dput(new);
	dput(old);
	return ret;
}

static int do_renameat2(int old_dfd, const char *old, int new_dfd, const char *new, unsigned int flags)
{
	struct nameidata from, to;
	int ret;

	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	ret = walk_to_parent(&from, old_dfd, old);
	if (ret)
		return ret;
	ret = walk_to_parent(&to, new_dfd, new);
	if (ret) {
		path_finish(&from);
		return ret;
	}
	if (from.path.mnt != to.path.mnt) {
		ret = -EXDEV;
	} else if (from.last_type != LAST_NORM || to.last_type != LAST_NORM) {
		ret = -EBUSY;
	} else if (from.path.mnt->mnt_flags & MS_RDONLY) {
		ret = -EROFS;
	} else {
		lock_two(from.path.dentry, to.path.dentry);
		ret = rename_lookup(&from, &to, flags);
		unlock_two(from.path.dentry, to.path.dentry);
	}
	path_finish(&to);
	path_finish(&from);
	return ret;
}

int init_mkdir(const char *name, umode_t mode)
{
	return do_mkdirat(AT_FDCWD, name, mode);
}

int init_mknod(const char *name, umode_t mode, dev_t dev)
{
	return do_mknodat(AT_FDCWD, name, mode, dev);
}

int init_symlink(const char *target, const char *name)
{
	return do_symlinkat(target, AT_FDCWD, name);
}

int init_link(const char *old, const char *name)
{
	return do_linkat(AT_FDCWD, old, AT_FDCWD, name, 0);
}

SYSCALL_DEFINE3(mkdirat, int, dfd, const char __user *, user_name, umode_t, mode)
{
	char *name = getname(user_name);
	int ret = IS_ERR(name) ? PTR_ERR(name) : do_mkdirat(dfd, name, mode);

	putname(name);
	return ret;
}

SYSCALL_DEFINE4(mknodat, int, dfd, const char __user *, user_name, umode_t, mode, unsigned int, dev)
{
	char *name = getname(user_name);
	int ret = IS_ERR(name) ? PTR_ERR(name) : do_mknodat(dfd, name, mode, new_decode_dev(dev));

	putname(name);
	return ret;
}

SYSCALL_DEFINE3(unlinkat, int, dfd, const char __user *, user_name, int, flags)
{
	char *name;
	int ret;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = getname(user_name);
	ret = IS_ERR(name) ? PTR_ERR(name) : do_unlinkat(dfd, name, flags & AT_REMOVEDIR);
	putname(name);
	return ret;
}

/* Fetches two names and hands them to the operation. */
#define WITH_TWO_NAMES(user_a, user_b, call) ({				\
	char *a = getname(user_a), *b = getname(user_b);		\
	int __ret = IS_ERR(a) ? PTR_ERR(a) : IS_ERR(b) ? PTR_ERR(b) : (call); \
									\
	putname(a);							\
	putname(b);							\
	__ret;								\
})

SYSCALL_DEFINE3(symlinkat, const char __user *, target, int, dfd, const char __user *, name)
{
	return WITH_TWO_NAMES(target, name, do_symlinkat(a, dfd, b));
}

SYSCALL_DEFINE5(linkat, int, old_dfd, const char __user *, old, int, dfd, const char __user *, name, int, flags)
{
	if (flags & ~AT_SYMLINK_FOLLOW)
		return -EINVAL;
	return WITH_TWO_NAMES(old, name,
			      do_linkat(old_dfd, a, dfd, b, flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0));
}

SYSCALL_DEFINE5(renameat2, int, old_dfd, const char __user *, old, int, dfd, const char __user *, name,
		unsigned int, flags)
{
	return WITH_TWO_NAMES(old, name, do_renameat2(old_dfd, a, dfd, b, flags));
}
