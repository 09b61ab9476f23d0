/* ppoll and pselect6: wait until one of several files is ready, a signal comes or the time is over. */
#include <linux/poll.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

struct poll_table_entry {
	struct file *file;
	wait_queue_head_t *wait_address;
	wait_queue_entry_t wait;
	struct poll_table_entry *next;
};

struct poll_wqueues {
	poll_table pt;
	struct task_struct *task;
	bool triggered;
	int error;
	struct poll_table_entry *entries;
};

static int pollwake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct poll_wqueues *pwq = wait->private;

	WRITE_ONCE(pwq->triggered, true);
	smp_mb();
	return wake_up_state(pwq->task, TASK_INTERRUPTIBLE);
}

static void poll_queue(struct file *file, wait_queue_head_t *wait_address, poll_table *table)
{
	struct poll_wqueues *pwq = container_of(table, struct poll_wqueues, pt);
	struct poll_table_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry) {
		pwq->error = -ENOMEM;
		return;
	}
	entry->file = get_file(file);
	entry->wait_address = wait_address;
	entry->wait.private = pwq;
	entry->wait.func = pollwake;
	INIT_LIST_HEAD(&entry->wait.entry);
	entry->next = pwq->entries;
	pwq->entries = entry;
	add_wait_queue(wait_address, &entry->wait);
}

static void poll_freewait(struct poll_wqueues *pwq)
{
	while (pwq->entries) {
		struct poll_table_entry *entry = pwq->entries;

		pwq->entries = entry->next;
		remove_wait_queue(entry->wait_address, &entry->wait);
		fput(entry->file);
		kfree(entry);
	}
}

static int poll_one(struct pollfd *pfd, poll_table *table)
{
	struct file *file;

	pfd->revents = 0;
	if (pfd->fd < 0)
		return 0;
	file = fget(pfd->fd);
	if (!file) {
		pfd->revents = POLLNVAL;
		return 1;
	}
	pfd->revents = vfs_poll(file, table) & ((unsigned short)pfd->events | POLLERR | POLLHUP);
	fput(file);
	return pfd->revents != 0;
}

/* The state is set before the files are asked, so that no wake-up is lost. */
static int do_poll(struct pollfd *fds, unsigned int nfds, ktime_t deadline)
{
	struct poll_wqueues pwq = { .pt.qproc = poll_queue, .task = current };
	int count;

	for (;;) {
		WRITE_ONCE(pwq.triggered, false);
		count = 0;
		for (unsigned int i = 0; i < nfds; i++)
			count += poll_one(&fds[i], &pwq.pt);
		pwq.pt.qproc = NULL;
		if (!count && pwq.error)
			count = pwq.error;
		if (!count && signal_pending(current))
			count = -EINTR;
		if (count || deadline <= ktime_get())
			break;
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(pwq.triggered) && !signal_pending(current))
			schedule_hrtimeout(deadline);
		__set_current_state(TASK_RUNNING);
	}
	poll_freewait(&pwq);
	return count;
}

int set_user_sigmask(const sigset_t __user *user_mask, size_t size, sigset_t *saved)
{
	sigset_t mask;

	if (!user_mask)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, user_mask, sizeof(mask)))
		return -EFAULT;
	*saved = current->blocked;
	set_current_blocked(&mask);
	return 0;
}

void restore_saved_sigmask(const sigset_t __user *user_mask, const sigset_t *saved, long ret)
{
	sigset_t mask = *saved;

	if (!user_mask)
		return;
	if (ret == -EINTR) {
		current->saved_sigmask = mask;
		set_thread_flag(TIF_RESTORE_SIGMASK);
	} else {
		set_current_blocked(&mask);
	}
}

/* Linux tells how much of the time was left. */
static void put_time_left(struct timespec64 __user *tsp, ktime_t deadline)
{
	ktime_t left = max(deadline - ktime_get(), (ktime_t)0);
	struct timespec64 ts = ns_to_timespec64(left);

	if (tsp)
		(void)copy_to_user(tsp, &ts, sizeof(ts));
}

