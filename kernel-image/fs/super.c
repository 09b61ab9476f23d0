/* File system types by name, and the super blocks made of them. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

static struct file_system_type *file_systems;
static DEFINE_MUTEX(file_systems_lock);
static DEFINE_MUTEX(sget_lock);
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

static struct super_block *alloc_super(struct file_system_type *fs, const char *dev_name, void *data)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	int ret;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->s_type = fs;
	sb->s_dev = MKDEV(0, ++unnamed_dev_minor);
	atomic_set(&sb->s_active, 1);
	ret = fs->fill_super(sb, dev_name, data);
	if (ret) {
		kfree(sb);
		return ERR_PTR(ret);
	}
	return sb;
}

/* The instance of a FS_SINGLE type is kept for ever; every other mount makes a new one. */
struct super_block *sget(struct file_system_type *fs, const char *dev_name, void *data)
{
	struct super_block *sb;

	mutex_lock(&sget_lock);
	sb = fs->s_single;
	if (!sb) {
		sb = alloc_super(fs, dev_name, data);
		if (!IS_ERR(sb) && (fs->fs_flags & FS_SINGLE))
			fs->s_single = sb;
	}
	if (!IS_ERR(sb) && fs->s_single == sb)
		atomic_inc(&sb->s_active);
	mutex_unlock(&sget_lock);
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
	if (!atomic_dec_and_test(&sb->s_active))
		return;
	shrink_tree(sb->s_root);
	kfree(sb);
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
