/*
 * epoll: a set of files that is told which of them have become ready.
 *
 * Each watched file has an epitem, with an entry on every wait queue that the file's ->poll names. A wake-up puts the
 * item on the ready list, under ep->lock, with interrupts off: it may come from an interrupt and nests inside the lock
 * of the queue. epoll_wait takes items off, asks each file what it really is ready for, and puts those that are watched
 * by level on again. epmutex covers the sets themselves and keeps items alive while their files are asked.
 */
#include <linux/anon_inodes.h>
#include <linux/eventpoll.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define EPOLL_CTL_ADD	1
#define EPOLL_CTL_DEL	2
#define EPOLL_CTL_MOD	3
#define EPOLLEXCLUSIVE	(1U << 28)
#define EPOLLWAKEUP	(1U << 29)
#define EPOLLONESHOT	(1U << 30)
#define EPOLLET		(1U << 31)
#define EP_PRIVATE_BITS	(EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET)
#define EP_MAX_EVENTS	(1 << 20)

struct epoll_event {
	u32 events;
	u64 data;
};

struct eventpoll {
	spinlock_t lock;
	struct list_head rdllist;	/* items that may be ready */
	wait_queue_head_t wq;		/* epoll_wait */
	wait_queue_head_t poll_wait;	/* poll on the set itself */
	struct list_head items;
};

struct epitem {
	struct list_head link;		/* in ep->items */
	struct list_head rdllink;	/* in ep->rdllist, or empty */
	struct list_head fllink;	/* in file->f_ep */
	struct eventpoll *ep;
	struct file *file;
	int fd;
	struct epoll_event event;
	struct eppoll_entry *entries;
};

struct eppoll_entry {
	wait_queue_entry_t wait;
	wait_queue_head_t *whead;
	struct eppoll_entry *next;
};

struct ep_pqueue {
	poll_table pt;
	struct epitem *epi;
	bool failed;
};

static DEFINE_MUTEX(epmutex);

static void make_ready(struct epitem *epi)
{
	struct eventpoll *ep = epi->ep;
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (list_empty(&epi->rdllink))
		list_add_tail(&epi->rdllink, &ep->rdllist);
	spin_unlock_irqrestore(&ep->lock, flags);
	wake_up_interruptible_all(&ep->wq);
	wake_up_interruptible_all(&ep->poll_wait);
}

static int ep_poll_callback(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct epitem *epi = wait->private;

	if (epi->event.events & ~EP_PRIVATE_BITS)	/* else: a one-shot that has been told */
		make_ready(epi);
	return 1;
}

static void ep_ptable_queue_proc(struct file *file, wait_queue_head_t *whead, poll_table *pt)
{
	struct ep_pqueue *pq = container_of(pt, struct ep_pqueue, pt);
	struct eppoll_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry) {
		pq->failed = true;
		return;
	}
	entry->wait.private = pq->epi;
	entry->wait.func = ep_poll_callback;
	INIT_LIST_HEAD(&entry->wait.entry);
	entry->whead = whead;
	entry->next = pq->epi->entries;
	pq->epi->entries = entry;
	add_wait_queue(whead, &entry->wait);
}

static u32 ep_item_poll(struct epitem *epi, poll_table *pt)
{
	return vfs_poll(epi->file, pt) & (epi->event.events | POLLERR | POLLHUP) & ~EP_PRIVATE_BITS;
}

/* epmutex is held. No queue leads to the item afterwards. */
static void ep_remove(struct epitem *epi)
{
	struct eppoll_entry *entry;

	while ((entry = epi->entries)) {
		epi->entries = entry->next;
		remove_wait_queue(entry->whead, &entry->wait);
		kfree(entry);
	}
	spin_lock_irq(&epi->ep->lock);
	list_del_init(&epi->rdllink);
	spin_unlock_irq(&epi->ep->lock);
	list_del(&epi->link);
	list_del(&epi->fllink);
	kfree(epi);
}

/* The last close of a file that sets watch. */
void eventpoll_release_file(struct file *file)
{
	struct epitem *epi, *next;

	mutex_lock(&epmutex);
	list_for_each_entry_safe(epi, next, &file->f_ep, fllink)
		ep_remove(epi);
	mutex_unlock(&epmutex);
}

