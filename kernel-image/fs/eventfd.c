/* eventfd: a 64-bit counter that one writes to and another waits on. */
#include <linux/anon_inodes.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

#define EFD_SEMAPHORE	1

struct eventfd_ctx {
	wait_queue_head_t wqh;		/* its lock covers the count */
	u64 count;
	unsigned int flags;
};

static ssize_t eventfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct eventfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 value;

	if (iov_iter_count(to) < sizeof(value))
		return -EINVAL;
	for (;;) {
		spin_lock_irq(&ctx->wqh.lock);
		value = ctx->count && (ctx->flags & EFD_SEMAPHORE) ? 1 : ctx->count;
		ctx->count -= value;
		spin_unlock_irq(&ctx->wqh.lock);
		if (value)
			break;
		if (iocb->ki_filp->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->count)))
			return -ERESTARTSYS;
	}
	wake_up_interruptible_all(&ctx->wqh);
	return copy_to_iter(&value, sizeof(value), to) == sizeof(value) ? (ssize_t)sizeof(value) : -EFAULT;
}

static ssize_t eventfd_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct eventfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 value;

	if (iov_iter_count(from) < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), from) != sizeof(value))
		return -EFAULT;
	if (value == ~0UL)
		return -EINVAL;
	for (;;) {
		bool fits;

		spin_lock_irq(&ctx->wqh.lock);
		fits = ctx->count < ~0UL - value;
		ctx->count += fits ? value : 0;
		spin_unlock_irq(&ctx->wqh.lock);
		if (fits)
			break;
		if (iocb->ki_filp->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->count) < ~0UL - value))
			return -ERESTARTSYS;
	}
	wake_up_interruptible_all(&ctx->wqh);
	return sizeof(value);
}

static __poll_t eventfd_poll(struct file *file, poll_table *table)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count;

	poll_wait(file, &ctx->wqh, table);
	count = READ_ONCE(ctx->count);
	return (count ? POLLIN : 0) | (count < ~0UL - 1 ? POLLOUT : 0);
}

static int eventfd_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations eventfd_fops = {
	.read_iter = eventfd_read,
	.write_iter = eventfd_write,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	struct eventfd_ctx *ctx;
	int fd;

	if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	init_waitqueue_head(&ctx->wqh);
	ctx->count = count;
	ctx->flags = flags;
	fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx, O_RDWR | (flags & (O_CLOEXEC | O_NONBLOCK)));
	if (fd < 0)
		kfree(ctx);
	return fd;
}
