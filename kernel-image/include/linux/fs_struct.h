/* What path lookup needs of a process: its root, its working directory, its umask. */
#ifndef _LINUX_FS_STRUCT_H
#define _LINUX_FS_STRUCT_H

#include <linux/fs.h>

struct task_struct;

struct fs_struct {
	atomic_t users;
	spinlock_t lock;
	int umask;
	struct path root;
	struct path pwd;
};

extern struct fs_struct init_fs;

int unshare_fs_struct(void);

void set_fs_root(struct fs_struct *fs, const struct path *path);
void set_fs_pwd(struct fs_struct *fs, const struct path *path);
void get_fs_root(struct fs_struct *fs, struct path *root);
void get_fs_pwd(struct fs_struct *fs, struct path *pwd);

#endif
