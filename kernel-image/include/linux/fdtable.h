/* A process's open files: descriptor numbers, their files and their close-on-exec bits. */
#ifndef _LINUX_FDTABLE_H
#define _LINUX_FDTABLE_H

#include <linux/types.h>
#include <linux/spinlock.h>
#include <linux/atomic.h>

#define NR_OPEN_DEFAULT	64
#define NR_OPEN_MAX	1024

struct file;
struct task_struct;

struct files_struct {
	atomic_t count;
	spinlock_t file_lock;
	unsigned int max_fds;
	struct file **fd;
	struct file *fd_array[NR_OPEN_DEFAULT];
	unsigned long close_on_exec[NR_OPEN_MAX / 64];
	unsigned long reserved[NR_OPEN_MAX / 64];	/* taken by get_unused_fd_flags, maybe not yet installed */
};

extern struct files_struct init_files;

/* The caller gets a table of its own; *displaced is the shared one, counted, or NULL. */
int unshare_files(struct files_struct **displaced);
void reset_files_struct(struct files_struct *files);	/* back to it */
void put_files_struct(struct files_struct *files);
void do_close_on_exec(struct files_struct *files);

int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);
struct file *fget(unsigned int fd);
struct file *fget_task(struct task_struct *task, unsigned int fd);
int close_fd(unsigned int fd);
int init_dup(struct file *file);

#endif
