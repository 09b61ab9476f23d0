/* ramfs: files that live in the page cache and names that live in the dentry tree. tmpfs and rootfs are the same with a limit. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define RAMFS_MAGIC 0x858458f6

static const struct inode_operations ramfs_dir_inode_operations;

static const struct file_operations ramfs_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = generic_file_mmap,
};

static const struct inode_operations ramfs_file_inode_operations = {
};

static const struct inode_operations ramfs_symlink_inode_operations = {
	.get_link = simple_get_link,
};

struct inode *ramfs_get_inode(struct super_block *sb, const struct inode *dir, umode_t mode, dev_t dev)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode_init_owner(inode, dir, mode);
	inode->i_op = &ramfs_file_inode_operations;
	if (S_ISREG(mode)) {
		inode->i_fop = &ramfs_file_operations;
	} else if (S_ISDIR(mode)) {
		inode->i_op = &ramfs_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
		inode->i_nlink = 2;
	} else if (S_ISLNK(mode)) {
		inode->i_op = &ramfs_symlink_inode_operations;
	} else {
		init_special_inode(inode, mode, dev);
	}
	return inode;
}

/* The dget pins the name until it is unlinked. */
static int ramfs_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev)
{
	struct inode *inode = ramfs_get_inode(dir->i_sb, dir, mode, dev);

	if (!inode)
		return -ENOMEM;
	d_add(dget(dentry), inode);
	dir->i_mtime = dir->i_ctime = current_time();
	return 0;
}

static int ramfs_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ramfs_mknod(dir, dentry, mode | S_IFREG, 0);
}

static int ramfs_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	int ret = ramfs_mknod(dir, dentry, mode | S_IFDIR, 0);

	if (!ret)
		dir->i_nlink++;
	return ret;
}

static int ramfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	struct inode *inode;
	char *link = kstrdup(target, GFP_KERNEL);

	if (!link)
		return -ENOMEM;
	inode = ramfs_get_inode(dir->i_sb, dir, S_IFLNK | S_IRWXUGO, 0);
	if (!inode) {
		kfree(link);
		return -ENOMEM;
	}
	inode->i_link = link;
	inode->i_size = strlen(link);
	d_add(dget(dentry), inode);
	dir->i_mtime = dir->i_ctime = current_time();
	return 0;
}

static const struct inode_operations ramfs_dir_inode_operations = {
	.lookup = simple_lookup,
	.create = ramfs_create,
	.link = simple_link,
	.unlink = simple_unlink,
	.symlink = ramfs_symlink,
	.mkdir = ramfs_mkdir,
	.rmdir = simple_rmdir,
	.mknod = ramfs_mknod,
	.rename = simple_rename,
};

static struct file_system_type ramfs_type = {
	.name = "ramfs",
	.fill_super = ramfs_fill_super,
};

static struct file_system_type tmpfs_type = {
	.name = "tmpfs",
	.fill_super = ramfs_fill_super,
};

int ramfs_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	struct inode *root;

	sb->s_magic = RAMFS_MAGIC;
	/* So that a file cannot take the memory that is needed to remove it. */
	if (sb->s_type != &ramfs_type)
		sb->s_max_pages = totalram_pages() / 2;
	root = ramfs_get_inode(sb, NULL, S_IFDIR | (sb->s_type == &tmpfs_type ? 01777 : 0755), 0);
	if (!root)
		return -ENOMEM;
	sb->s_root = d_make_root(sb, root);
	if (!sb->s_root) {
		iput(root);
		return -ENOMEM;
	}
	return 0;
}

static struct file_system_type rootfs_type = {
	.name = "rootfs",
	.fs_flags = FS_SINGLE,
	.fill_super = ramfs_fill_super,
};

void init_rootfs(void)
{
	register_filesystem(&rootfs_type);
	register_filesystem(&ramfs_type);
	register_filesystem(&tmpfs_type);
}
