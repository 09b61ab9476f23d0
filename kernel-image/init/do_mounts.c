/* The root file system on a disk: what root= says, found, mounted, and made everybody's root. */
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "init.h"

static char saved_root_name[64];
static char root_fs_names[32];
static char root_mount_data[64];
static unsigned long root_mountflags = MS_RDONLY | MS_SILENT;
static bool root_wait;
static unsigned int root_delay;

static int __init root_dev_setup(char *line)
{
	strscpy(saved_root_name, line, sizeof(saved_root_name));
	return 1;
}
__setup("root=", root_dev_setup);

static int __init fs_names_setup(char *str)
{
	strscpy(root_fs_names, str, sizeof(root_fs_names));
	return 1;
}
__setup("rootfstype=", fs_names_setup);

static int __init root_data_setup(char *str)
{
	strscpy(root_mount_data, str, sizeof(root_mount_data));
	return 1;
}
__setup("rootflags=", root_data_setup);

static int __init root_delay_setup(char *str)
{
	unsigned long seconds;

	if (kstrtoul(str, 0, &seconds))
		return 0;
	root_delay = seconds;
	return 1;
}
__setup("rootdelay=", root_delay_setup);

static int __init readonly(char *str)
{
	root_mountflags |= MS_RDONLY;
	return 1;
}
__setup("ro", readonly);

static int __init readwrite(char *str)
{
	root_mountflags &= ~(unsigned long)MS_RDONLY;
	return 1;
}
__setup("rw", readwrite);

static int __init rootwait_setup(char *str)
{
	root_wait = true;
	return 1;
}
__setup("rootwait", rootwait_setup);

/* A node in /dev, or MAJOR:MINOR. 0: there is no such device, yet. */
static dev_t __init name_to_dev_t(const char *name)
{
	struct block_device *bdev;
	char *end;
	unsigned long major = simple_strtoul(name, &end, 10);

	if (end != name && *end == ':') {
		bdev = bdev_lookup(MKDEV(major, simple_strtoul(end + 1, NULL, 10)));
		return bdev ? bdev->bd_dev : 0;
	}
	bdev = lookup_bdev(name);
	return IS_ERR(bdev) ? 0 : bdev->bd_dev;
}

/* Mounted on /root, for now, and entered. */
static int __init do_mount_root(const char *fs)
{
	char data[sizeof(root_mount_data)];
	struct path path;
	int err;

	strscpy(data, root_mount_data, sizeof(data));	/* mounting takes it apart */
	err = do_mount("/dev/root", "/root", fs, root_mountflags, data);
	if (err)
		return err;
	err = kern_path("/root", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	if (err)
		return err;
	set_fs_pwd(current->fs, &path);
	pr_info("VFS: Mounted root (%s filesystem)%s on device %u:%u.\n", fs,
		root_mountflags & MS_RDONLY ? " readonly" : "", MAJOR(path.mnt->mnt_sb->s_dev),
		MINOR(path.mnt->mnt_sb->s_dev));
	path_put(&path);
	return 0;
}

/* Each of rootfstype=, or ext2, until one fits. */
static int __init try_file_systems(void)
{
	char names[sizeof(root_fs_names)], *rest = names, *fs;
	int err = -ENODEV, ret = -EINVAL;

	strscpy(names, *root_fs_names ? root_fs_names : "ext2", sizeof(names));
	while ((fs = strsep(&rest, ","))) {
		err = do_mount_root(fs);
		if (err == -EACCES && !(root_mountflags & MS_RDONLY)) {
			pr_warn("VFS: the root device is write-protected, mounting it read-only\n");
			root_mountflags |= MS_RDONLY;
			err = do_mount_root(fs);
		}
		if (!err)
			return 0;
		if (err != -ENODEV)
			ret = err;
		else
			pr_err("VFS: there is no file system \"%s\"\n", fs);
	}
	return ret;
}

static void __init mount_root(dev_t dev)
{
	int err = -ENXIO;

	if (dev) {
		init_mknod("/dev/root", S_IFBLK | 0600, dev);
		err = try_file_systems();
	}
	if (!err)
		return;
	pr_crit("VFS: Cannot open root device \"%s\" or unknown-block(%u,%u): error %d\n", saved_root_name, MAJOR(dev),
		MINOR(dev), err);
	pr_crit("Please append a correct \"root=\" boot option; here are the available partitions:\n");
	printk_all_bdevs();
	panic("VFS: Unable to mount root fs on unknown-block(%u,%u)", MAJOR(dev), MINOR(dev));
}

/* Without root= the ramdisk stays the root. */
void __init prepare_namespace(void)
{
	dev_t dev;

	if (!*saved_root_name)
		return;
	if (root_delay) {
		pr_info("Waiting %u sec before mounting root device...\n", root_delay);
		msleep(root_delay * 1000);
	}
	dev = name_to_dev_t(saved_root_name);
	if (!dev && root_wait)
		pr_info("Waiting for root device %s...\n", saved_root_name);
	while (!dev && root_wait) {
		msleep(50);
		dev = name_to_dev_t(saved_root_name);
	}
	mount_root(dev);
	devtmpfs_mount("dev");
	if (move_mount_to_root())
		panic("VFS: cannot make the mounted file system the root");
}
