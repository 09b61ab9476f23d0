/*
 * Mounts: which root covers which directory, and what mount(2) and umount2(2) do.
 *
 * mount_lock (a spinlock) covers the list and each mount's place. A mount is
 * counted: once for being attached and once for each path that points into it;
 * umount refuses while anybody else holds it.
 */
#include <linux/fs.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kernfs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static LIST_HEAD(mount_list);
static DEFINE_SPINLOCK(mount_lock);
static DEFINE_MUTEX(namespace_mutex);

struct vfsmount *mntget(struct vfsmount *mnt)
{
	atomic_inc(&mnt->mnt_count);
	return mnt;
}

static void free_mount(struct vfsmount *mnt)
{
	struct super_block *sb = mnt->mnt_sb;

	dput(mnt->mnt_root);
	deactivate_super(sb);
	kfree(mnt->mnt_devname);
	kfree(mnt);
}

void mntput(struct vfsmount *mnt)
{
	if (mnt && atomic_dec_and_test(&mnt->mnt_count))
		free_mount(mnt);
}

static struct vfsmount *alloc_mount(struct file_system_type *type, const char *dev_name, unsigned long flags, void *data)
{
	struct vfsmount *mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);
	struct super_block *sb;

	if (!mnt)
		return ERR_PTR(-ENOMEM);
	mnt->mnt_devname = kstrdup(dev_name, GFP_KERNEL);
	if (!mnt->mnt_devname) {
		kfree(mnt);
		return ERR_PTR(-ENOMEM);
	}
	sb = sget(type, flags, dev_name, data);
	if (IS_ERR(sb)) {
		kfree(mnt->mnt_devname);
		kfree(mnt);
		return ERR_CAST(sb);
	}
	mnt->mnt_sb = sb;
	mnt->mnt_root = dget(sb->s_root);
	mnt->mnt_flags = flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = mnt->mnt_root;
	atomic_set(&mnt->mnt_count, 1);
	INIT_LIST_HEAD(&mnt->mnt_list);
	return mnt;
}

struct vfsmount *kern_mount(struct file_system_type *type)
{
	return alloc_mount(type, type->name, 0, NULL);
}

/* If something is mounted on path, moves path to its root. */
bool lookup_mnt(struct path *path)
{
	struct vfsmount *mnt, *found = NULL;

	if (!path->dentry->d_mounted)
		return false;
	spin_lock(&mount_lock);
	list_for_each_entry(mnt, &mount_list, mnt_list) {
		if (mnt->mnt_parent == path->mnt && mnt != path->mnt && mnt->mnt_mountpoint == path->dentry) {
			found = mntget(mnt);
			break;
		}
	}
	spin_unlock(&mount_lock);
	if (!found)
		return false;
	path_put(path);
	path->mnt = found;
	path->dentry = dget(found->mnt_root);
	return true;
}

/* From a mount's root to the directory it covers; false at the top. */
bool follow_up(struct path *path)
{
	struct path up;

	spin_lock(&mount_lock);
	if (path->mnt->mnt_parent == path->mnt) {
		spin_unlock(&mount_lock);
		return false;
	}
	up.mnt = mntget(path->mnt->mnt_parent);
	up.dentry = dget(path->mnt->mnt_mountpoint);
	spin_unlock(&mount_lock);
	path_put(path);
	*path = up;
	return true;
}

static void attach_mount(struct vfsmount *mnt, struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
	spin_lock(&mount_lock);
	mnt->mnt_parent = path->mnt;
	mnt->mnt_mountpoint = path->dentry;
	path->dentry->d_mounted++;
	list_add_tail(&mnt->mnt_list, &mount_list);
	spin_unlock(&mount_lock);
}

