/*
 * Pseudo-terminals: a terminal whose line is a file, the master, in the hands of another program.
 *
 * The slave is a terminal like any other; its driver keeps what it sends in a ring, out of which the master reads, and
 * the master's writes are its received characters. tty->lock of the slave covers the ring, too. Pairs are made when
 * they are first needed, and used again when neither end is open any more.
 */
#include <linux/devpts_fs.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/uaccess.h>

#define NR_UNIX98_PTY	64
#define RING_SIZE	8192
#define TIOCGPTN	0x80045430
#define TIOCSPTLCK	0x40045431
#define TIOCSIG		0x40045436
#define TIOCGPTLCK	0x80045439
#define TIOCGPTPEER	0x5441

struct pty {
	struct tty_struct *slave;
	wait_queue_head_t wait;		/* the master's readers and writers */
	bool master_open, locked;
	bool slave_closed;		/* it was open, and is no more */
	unsigned int head, tail;	/* free-running */
	unsigned char ring[RING_SIZE];
};

static struct tty_struct *pty_ttys[NR_UNIX98_PTY];
static DEFINE_MUTEX(pty_mutex);		/* which pairs are in use */

static struct pty *tty_pty(struct tty_struct *tty)
{
	return tty->driver_data;
}

static int pty_room(struct tty_struct *tty)
{
	struct pty *pty = tty_pty(tty);

	return tty->flow_stopped || !pty->master_open ? 0 : RING_SIZE - (pty->head - pty->tail);
}

static int pty_write(struct tty_struct *tty, const unsigned char *buf, int count)
{
	struct pty *pty = tty_pty(tty);

	count = min(count, pty_room(tty));
	for (int i = 0; i < count; i++)
		pty->ring[pty->head++ % RING_SIZE] = buf[i];
	wake_up_interruptible_all(&pty->wait);
	return count;
}

static int pty_chars_in_buffer(struct tty_struct *tty)
{
	return 0;
}

static void pty_flush_buffer(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	tty_pty(tty)->tail = tty_pty(tty)->head;
	spin_unlock_irqrestore(&tty->lock, flags);
}

static void pty_set_termios(struct tty_struct *tty, const struct termios *old)
{
}

static void pty_unthrottle(struct tty_struct *tty)
{
	wake_up_interruptible_all(&tty_pty(tty)->wait);
}

static int pty_open(struct tty_struct *tty)
{
	struct pty *pty = tty_pty(tty);

	if (!pty->master_open || pty->locked)
		return -EIO;
	pty->slave_closed = false;
	return 0;
}

static void pty_close(struct tty_struct *tty)
{
	tty_pty(tty)->slave_closed = true;
	wake_up_interruptible_all(&tty_pty(tty)->wait);
}

static const struct tty_operations pty_ops = {
	.open = pty_open,
	.close = pty_close,
	.write = pty_write,
	.write_room = pty_room,
	.chars_in_buffer = pty_chars_in_buffer,
	.flush_buffer = pty_flush_buffer,
	.set_termios = pty_set_termios,
	.stop = pty_unthrottle,
	.start = tty_wakeup,
	.unthrottle = pty_unthrottle,
};

static struct tty_driver pty_driver = {
	.name = "pts/",
	.major = UNIX98_PTY_SLAVE_MAJOR,
	.num = NR_UNIX98_PTY,
	.ops = &pty_ops,
	.ttys = pty_ttys,
	.own_nodes = true,
};

static ssize_t ptm_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct pty *pty = iocb->ki_filp->private_data;
	struct tty_struct *tty = pty->slave;
	unsigned char buf[256];
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		size_t got = 0, want = min_t(size_t, sizeof(buf), iov_iter_count(to));

		spin_lock_irq(&tty->lock);
		while (got < want && pty->tail != pty->head)
			buf[got++] = pty->ring[pty->tail++ % RING_SIZE];
		spin_unlock_irq(&tty->lock);
		if (got && copy_to_iter(buf, got, to) != got)
			return -EFAULT;
		done += got;
		if (got == want)
			continue;
		if (done)
			break;
		if (pty->slave_closed)
			return -EIO;
		if (iocb->ki_filp->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(pty->wait, READ_ONCE(pty->head) != pty->tail || READ_ONCE(pty->slave_closed)))
			return -ERESTARTSYS;
	}
	tty_wakeup(tty);
	return done;
}

static ssize_t ptm_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct pty *pty = iocb->ki_filp->private_data;
	struct tty_struct *tty = pty->slave;
	unsigned char buf[256];
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t room = n_tty_receive_room(tty), got;

		if (!room) {
			if (done || (iocb->ki_filp->f_flags & O_NONBLOCK))
				return done ? done : -EAGAIN;
			if (wait_event_interruptible(pty->wait, n_tty_receive_room(tty)))
				return -ERESTARTSYS;
			continue;
		}
		room = min_t(size_t, room, min_t(size_t, sizeof(buf), iov_iter_count(from)));
		got = copy_from_iter(buf, room, from);
		if (!got)
			return done ? done : -EFAULT;
		n_tty_receive_buf(tty, buf, got);
		done += got;
	}
	return done;
}

