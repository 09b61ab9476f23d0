/* File system types by name, and the super blocks made of them. */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

static struct file_system_type *file_systems;
static DEFINE_MUTEX(file_systems_lock);
static LIST_HEAD(super_blocks);
static DEFINE_MUTEX(super_lock);		/* the list, and who is on it */
static unsigned int unnamed_dev_minor;

int register_filesystem(struct file_system_type *fs)
{
	struct file_system_type **p;
	int ret = 0;

	mutex_lock(&file_systems_lock);
	for (p = &file_systems; *p; p = &(*p)->next)
		if (!strcmp((*p)->name, fs->name))
			ret = -EBUSY;
	if (!ret)
		*p = fs;
	mutex_unlock(&file_systems_lock);
	return ret;
}

struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *fs;

	mutex_lock(&file_systems_lock);
	for (fs = file_systems; fs && strcmp(fs->name, name); fs = fs->next)
		;
	mutex_unlock(&file_systems_lock);
	return fs;
}

/* Nobody has it mounted: what others write to the medium meanwhile shall be seen next time. */
static void forget_bdev(struct block_device *bdev)
{
	sync_blockdev(bdev);
	truncate_inode_pages(bdev->bd_inode->i_mapping, 0);
}

static struct super_block *alloc_super(struct file_system_type *fs, struct block_device *bdev, unsigned long flags,
				       const char *dev_name, void *data)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	int ret;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->s_type = fs;
	sb->s_bdev = bdev;
	sb->s_flags = flags & MS_RDONLY;
	sb->s_dev = bdev ? bdev->bd_dev : MKDEV(0, ++unnamed_dev_minor);
	atomic_set(&sb->s_active, 1);
	ret = fs->fill_super(sb, dev_name, data);
	if (ret) {
		if (bdev)
			forget_bdev(bdev);
		kfree(sb);
		return ERR_PTR(ret);
	}
	list_add_tail(&sb->s_list, &super_blocks);
	return sb;
}

static struct super_block *find_super(struct file_system_type *fs, struct block_device *bdev)
{
	struct super_block *sb;

	list_for_each_entry(sb, &super_blocks, s_list)
		if (sb->s_type == fs && sb->s_bdev == bdev)
			return sb;
	return NULL;
}

/*
 * The instance of a FS_SINGLE type is kept for ever, and a device has one as
 * long as it is mounted; any other mount makes a new one.
 */
struct super_block *sget(struct file_system_type *fs, unsigned long flags, const char *dev_name, void *data)
{
	struct block_device *bdev = NULL;
	struct super_block *sb = NULL;

	if (fs->fs_flags & FS_REQUIRES_DEV) {
		bdev = lookup_bdev(dev_name);
		if (IS_ERR(bdev))
			return ERR_CAST(bdev);
		if (bdev->bd_read_only && !(flags & MS_RDONLY))
			return ERR_PTR(-EACCES);
	}
	mutex_lock(&super_lock);
	if (bdev || (fs->fs_flags & FS_SINGLE))
		sb = find_super(fs, bdev);
	if (sb && bdev && (sb->s_flags & MS_RDONLY) != (flags & MS_RDONLY))
		sb = ERR_PTR(-EBUSY);
	if (sb && !IS_ERR(sb))
		atomic_inc(&sb->s_active);
	if (!sb) {
		sb = alloc_super(fs, bdev, flags, dev_name, data);
		if (!IS_ERR(sb) && (fs->fs_flags & FS_SINGLE))
			atomic_inc(&sb->s_active);
	}
	mutex_unlock(&super_lock);
	return sb;
}

/* Lets go of every name that the file system pinned, children before parents. */
static void shrink_tree(struct dentry *root)
{
	struct dentry *dentry = root;

	for (;;) {
		struct dentry *parent;

		while (!list_empty(&dentry->d_subdirs))
			dentry = list_first_entry(&dentry->d_subdirs, struct dentry, d_child);
		if (dentry == root)
			break;
		parent = dentry->d_parent;
		d_drop(dentry);
		dput(dentry);
		dentry = parent;
	}
	dput(root);
}

void deactivate_super(struct super_block *sb)
{
	mutex_lock(&super_lock);
	if (!atomic_dec_and_test(&sb->s_active)) {
		mutex_unlock(&super_lock);
		return;
	}
	if (sb->s_keeps_unused)
		shrink_dcache_sb(sb);
	sync_filesystem(sb);
	shrink_tree(sb->s_root);
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	if (sb->s_bdev)
		forget_bdev(sb->s_bdev);
	list_del(&sb->s_list);
	mutex_unlock(&super_lock);
	kfree(sb);
}

int sync_filesystems(void)
{
	struct super_block *sb;
	int err = 0;

	mutex_lock(&super_lock);
	list_for_each_entry(sb, &super_blocks, s_list) {
		int ret = sb->s_flags & MS_RDONLY ? 0 : sync_filesystem(sb);

		err = err ? err : ret;
	}
	mutex_unlock(&super_lock);
	return err;
}

/* /proc/filesystems. */
void seq_filesystems(struct seq_file *m)
{
	struct file_system_type *fs;

	mutex_lock(&file_systems_lock);
	for (fs = file_systems; fs; fs = fs->next)
		seq_printf(m, "%s\t%s\n", fs->fs_flags & FS_REQUIRES_DEV ? "" : "nodev", fs->name);
	mutex_unlock(&file_systems_lock);
}
