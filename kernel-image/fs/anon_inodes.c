/* Files without a place in any tree, and the file system that their inodes belong to. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/string.h>

static struct vfsmount *anon_inode_mnt;
static struct inode *anon_inode;

struct file *alloc_file_pseudo(struct inode *inode, struct vfsmount *mnt, const char *name, int flags,
			       const struct file_operations *fops)
{
	struct qstr qname = { name, strlen(name) };
	struct path path = { mntget(mnt), d_alloc(NULL, &qname) };
	struct file *file = ERR_PTR(-ENOMEM);

	if (path.dentry) {
		path.dentry->d_sb = mnt->mnt_sb;
		path.dentry->d_inode = igrab(inode);
		file = alloc_file(&path, flags, fops);
		dput(path.dentry);
	}
	mntput(mnt);
	if (!IS_ERR(file))
		file->f_mode &= ~FMODE_LSEEK;
	return file;
}

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	char full[32];
	struct file *file;

	snprintf(full, sizeof(full), "anon_inode:%s", name);
	file = alloc_file_pseudo(anon_inode, anon_inode_mnt, full, flags, fops);
	if (!IS_ERR(file))
		file->private_data = priv;
	return file;
}

int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

int pseudo_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	struct inode *root = new_inode(sb);

	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0500;
	sb->s_root = d_make_root(sb, root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type anon_inode_fs_type = {
	.name = "anon_inodefs",
	.fs_flags = FS_SINGLE,
	.fill_super = pseudo_fill_super,
};

static int __init anon_inode_init(void)
{
	int ret = register_filesystem(&anon_inode_fs_type);

	if (ret)
		return ret;
	anon_inode_mnt = kern_mount(&anon_inode_fs_type);
	if (IS_ERR(anon_inode_mnt))
		return PTR_ERR(anon_inode_mnt);
	anon_inode = new_inode(anon_inode_mnt->mnt_sb);
	if (!anon_inode)
		return -ENOMEM;
	anon_inode->i_mode = 0600;
	return 0;
}
fs_initcall(anon_inode_init);