static __poll_t ptm_poll(struct file *file, poll_table *table)
{
	struct pty *pty = file->private_data;

	poll_wait(file, &pty->wait, table);
	return (READ_ONCE(pty->head) != READ_ONCE(pty->tail) ? POLLIN | POLLRDNORM : 0) | (pty->slave_closed ? POLLHUP : 0) |
	       (n_tty_receive_room(pty->slave) ? POLLOUT | POLLWRNORM : 0);
}

/* Opens the slave without a race for its name. */
static int open_peer(struct pty *pty, int flags)
{
	char name[24];
	struct file *file;
	int fd = get_unused_fd_flags(flags);

	if (fd < 0)
		return fd;
	snprintf(name, sizeof(name), "/dev/%s", pty->slave->name);
	file = filp_open(name, flags, 0);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

static int signal_foreground(struct tty_struct *tty, int sig)
{
	struct pid *pgrp = tty_get_pgrp(tty);

	if (sig < 1 || sig > _NSIG)
		return -EINVAL;
	if (pgrp) {
		kill_pgrp(pgrp, sig, 1);
		put_pid(pgrp);
	}
	return 0;
}

static long ptm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pty *pty = file->private_data;
	int value;

	switch (cmd) {
	case TIOCGPTN:
		return put_user(pty->slave->index, (int __user *)arg);
	case TIOCGPTLCK:
		return put_user((int)pty->locked, (int __user *)arg);
	case TIOCSPTLCK:
		if (get_user(value, (int __user *)arg))
			return -EFAULT;
		pty->locked = value;
		return 0;
	case TIOCGPTPEER:
		return open_peer(pty, arg);
	case TIOCSIG:
		return signal_foreground(pty->slave, arg);
	case FIONREAD:
		return put_user((int)(pty->head - pty->tail), (int __user *)arg);
	default:
		return tty_line_ioctl(pty->slave, cmd, arg);	/* one line, whichever end */
	}
}

static struct pty *alloc_pty(int index)
{
	struct pty *pty = kzalloc(sizeof(*pty), GFP_KERNEL);

	if (!pty)
		return NULL;
	init_waitqueue_head(&pty->wait);
	pty->slave = tty_init_dev(&pty_driver, index, pty);
	if (!pty->slave) {
		kfree(pty);
		return NULL;
	}
	return pty;
}

/* A pair that nobody uses, as new. */
static struct pty *get_free_pty(void)
{
	for (int i = 0; i < NR_UNIX98_PTY; i++) {
		struct pty *pty = pty_ttys[i] ? tty_pty(pty_ttys[i]) : alloc_pty(i);

		if (!pty)
			return ERR_PTR(-ENOMEM);
		if (pty->master_open || pty->slave->count)
			continue;
		tty_reset(pty->slave);
		pty->head = pty->tail = 0;
		pty->slave_closed = false;
		pty->locked = pty->master_open = true;
		return pty;
	}
	return ERR_PTR(-ENOSPC);
}

static int ptmx_open(struct inode *inode, struct file *file)
{
	struct pty *pty;
	int ret;

	mutex_lock(&pty_mutex);
	pty = get_free_pty();
	ret = IS_ERR(pty) ? PTR_ERR(pty) : devpts_pty_new(pty->slave->index);
	if (ret && !IS_ERR(pty))
		pty->master_open = false;
	mutex_unlock(&pty_mutex);
	file->private_data = pty;
	file->f_mode &= ~FMODE_LSEEK;
	return ret;
}

/* The line is gone: for the slave's session this is a hang-up. */
static int ptmx_release(struct inode *inode, struct file *file)
{
	struct pty *pty = file->private_data;

	devpts_pty_kill(pty->slave->index);
	tty_vhangup(pty->slave);
	mutex_lock(&pty_mutex);
	pty->master_open = false;
	mutex_unlock(&pty_mutex);
	return 0;
}

static const struct file_operations ptmx_fops = {
	.read_iter = ptm_read,
	.write_iter = ptm_write,
	.poll = ptm_poll,
	.unlocked_ioctl = ptm_ioctl,
	.open = ptmx_open,
	.release = ptmx_release,
};

static struct cdev ptmx_cdev;

static int __init pty_init(void)
{
	int ret = tty_register_driver(&pty_driver);

	cdev_init(&ptmx_cdev, &ptmx_fops);
	if (!ret)
		ret = cdev_add(&ptmx_cdev, MKDEV(TTYAUX_MAJOR, 2), 1);
	if (!ret)
		ret = devtmpfs_create_node("ptmx", S_IFCHR | 0666, MKDEV(TTYAUX_MAJOR, 2));
	return ret;
}
device_initcall(pty_init);
