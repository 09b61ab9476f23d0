/* sysfs: the file system on /sys, in which the kernel shows its devices, buses, modules and settings. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kernfs.h>

#define SYSFS_MAGIC 0x62656572

struct kernfs_node *sysfs_root;

static int sysfs_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	return kernfs_fill_super(sb, sysfs_root, SYSFS_MAGIC);
}

static struct file_system_type sysfs_fs_type = {
	.name = "sysfs",
	.fs_flags = FS_SINGLE,
	.fill_super = sysfs_fill_super,
};

void sysfs_init(void)
{
	sysfs_root = kernfs_create_root(NULL, NULL);
	if (IS_ERR(sysfs_root))
		panic("sysfs: no memory for its root");
	register_filesystem(&sysfs_fs_type);
}