static int ep_release(struct inode *inode, struct file *file)
{
	struct eventpoll *ep = file->private_data;
	struct epitem *epi, *next;

	mutex_lock(&epmutex);
	list_for_each_entry_safe(epi, next, &ep->items, link)
		ep_remove(epi);
	mutex_unlock(&epmutex);
	kfree(ep);
	return 0;
}

static __poll_t ep_eventpoll_poll(struct file *file, poll_table *table)
{
	struct eventpoll *ep = file->private_data;

	poll_wait(file, &ep->poll_wait, table);
	return list_empty(&ep->rdllist) ? 0 : POLLIN | POLLRDNORM;
}

static const struct file_operations eventpoll_fops = {
	.poll = ep_eventpoll_poll,
	.release = ep_release,
};

SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	struct eventpoll *ep;
	int fd;

	if (flags & ~O_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	spin_lock_init(&ep->lock);
	INIT_LIST_HEAD(&ep->rdllist);
	INIT_LIST_HEAD(&ep->items);
	init_waitqueue_head(&ep->wq);
	init_waitqueue_head(&ep->poll_wait);
	fd = anon_inode_getfd("[eventpoll]", &eventpoll_fops, ep, O_RDWR | flags);
	if (fd < 0)
		kfree(ep);
	return fd;
}

static struct epitem *ep_find(struct eventpoll *ep, struct file *file, int fd)
{
	struct epitem *epi;

	list_for_each_entry(epi, &ep->items, link)
		if (epi->file == file && epi->fd == fd)
			return epi;
	return NULL;
}

static int ep_insert(struct eventpoll *ep, const struct epoll_event *event, struct file *file, int fd)
{
	struct epitem *epi = kzalloc(sizeof(*epi), GFP_KERNEL);
	struct ep_pqueue pq = { .pt.qproc = ep_ptable_queue_proc, .epi = epi };

	if (!epi)
		return -ENOMEM;
	INIT_LIST_HEAD(&epi->rdllink);
	epi->ep = ep;
	epi->file = file;
	epi->fd = fd;
	epi->event = *event;
	list_add_tail(&epi->link, &ep->items);
	list_add_tail(&epi->fllink, &file->f_ep);
	if (ep_item_poll(epi, &pq.pt))
		make_ready(epi);
	if (pq.failed)
		ep_remove(epi);
	return pq.failed ? -ENOMEM : 0;
}

