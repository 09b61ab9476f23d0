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
#define POLLRDHUP	0x2000

#define DEFAULT_POLLMASK (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

struct pollfd {
	int fd;
	short events;
	short revents;
};

/* Handed to a file's ->poll, which names the queues that it wakes; what becomes of them is the caller's. */
typedef struct poll_table_struct {
	void (*qproc)(struct file *file, wait_queue_head_t *wait_address, struct poll_table_struct *table);
} poll_table;

static inline void poll_wait(struct file *file, wait_queue_head_t *wait_address, poll_table *table)
{
	if (table && table->qproc)
		table->qproc(file, wait_address, table);
}

/* What the file is ready for. */
static inline __poll_t vfs_poll(struct file *file, poll_table *table)
{
	return file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
}

/* Puts a system call's signal mask in force; afterwards the old one is back, on EINTR only once the handler has run. */
int set_user_sigmask(const sigset_t *user_mask, size_t size, sigset_t *saved);
void restore_saved_sigmask(const sigset_t *user_mask, const sigset_t *saved, long ret);

#endif