static int poll_with_mask(struct pollfd *fds, unsigned int nfds, struct timespec64 __user *tsp,
			  const sigset_t __user *sigmask, size_t sigsetsize)
{
	ktime_t deadline;
	sigset_t saved = { { 0 } };
	int ret = get_deadline(tsp, ktime_get(), &deadline);

	if (!ret)
		ret = set_user_sigmask(sigmask, sigsetsize, &saved);
	if (ret)
		return ret;
	ret = do_poll(fds, nfds, deadline);
	restore_saved_sigmask(sigmask, &saved, ret);
	put_time_left(tsp, deadline);
	return ret;
}

SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, nfds, struct timespec64 __user *, tsp,
		const sigset_t __user *, sigmask, size_t, sigsetsize)
{
	struct pollfd *fds;
	int ret = 0;

	if (nfds > NR_OPEN_MAX)
		return -EINVAL;
	fds = kcalloc(nfds ? nfds : 1, sizeof(*fds), GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	if (copy_from_user(fds, ufds, nfds * sizeof(*fds)))
		ret = -EFAULT;
	if (!ret)
		ret = poll_with_mask(fds, nfds, tsp, sigmask, sigsetsize);
	for (unsigned int i = 0; ret >= 0 && i < nfds; i++)
		if (put_user(fds[i].revents, &ufds[i].revents))
			ret = -EFAULT;
	kfree(fds);
	return ret;
}

typedef struct { unsigned long bits[NR_OPEN_MAX / 64]; } fd_set;

/* What makes a descriptor ready in each of select's three sets. */
static const short ready[3] = { POLLIN | POLLRDNORM | POLLHUP | POLLERR, POLLOUT | POLLWRNORM | POLLERR, POLLPRI };

/* Returns how many descriptors were asked for. */
static int sets_to_fds(const fd_set *sets, int n, struct pollfd *fds)
{
	int used = 0;

	for (int fd = 0; fd < n; fd++) {
		short events = 0;

		for (int set = 0; set < 3; set++)
			if (sets[set].bits[fd / 64] >> (fd % 64) & 1)
				events |= ready[set] & ~(POLLHUP | POLLERR);
		if (events)
			fds[used++] = (struct pollfd){ .fd = fd, .events = events };
	}
	return used;
}

static int fds_to_sets(const struct pollfd *fds, int used, fd_set *sets)
{
	int count = 0;

	for (int i = 0; i < used; i++) {
		int fd = fds[i].fd;

		if (fds[i].revents & POLLNVAL)
			return -EBADF;
		for (int set = 0; set < 3; set++) {
			unsigned long *word = &sets[set].bits[fd / 64], bit = 1UL << (fd % 64);
			bool on = (*word & bit) && (fds[i].revents & ready[set]);

			*word = on ? *word : *word & ~bit;
			count += on;
		}
	}
	return count;
}

struct sigset_argpack {
	const sigset_t __user *mask;
	size_t size;
};

SYSCALL_DEFINE6(pselect6, int, n, fd_set __user *, in, fd_set __user *, out, fd_set __user *, ex,
		struct timespec64 __user *, tsp, const struct sigset_argpack __user *, sig)
{
	fd_set __user *const user[3] = { in, out, ex };
	struct sigset_argpack pack = { NULL, 0 };
	size_t bytes = (n + 63) / 64 * 8;
	struct pollfd *fds;
	fd_set *sets;
	int used, ret = -EFAULT;

	if (n < 0 || n > NR_OPEN_MAX)
		return -EINVAL;
	if (sig && copy_from_user(&pack, sig, sizeof(pack)))
		return -EFAULT;
	sets = kzalloc(3 * sizeof(*sets) + (n + 1) * sizeof(*fds), GFP_KERNEL);
	if (!sets)
		return -ENOMEM;
	fds = (struct pollfd *)(sets + 3);
	for (int set = 0; set < 3; set++)
		if (user[set] && copy_from_user(&sets[set], user[set], bytes))
			goto out;
	used = sets_to_fds(sets, n, fds);
	ret = poll_with_mask(fds, used, tsp, pack.mask, pack.size);
	if (ret >= 0)
		ret = fds_to_sets(fds, used, sets);
	for (int set = 0; ret >= 0 && set < 3; set++)
		if (user[set] && copy_to_user(user[set], &sets[set], bytes))
			ret = -EFAULT;
out:
	kfree(sets);
	return ret;
}
