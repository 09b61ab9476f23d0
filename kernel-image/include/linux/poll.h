/* Waiting for several files at once. */
#ifndef _LINUX_POLL_H
#define _LINUX_POLL_H

#include <linux/fs.h>
#include <linux/wait.h>

#define POLLIN		0x0001
#define POLLPRI		0x0002
#define POLLOUT		0x0004
#define POLLERR		0x0008
#define POLLHUP		0x0010
#define POLLNVAL	0x0020
#define POLLRDNORM	0x0040
#define POLLWRNORM	0x0100

#define DEFAULT_POLLMASK (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

struct pollfd {
	int fd;
	short events;
	short revents;
};

struct poll_table_entry {
	struct file *file;
	wait_queue_head_t *wait_address;
	wait_queue_entry_t wait;
	struct poll_table_entry *next;
};

typedef struct poll_table_struct {
	struct task_struct *task;
	bool collecting;		/* poll_wait adds entries only while this is set */
	bool triggered;
	int error;
	struct poll_table_entry *entries;
} poll_table;

void poll_wait(struct file *file, wait_queue_head_t *wait_address, poll_table *table);

#endif
