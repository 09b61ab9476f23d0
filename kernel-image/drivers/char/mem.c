/* The memory devices: null, zero, full, random and urandom. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#define MEM_MAJOR 1

static ssize_t read_null(struct kiocb *iocb, struct iov_iter *to)
{
	return 0;
}

static ssize_t write_null(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t count = iov_iter_count(from);

	iocb->ki_pos += count;
	return count;
}

static ssize_t read_zero(struct kiocb *iocb, struct iov_iter *to)
{
	size_t done = 0;

	while (iov_iter_count(to) && !signal_pending(current)) {
		size_t bytes = min_t(size_t, iov_iter_count(to), 4096), cleared = iov_iter_zero(bytes, to);

		done += cleared;
		if (cleared < bytes)
			return done ? (ssize_t)done : -EFAULT;
		cond_resched();
	}
	return done;
}

/* Without operations of its own the area is anonymous memory. */
static int mmap_zero(struct file *file, struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_SHARED ? -ENODEV : 0;
}

static ssize_t write_full(struct kiocb *iocb, struct iov_iter *from)
{
	return -ENOSPC;
}

static ssize_t read_random(struct kiocb *iocb, struct iov_iter *to)
{
	char buf[64];
	size_t done = 0;

	while (iov_iter_count(to) && !signal_pending(current)) {
		size_t bytes = min_t(size_t, iov_iter_count(to), sizeof(buf)), copied;

		get_random_bytes(buf, bytes);
		copied = copy_to_iter(buf, bytes, to);
		done += copied;
		if (copied < bytes)
			return done ? (ssize_t)done : -EFAULT;
		cond_resched();
	}
	return done;
}

/* Anybody may stir the pool; it never gets worse by it. */
static ssize_t write_random(struct kiocb *iocb, struct iov_iter *from)
{
	char buf[64];
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t copied = copy_from_iter(buf, min_t(size_t, iov_iter_count(from), sizeof(buf)), from);

		if (!copied)
			return done ? done : -EFAULT;
		add_device_randomness(buf, copied);
		done += copied;
	}
	return done;
}

static const struct file_operations null_fops = {
	.llseek = noop_llseek, .read_iter = read_null, .write_iter = write_null,
};
static const struct file_operations zero_fops = {
	.llseek = noop_llseek, .read_iter = read_zero, .write_iter = write_null, .mmap = mmap_zero,
};
static const struct file_operations full_fops = {
	.llseek = noop_llseek, .read_iter = read_zero, .write_iter = write_full,
};
static const struct file_operations random_fops = {
	.llseek = noop_llseek, .read_iter = read_random, .write_iter = write_random,
};

static struct class mem_class = { .name = "mem" };

static struct {
	const char *name;
	unsigned int minor;
	const struct file_operations *fops;
	struct cdev cdev;
} devlist[] = {
	{ .name = "null", .minor = 3, .fops = &null_fops },
	{ .name = "zero", .minor = 5, .fops = &zero_fops },
	{ .name = "full", .minor = 7, .fops = &full_fops },
	{ .name = "random", .minor = 8, .fops = &random_fops },
	{ .name = "urandom", .minor = 9, .fops = &random_fops },
};

static int __init chr_dev_init(void)
{
	int ret = class_register(&mem_class);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(devlist); i++) {
		dev_t dev = MKDEV(MEM_MAJOR, devlist[i].minor);

		cdev_init(&devlist[i].cdev, devlist[i].fops);
		ret = cdev_add(&devlist[i].cdev, dev, 1);
		if (!ret)
			ret = PTR_ERR_OR_ZERO(device_create(&mem_class, NULL, dev, S_IFCHR | 0666, devlist[i].name));
	}
	return ret;
}
fs_initcall(chr_dev_init);
