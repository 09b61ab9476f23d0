/* devtmpfs: the file system on /dev, in which the kernel itself makes a node for each device. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/string.h>

static struct file_system_type dev_fs_type = {
	.name = "devtmpfs",
	.fs_flags = FS_SINGLE,
	.fill_super = ramfs_fill_super,
};

static struct vfsmount *dev_mnt;

int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev)
{
	struct qstr qname = { name, strlen(name) };
	struct dentry *dir = dev_mnt->mnt_root, *dentry;
	int ret = 0;

	inode_lock(dir->d_inode);
	dentry = d_lookup(dir, &qname);
	if (dentry)
		ret = -EEXIST;
	else
		dentry = d_alloc(dir, &qname);
	if (!dentry)
		ret = -ENOMEM;
	else if (!ret)
		ret = dir->d_inode->i_op->mknod(dir->d_inode, dentry, mode, dev);
	inode_unlock(dir->d_inode);
	if (dentry)
		dput(dentry);
	return ret;
}

/* Puts the file system in its place, once there is a /dev. */
int devtmpfs_mount(void)
{
	int ret = do_mount("devtmpfs", "/dev", "devtmpfs", MS_SILENT, NULL);

	if (ret)
		pr_err("devtmpfs: error mounting %d\n", ret);
	else
		pr_info("devtmpfs: mounted\n");
	return ret;
}

int devtmpfs_init(void)
{
	int ret = register_filesystem(&dev_fs_type);

	if (ret)
		return ret;
	dev_mnt = kern_mount(&dev_fs_type);
	if (IS_ERR(dev_mnt)) {
		ret = PTR_ERR(dev_mnt);
		pr_err("devtmpfs: unable to create devtmpfs %d\n", ret);
		return ret;
	}
	pr_info("devtmpfs: initialized\n");
	return 0;
}
