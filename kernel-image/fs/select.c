/* ppoll: waits until one of several files is ready, a signal comes or the time is over. */
#include <linux/poll.h>
#include <linux/fdtable.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

static int pollwake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	poll_table *table = wait->private;

	WRITE_ONCE(table->triggered, true);
	smp_mb();
	return wake_up_state(table->task, TASK_INTERRUPTIBLE);
}

void poll_wait(struct file *file, wait_queue_head_t *wait_address, poll_table *table)
{
	struct poll_table_entry *entry;

	if (!table || !table->collecting)
		return;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry) {
		table->error = -ENOMEM;
		return;
	}
	entry->file = get_file(file);
	entry->wait_address = wait_address;
	entry->wait.private = table;
	entry->wait.func = pollwake;
	INIT_LIST_HEAD(&entry->wait.entry);
	entry->next = table->entries;
	table->entries = entry;
	add_wait_queue(wait_address, &entry->wait);
}

static void poll_freewait(poll_table *table)
{
	while (table->entries) {
		struct poll_table_entry *entry = table->entries;

		table->entries = entry->next;
		remove_wait_queue(entry->wait_address, &entry->wait);
		fput(entry->file);
		kfree(entry);
	}
}

static int poll_one(struct pollfd *pfd, poll_table *table)
{
	struct file *file;
	__poll_t mask;

	pfd->revents = 0;
	if (pfd->fd < 0)
		return 0;
	file = fget(pfd->fd);
	if (!file) {
		pfd->revents = POLLNVAL;
		return 1;
	}
	mask = file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
	fput(file);
	pfd->revents = mask & ((unsigned short)pfd->events | POLLERR | POLLHUP);
	return pfd->revents != 0;
}

/* timeout in jiffies. The state is set before the files are asked, so that no wake-up is lost. */
static int do_poll(struct pollfd *fds, unsigned int nfds, long timeout)
{
	poll_table table = { .task = current, .collecting = true };
	int count;

	for (;;) {
		WRITE_ONCE(table.triggered, false);
		count = 0;
		for (unsigned int i = 0; i < nfds; i++)
			count += poll_one(&fds[i], &table);
		table.collecting = false;
		if (!count && table.error)
			count = table.error;
		if (!count && signal_pending(current))
			count = -EINTR;
		if (count || !timeout)
			break;
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(table.triggered) && !signal_pending(current))
			timeout = schedule_timeout(timeout);
		__set_current_state(TASK_RUNNING);
	}
	poll_freewait(&table);
	return count;
}

SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, nfds, const struct timespec64 __user *, tsp,
		const sigset_t __user *, sigmask, size_t, sigsetsize)
{
	long timeout = MAX_SCHEDULE_TIMEOUT;
	struct timespec64 ts;
	struct pollfd *fds;
	sigset_t mask;
	int ret = 0;

	if (nfds > NR_OPEN_MAX)
		return -EINVAL;
	if (tsp) {
		if (copy_from_user(&ts, tsp, sizeof(ts)))
			return -EFAULT;
		if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
			return -EINVAL;
		timeout = timespec64_to_jiffies(&ts);
	}
	if (sigmask) {
		if (sigsetsize != sizeof(mask))
			return -EINVAL;
		if (copy_from_user(&mask, sigmask, sizeof(mask)))
			return -EFAULT;
	}
	fds = kcalloc(nfds ? nfds : 1, sizeof(*fds), GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	if (copy_from_user(fds, ufds, nfds * sizeof(*fds)))
		ret = -EFAULT;
	if (!ret) {
		sigset_t saved = current->blocked;

		if (sigmask)
			set_current_blocked(&mask);
		ret = do_poll(fds, nfds, timeout);
		if (sigmask && ret == -EINTR) {
			current->saved_sigmask = saved;
			set_thread_flag(TIF_RESTORE_SIGMASK);
		} else if (sigmask) {
			set_current_blocked(&saved);
		}
	}
	for (unsigned int i = 0; ret >= 0 && i < nfds; i++)
		if (put_user(fds[i].revents, &ufds[i].revents))
			ret = -EFAULT;
	kfree(fds);
	return ret;
}
