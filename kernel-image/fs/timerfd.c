/* timerfd: a timer whose expirations are read from a file. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define TFD_TIMER_ABSTIME	1

struct timerfd_ctx {
	struct hrtimer timer;
	wait_queue_head_t wqh;		/* its lock covers what follows */
	clockid_t clock;
	ktime_t interval;		/* 0: it goes off once */
	bool expired;			/* and has not been started anew: the next look at it does so */
	u64 ticks;			/* since the last read */
};

static enum hrtimer_restart timerfd_expired(struct hrtimer *timer)
{
	struct timerfd_ctx *ctx = container_of(timer, struct timerfd_ctx, timer);
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ctx->ticks++;
	ctx->expired = true;
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	wake_up_interruptible_all(&ctx->wqh);
	return HRTIMER_NORESTART;
}

/* The lock is held. */
static void timerfd_go_on(struct timerfd_ctx *ctx)
{
	if (!ctx->expired || !ctx->interval)
		return;
	ctx->expired = false;
	ctx->ticks += hrtimer_forward_now(&ctx->timer, ctx->interval) - 1;
	hrtimer_start(&ctx->timer, ctx->timer.expires);
}

static ssize_t timerfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct timerfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 ticks;

	if (iov_iter_count(to) < sizeof(ticks))
		return -EINVAL;
	for (;;) {
		spin_lock_irq(&ctx->wqh.lock);
		timerfd_go_on(ctx);
		ticks = ctx->ticks;
		ctx->ticks = 0;
		spin_unlock_irq(&ctx->wqh.lock);
		if (ticks)
			return copy_to_iter(&ticks, sizeof(ticks), to) == sizeof(ticks) ? (ssize_t)sizeof(ticks) : -EFAULT;
		if (iocb->ki_filp->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->ticks)))
			return -ERESTARTSYS;
	}
}

static __poll_t timerfd_poll(struct file *file, poll_table *table)
{
	struct timerfd_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->wqh, table);
	return READ_ONCE(ctx->ticks) ? POLLIN : 0;
}

static int timerfd_release(struct inode *inode, struct file *file)
{
	struct timerfd_ctx *ctx = file->private_data;

	hrtimer_cancel(&ctx->timer);
	kfree(ctx);
	return 0;
}

static const struct file_operations timerfd_fops = {
	.read_iter = timerfd_read,
	.poll = timerfd_poll,
	.release = timerfd_release,
};

SYSCALL_DEFINE2(timerfd_create, int, clock, int, flags)
{
	struct timerfd_ctx *ctx;
	int fd;

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) ||
	    (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	hrtimer_init(&ctx->timer, timerfd_expired);
	init_waitqueue_head(&ctx->wqh);
	ctx->clock = clock;
	fd = anon_inode_getfd("[timerfd]", &timerfd_fops, ctx, O_RDWR | flags);
	if (fd < 0)
		kfree(ctx);
	return fd;
}

static struct file *timerfd_fget(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &timerfd_fops)
		return file;
	fput(file);
	return ERR_PTR(-EINVAL);
}

static void timerfd_left(struct timerfd_ctx *ctx, struct itimerspec64 *left)
{
	ktime_t value;

	spin_lock_irq(&ctx->wqh.lock);
	timerfd_go_on(ctx);
	value = hrtimer_is_queued(&ctx->timer) ? max(ctx->timer.expires - ktime_get(), (ktime_t)1) : 0;
	spin_unlock_irq(&ctx->wqh.lock);
	*left = (struct itimerspec64){ ns_to_timespec64(ctx->interval), ns_to_timespec64(value) };
}

SYSCALL_DEFINE4(timerfd_settime, int, fd, int, flags, const struct itimerspec64 __user *, utmr,
		struct itimerspec64 __user *, otmr)
{
	struct itimerspec64 new, old;
	struct timerfd_ctx *ctx;
	struct file *file;
	ktime_t expires;

	if (copy_from_user(&new, utmr, sizeof(new)))
		return -EFAULT;
	if ((flags & ~(TFD_TIMER_ABSTIME | 2)) || !timespec64_valid(&new.it_value) || !timespec64_valid(&new.it_interval))
		return -EINVAL;
	file = timerfd_fget(fd);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ctx = file->private_data;
	timerfd_left(ctx, &old);
	spin_lock_irq(&ctx->wqh.lock);
	ctx->interval = 0;
	spin_unlock_irq(&ctx->wqh.lock);
	hrtimer_cancel(&ctx->timer);
	spin_lock_irq(&ctx->wqh.lock);
	ctx->ticks = 0;
	ctx->expired = false;
	ctx->interval = timespec64_to_ktime(&new.it_interval);
	expires = timespec64_to_ktime(&new.it_value);
	if (expires) {
		if (!(flags & TFD_TIMER_ABSTIME))
			expires = ktime_add_safe(expires, ktime_get());
		else if (ctx->clock == CLOCK_REALTIME)
			expires -= ktime_get_real() - ktime_get();
		hrtimer_start(&ctx->timer, expires);
	}
	spin_unlock_irq(&ctx->wqh.lock);
	fput(file);
	return otmr && copy_to_user(otmr, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(timerfd_gettime, int, fd, struct itimerspec64 __user *, otmr)
{
	struct file *file = timerfd_fget(fd);
	struct itimerspec64 left;

	if (IS_ERR(file))
		return PTR_ERR(file);
	timerfd_left(file->private_data, &left);
	fput(file);
	return copy_to_user(otmr, &left, sizeof(left)) ? -EFAULT : 0;
}