static int do_epoll_ctl(struct file *epfile, int op, struct file *file, int fd, const struct epoll_event *event)
{
	struct eventpoll *ep = epfile->private_data;
	struct epitem *epi;

	if (epfile->f_op != &eventpoll_fops || file == epfile)
		return -EINVAL;
	if (!file->f_op->poll)
		return -EPERM;
	if (file->f_op == &eventpoll_fops && op == EPOLL_CTL_ADD) {
		/* Sets of sets end at one level: deeper ones could be circles. */
		list_for_each_entry(epi, &((struct eventpoll *)file->private_data)->items, link)
			if (epi->file->f_op == &eventpoll_fops)
				return -ELOOP;
		if (!list_empty(&epfile->f_ep))
			return -ELOOP;
	}
	epi = ep_find(ep, file, fd);
	switch (op) {
	case EPOLL_CTL_ADD:
		return epi ? -EEXIST : ep_insert(ep, event, file, fd);
	case EPOLL_CTL_MOD:
		if (!epi)
			return -ENOENT;
		spin_lock_irq(&ep->lock);
		epi->event = *event;
		spin_unlock_irq(&ep->lock);
		if (ep_item_poll(epi, NULL))
			make_ready(epi);
		return 0;
	case EPOLL_CTL_DEL:
		if (!epi)
			return -ENOENT;
		ep_remove(epi);
		return 0;
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE4(epoll_ctl, int, epfd, int, op, int, fd, const struct epoll_event __user *, user_event)
{
	struct file *epfile = fget(epfd), *file = fget(fd);
	struct epoll_event event = { 0 };
	int ret = -EBADF;

	if (epfile && file) {
		ret = op != EPOLL_CTL_DEL && copy_from_user(&event, user_event, sizeof(event)) ? -EFAULT : 0;
		mutex_lock(&epmutex);
		if (!ret)
			ret = do_epoll_ctl(epfile, op, file, fd, &event);
		mutex_unlock(&epmutex);
	}
	if (file)
		fput(file);
	if (epfile)
		fput(epfile);
	return ret;
}

/* Hands out what is ready. Items that stay ready go to the end of the list, so that all come to turn. */
static int ep_send_events(struct eventpoll *ep, struct epoll_event __user *events, int max)
{
	struct epitem *epi;
	LIST_HEAD(again);
	int count = 0;

	mutex_lock(&epmutex);
	while (count >= 0 && count < max) {
		struct epoll_event event = { 0 };

		spin_lock_irq(&ep->lock);
		epi = list_first_entry_or_null(&ep->rdllist, struct epitem, rdllink);
		if (epi)
			list_del_init(&epi->rdllink);
		spin_unlock_irq(&ep->lock);
		if (!epi)
			break;
		event.events = ep_item_poll(epi, NULL);
		event.data = epi->event.data;
		if (!event.events)
			continue;
		spin_lock_irq(&ep->lock);
		if (epi->event.events & EPOLLONESHOT)
			epi->event.events &= EP_PRIVATE_BITS;
		else if (!(epi->event.events & EPOLLET) && list_empty(&epi->rdllink))
			list_add_tail(&epi->rdllink, &again);
		spin_unlock_irq(&ep->lock);
		if (copy_to_user(&events[count], &event, sizeof(event)))
			count = count ? count : -EFAULT;
		else
			count++;
	}
	spin_lock_irq(&ep->lock);
	while ((epi = list_first_entry_or_null(&again, struct epitem, rdllink)))
		list_move_tail(&epi->rdllink, &ep->rdllist);
	spin_unlock_irq(&ep->lock);
	mutex_unlock(&epmutex);
	return count;
}

static int ep_poll(struct eventpoll *ep, struct epoll_event __user *events, int max, ktime_t deadline)
{
	DEFINE_WAIT(wait);
	int count;

	for (;;) {
		prepare_to_wait(&ep->wq, &wait, TASK_INTERRUPTIBLE);
		if (list_empty(&ep->rdllist) && deadline > ktime_get() && !signal_pending(current))
			schedule_hrtimeout(deadline);
		finish_wait(&ep->wq, &wait);
		count = ep_send_events(ep, events, max);
		if (count || deadline <= ktime_get())
			return count;
		if (signal_pending(current))
			return -EINTR;
	}
}

static int do_epoll_pwait(int epfd, struct epoll_event __user *events, int max, ktime_t deadline,
			  const sigset_t __user *sigmask, size_t sigsetsize)
{
	struct file *file;
	sigset_t saved = { { 0 } };
	int ret;

	if (max <= 0 || max > EP_MAX_EVENTS)
		return -EINVAL;
	file = fget(epfd);
	if (!file)
		return -EBADF;
	ret = file->f_op == &eventpoll_fops ? set_user_sigmask(sigmask, sigsetsize, &saved) : -EINVAL;
	if (!ret) {
		ret = ep_poll(file->private_data, events, max, deadline);
		restore_saved_sigmask(sigmask, &saved, ret);
	}
	fput(file);
	return ret;
}

SYSCALL_DEFINE6(epoll_pwait, int, epfd, struct epoll_event __user *, events, int, max, int, timeout,
		const sigset_t __user *, sigmask, size_t, sigsetsize)
{
	ktime_t deadline = timeout < 0 ? KTIME_MAX : ktime_get() + timeout * NSEC_PER_MSEC;

	return do_epoll_pwait(epfd, events, max, deadline, sigmask, sigsetsize);
}

SYSCALL_DEFINE6(epoll_pwait2, int, epfd, struct epoll_event __user *, events, int, max,
		const struct timespec64 __user *, timeout, const sigset_t __user *, sigmask, size_t, sigsetsize)
{
	ktime_t deadline;
	int ret = get_deadline(timeout, ktime_get(), &deadline);

	return ret ? ret : do_epoll_pwait(epfd, events, max, deadline, sigmask, sigsetsize);
}
