/* Locks on files. */
#ifndef _LINUX_FILELOCK_H
#define _LINUX_FILELOCK_H

#include <linux/fs.h>

struct files_struct;
struct flock;

long fcntl_lock(struct file *file, unsigned int cmd, struct flock *user);
void locks_remove_posix(struct file *file, struct files_struct *files);
void locks_remove_file(struct file *file);

#endif
