/* devpts: the directory of pseudo-terminals, one node for each that has a master. */
#include <linux/devpts_fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/string.h>
#include <linux/tty.h>

#define TTY_GROUP 5

static struct vfsmount *devpts_mnt;

static struct file_system_type devpts_fs_type = {
	.name = "devpts",
	.fs_flags = FS_SINGLE,
	.fill_super = ramfs_fill_super,
};

static struct dentry *find_or_alloc(unsigned int index)
{
	char text[12];
	struct qstr name = { text, snprintf(text, sizeof(text), "%u", index) };
	struct dentry *dentry = d_lookup(devpts_mnt->mnt_root, &name);

	return dentry ? dentry : d_alloc(devpts_mnt->mnt_root, &name);
}

/* Belongs to whoever opened the master; the group of terminals may write to it. */
int devpts_pty_new(unsigned int index)
{
	struct inode *dir = devpts_mnt->mnt_root->d_inode;
	struct dentry *dentry;
	int ret = -ENOMEM;

	inode_lock(dir);
	dentry = find_or_alloc(index);
	if (dentry)
		ret = dir->i_op->mknod(dir, dentry, S_IFCHR | 0620, MKDEV(UNIX98_PTY_SLAVE_MAJOR, index));
	if (!ret)
		dentry->d_inode->i_gid = TTY_GROUP;
	inode_unlock(dir);
	if (dentry)
		dput(dentry);
	return ret;
}

void devpts_pty_kill(unsigned int index)
{
	struct inode *dir = devpts_mnt->mnt_root->d_inode;
	struct dentry *dentry;

	inode_lock(dir);
	dentry = find_or_alloc(index);
	if (dentry && dentry->d_inode) {
		simple_unlink(dir, dentry);
		d_drop(dentry);
	}
	inode_unlock(dir);
	if (dentry)
		dput(dentry);
}

static int __init init_devpts_fs(void)
{
	int ret = register_filesystem(&devpts_fs_type);

	if (ret)
		return ret;
	devpts_mnt = kern_mount(&devpts_fs_type);
	return PTR_ERR_OR_ZERO(devpts_mnt);
}
fs_initcall(init_devpts_fs);
