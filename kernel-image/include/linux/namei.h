/* Path lookup: from a name, a starting directory and flags to a (mount, dentry) pair. */
#ifndef _LINUX_NAMEI_H
#define _LINUX_NAMEI_H

#include <linux/fs.h>
#include <linux/mount.h>

#define LOOKUP_FOLLOW		0x1
#define LOOKUP_DIRECTORY	0x2
#define LOOKUP_EMPTY		0x4

#define MAXSYMLINKS	40

/* A user's path name, copied into the kernel. */
char *getname(const char __user *name);
char *getname_flags(const char __user *name, unsigned int lookup_flags);
void putname(char *name);

void path_get(const struct path *path);
void path_put(const struct path *path);

int kern_path(const char *name, unsigned int flags, struct path *path);
int kern_path_at(int dfd, const char *name, unsigned int flags, struct path *path);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
struct dentry *kern_path_create(int dfd, const char *name, struct path *path, bool directory);
void done_path_create(struct path *path, struct dentry *dentry);
struct dentry *lookup_one_locked(struct dentry *dir, const struct qstr *name);
struct file *do_filp_open(int dfd, const char *name, int flags, umode_t mode);

int vfs_create(struct inode *dir, struct dentry *dentry, umode_t mode);
int vfs_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode);
int vfs_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev);
int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *target);
int vfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry);

/* In-kernel equivalents of system calls, for the initramfs and early start-up. */
int init_mkdir(const char *name, umode_t mode);
int init_mknod(const char *name, umode_t mode, dev_t dev);
int init_symlink(const char *target, const char *name);
int init_link(const char *old, const char *name);

#endif