int do_mount(const char *dev_name, const char *dir_name, const char *type, unsigned long flags, void *data)
{
	struct file_system_type *fs;
	struct vfsmount *mnt;
	struct path path;
	int ret;

	if (flags & MS_BIND)
		return -EINVAL;
	ret = kern_path(dir_name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	if (ret)
		return ret;
	if (flags & MS_REMOUNT) {
		ret = path.dentry == path.mnt->mnt_root ? 0 : -EINVAL;
		if (!ret && path.mnt->mnt_sb->s_op && path.mnt->mnt_sb->s_op->remount_fs)
			ret = path.mnt->mnt_sb->s_op->remount_fs(path.mnt->mnt_sb, flags, data);
		if (!ret)
			path.mnt->mnt_flags = flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
		path_put(&path);
		return ret;
	}
	fs = get_fs_type(type);
	mnt = fs ? alloc_mount(fs, dev_name, flags, data) : ERR_PTR(-ENODEV);
	if (IS_ERR(mnt)) {
		path_put(&path);
		return PTR_ERR(mnt);
	}
	mutex_lock(&namespace_mutex);
	attach_mount(mnt, &path);
	mutex_unlock(&namespace_mutex);
	path_put(&path);
	return 0;
}

/* For the boot: the mount that the caller stands in covers the root, and is its root from now on. */
int __init move_mount_to_root(void)
{
	struct path from, to;

	get_fs_pwd(current->fs, &from);
	get_fs_root(current->fs, &to);
	if (from.dentry != from.mnt->mnt_root || from.mnt == to.mnt)
		return -EINVAL;
	spin_lock(&mount_lock);
	from.mnt->mnt_mountpoint->d_mounted--;
	list_del_init(&from.mnt->mnt_list);
	spin_unlock(&mount_lock);
	dput(from.mnt->mnt_mountpoint);
	mntput(from.mnt->mnt_parent);
	attach_mount(from.mnt, &to);
	set_fs_root(current->fs, &from);
	path_put(&from);
	path_put(&to);
	return 0;
}

static int do_umount(struct vfsmount *mnt, bool detach)
{
	struct vfsmount *other;
	int ret = 0;

	spin_lock(&mount_lock);
	if (mnt->mnt_parent == mnt || list_empty(&mnt->mnt_list))
		ret = -EINVAL;
	list_for_each_entry(other, &mount_list, mnt_list)
		if (other->mnt_parent == mnt && other != mnt)
			ret = -EBUSY;
	/* One count for being attached, one for the caller's path. */
	if (!ret && !detach && atomic_read(&mnt->mnt_count) > 2)
		ret = -EBUSY;
	if (!ret) {
		list_del_init(&mnt->mnt_list);
		mnt->mnt_mountpoint->d_mounted--;
	}
	spin_unlock(&mount_lock);
	if (ret)
		return ret;
	dput(mnt->mnt_mountpoint);
	mntput(mnt->mnt_parent);
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = mnt->mnt_root;
	mntput(mnt);
	return 0;
}

SYSCALL_DEFINE5(mount, const char __user *, dev, const char __user *, dir, const char __user *, type,
		unsigned long, flags, void __user *, data)
{
	char *kernel_dev = NULL, *kernel_dir = NULL, *kernel_type = NULL, *kernel_data = NULL;
	long ret;

	if (!capable_root())
		return -EPERM;
	kernel_dir = getname(dir);
	kernel_dev = dev ? getname_flags(dev, LOOKUP_EMPTY) : kstrdup("none", GFP_KERNEL);
	kernel_type = type ? getname(type) : kstrdup("", GFP_KERNEL);
	kernel_data = data ? getname_flags(data, LOOKUP_EMPTY) : kstrdup("", GFP_KERNEL);
	if (IS_ERR(kernel_dir))
		ret = PTR_ERR(kernel_dir);
	else if (IS_ERR(kernel_dev))
		ret = PTR_ERR(kernel_dev);
	else if (IS_ERR(kernel_type))
		ret = PTR_ERR(kernel_type);
	else if (IS_ERR(kernel_data))
		ret = PTR_ERR(kernel_data);
	else if (!kernel_dev || !kernel_type || !kernel_data)
		ret = -ENOMEM;
	else
		ret = do_mount(kernel_dev, kernel_dir, kernel_type, flags, kernel_data);
	putname(kernel_dir);
	putname(kernel_dev);
	putname(kernel_type);
	putname(kernel_data);
	return ret;
}

SYSCALL_DEFINE2(umount2, const char __user *, name, int, flags)
{
	struct path path;
	int ret;

	if (!capable_root())
		return -EPERM;
	if (flags & ~MNT_DETACH)
		return -EINVAL;
	ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (ret)
		return ret;
	mutex_lock(&namespace_mutex);
	ret = path.dentry == path.mnt->mnt_root ? do_umount(path.mnt, flags & MNT_DETACH) : -EINVAL;
	mutex_unlock(&namespace_mutex);
	path_put(&path);
	return ret;
}

/* Does it lie below the root, and not under it, as what the boot mounted first may? */
static bool is_reachable(const struct vfsmount *mnt, const struct vfsmount *root)
{
	while (mnt != root && mnt != mnt->mnt_parent)
		mnt = mnt->mnt_parent;
	return mnt == root;
}

/* /proc/mounts: one line per mount that the reader's root can see. */
int mounts_show(struct seq_file *m)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	struct vfsmount *mnt;
	struct path root;

	if (!buf)
		return -ENOMEM;
	get_fs_root(current->fs, &root);
	mutex_lock(&namespace_mutex);
	list_for_each_entry(mnt, &mount_list, mnt_list) {
		struct path path = { mnt, mnt->mnt_root };
		char *name = d_path(&path, buf, PATH_MAX);

		if (IS_ERR(name) || !is_reachable(mnt, root.mnt))
			continue;
		seq_printf(m, "%s %s %s %s%s%s%s 0 0\n", mnt->mnt_devname, name, mnt->mnt_sb->s_type->name,
			   mnt->mnt_flags & MS_RDONLY ? "ro" : "rw",
			   mnt->mnt_flags & MS_NOSUID ? ",nosuid" : "",
			   mnt->mnt_flags & MS_NODEV ? ",nodev" : "",
			   mnt->mnt_flags & MS_NOEXEC ? ",noexec" : "");
	}
	mutex_unlock(&namespace_mutex);
	path_put(&root);
	kfree(buf);
	return 0;
}

/* Mounts rootfs and makes it the root of the boot task, and so of everybody. */
void mnt_init(void)
{
	struct vfsmount *mnt;
	struct path root;

	sysfs_init();
	init_rootfs();
	mnt = kern_mount(get_fs_type("rootfs"));
	if (IS_ERR(mnt))
		panic("Can't create rootfs");
	list_add_tail(&mnt->mnt_list, &mount_list);
	root.mnt = mnt;
	root.dentry = mnt->mnt_root;
	set_fs_root(current->fs, &root);
	set_fs_pwd(current->fs, &root);
}
