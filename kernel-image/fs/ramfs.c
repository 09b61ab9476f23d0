/* ramfs: files that live in the page cache and names that live in the dentry tree. tmpfs and rootfs are the same with a limit. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define RAMFS_MAGIC 0x858458f6
/* A symbolic link's target of this length is charged as a page. */
#define LONG_LINK 128

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

static bool has_long_link(const struct inode *inode)
{
	return S_ISLNK(inode->i_mode) && inode->i_size >= LONG_LINK;
}

static bool reserve(atomic_long_t *used, long limit)
{
	if (atomic_long_inc_return(used) <= limit || !limit)
		return true;
	atomic_long_dec(used);
	return false;
}

static void ramfs_evict_inode(struct inode *inode)
{
	if (has_long_link(inode))
		atomic_long_dec(&inode->i_sb->s_nr_pages);
	atomic_long_dec(&inode->i_sb->s_nr_inodes);
}

static int ramfs_statfs(struct super_block *sb, struct kstatfs *buf)
{
	buf->f_bsize = PAGE_SIZE;
	buf->f_blocks = sb->s_max_pages;
	buf->f_files = sb->s_max_inodes;
	if (sb->s_max_pages) {
		buf->f_bfree = buf->f_bavail = sb->s_max_pages - atomic_long_read(&sb->s_nr_pages);
		buf->f_ffree = sb->s_max_inodes - atomic_long_read(&sb->s_nr_inodes);
	}
	return 0;
}

static const struct super_operations ramfs_ops = {
	.evict_inode = ramfs_evict_inode,
	.statfs = ramfs_statfs,
};

/* NULL: no memory, or the file system has as many as it may. */
struct inode *ramfs_get_inode(struct super_block *sb, const struct inode *dir, umode_t mode, dev_t dev)
{
	struct inode *inode;

	if (!reserve(&sb->s_nr_inodes, sb->s_max_inodes))
		return NULL;
	inode = new_inode(sb);
	if (!inode) {
		atomic_long_dec(&sb->s_nr_inodes);
		return NULL;
	}
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
		return -ENOSPC;
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
		return -ENOSPC;
	}
	inode->i_link = link;
	if (strlen(link) >= LONG_LINK && !reserve(&dir->i_sb->s_nr_pages, dir->i_sb->s_max_pages)) {
		iput(inode);
		return -ENOSPC;
	}
	inode->i_size = strlen(link);
	d_add(dget(dentry), inode);
	dir->i_mtime = dir->i_ctime = current_time();
	return 0;
}

/* Each further name is counted like an inode: it takes memory until it is unlinked. */
static int ramfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	if (!reserve(&dir->i_sb->s_nr_inodes, dir->i_sb->s_max_inodes))
		return -ENOSPC;
	return simple_link(old, dir, dentry);
}

static void drop_further_name(const struct inode *inode)
{
	if (inode && inode->i_nlink > 1 && !S_ISDIR(inode->i_mode))
		atomic_long_dec(&inode->i_sb->s_nr_inodes);
}

static int ramfs_unlink(struct inode *dir, struct dentry *dentry)
{
	drop_further_name(dentry->d_inode);
	return simple_unlink(dir, dentry);
}

static int ramfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	drop_further_name(new->d_inode);
	return simple_rename(old_dir, old, new_dir, new);
}

static const struct inode_operations ramfs_dir_inode_operations = {
	.lookup = simple_lookup,
	.create = ramfs_create,
	.link = ramfs_link,
	.unlink = ramfs_unlink,
	.symlink = ramfs_symlink,
	.mkdir = ramfs_mkdir,
	.rmdir = simple_rmdir,
	.mknod = ramfs_mknod,
	.rename = ramfs_rename,
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
	sb->s_op = &ramfs_ops;
	/* So that files cannot take the memory that is needed to remove them. */
	if (sb->s_type != &ramfs_type)
		sb->s_max_pages = sb->s_max_inodes = totalram_pages() / 2;
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
