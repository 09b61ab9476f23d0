/* Mounts: which file system's root covers which directory. */
#ifndef _LINUX_MOUNT_H
#define _LINUX_MOUNT_H

#include <linux/fs.h>

#define MS_RDONLY	1
#define MS_NOSUID	2
#define MS_NODEV	4
#define MS_NOEXEC	8
#define MS_REMOUNT	32
#define MS_BIND		4096
#define MS_SILENT	32768
#define MNT_DETACH	2

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
	struct vfsmount *mnt_parent;
	struct dentry *mnt_mountpoint;
	char *mnt_devname;
	atomic_t mnt_count;
	struct list_head mnt_list;
};

struct seq_file;

struct vfsmount *mntget(struct vfsmount *mnt);
void mntput(struct vfsmount *mnt);
int move_mount_to_root(void);
bool lookup_mnt(struct path *path);
bool follow_up(struct path *path);
int do_mount(const char *dev_name, const char *dir_name, const char *type, unsigned long flags, void *data);
struct vfsmount *kern_mount(struct file_system_type *type);
void seq_filesystems(struct seq_file *m);
int mounts_show(struct seq_file *m);
void mnt_init(void);

#endif
