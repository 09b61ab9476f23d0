/* Terminals as files: /dev/ttyS*, /dev/tty and /dev/console. */
#include <linux/console.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tty.h>

static const struct termios tty_std_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {
		[VINTR] = 'C' - 0x40, [VQUIT] = '\\' - 0x40, [VERASE] = 0x7f, [VKILL] = 'U' - 0x40,
		[VEOF] = 'D' - 0x40, [VMIN] = 1, [VSTART] = 'Q' - 0x40, [VSTOP] = 'S' - 0x40,
		[VSUSP] = 'Z' - 0x40, [VREPRINT] = 'R' - 0x40, [VDISCARD] = 'O' - 0x40,
		[VWERASE] = 'W' - 0x40, [VLNEXT] = 'V' - 0x40,
	},
};

#define MAX_TTY_DRIVERS 4

static struct tty_driver *tty_drivers[MAX_TTY_DRIVERS];
static DEFINE_MUTEX(tty_mutex);		/* opening and closing */

bool tty_hung_up_p(struct file *file)
{
	struct tty_file_private *priv = file->private_data;

	return !priv->console && priv->hangups != READ_ONCE(priv->tty->hangups);
}

/* The driver has room again. */
void tty_wakeup(struct tty_struct *tty)
{
	wake_up_interruptible_all(&tty->write_wait);
}

/* Whoever has the line open, except as /dev/console, has it no longer. */
void tty_hangup(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	tty->hangups++;
	tty->read_head = tty->canon_head = tty->read_tail = 0;
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up_interruptible_all(&tty->read_wait);
	wake_up_interruptible_all(&tty->write_wait);
}

/* A driver's terminal comes into being with its line, and stays. */
struct tty_struct *tty_init_dev(struct tty_driver *driver, int index, void *driver_data)
{
	struct tty_struct *tty = kzalloc(sizeof(*tty), GFP_KERNEL);

	if (!tty)
		return NULL;
	tty->driver = driver;
	tty->index = index;
	tty->driver_data = driver_data;
	snprintf(tty->name, sizeof(tty->name), "%s%d", driver->name, index);
	spin_lock_init(&tty->lock);
	spin_lock_init(&tty->ctrl_lock);
	mutex_init(&tty->read_lock);
	mutex_init(&tty->write_lock);
	init_waitqueue_head(&tty->read_wait);
	init_waitqueue_head(&tty->write_wait);
	tty->termios = tty_std_termios;
	driver->ttys[index] = tty;
	return tty;
}

void tty_reset(struct tty_struct *tty)
{
	tty->termios = tty_std_termios;
	tty->winsize = (struct winsize){ 0 };
	tty->flow_stopped = tty->lnext = false;
	tty->column = tty->canon_column = 0;
	tty->read_head = tty->canon_head = tty->read_tail = 0;
}

static struct tty_struct *lookup_driver_tty(dev_t dev)
{
	for (int i = 0; i < MAX_TTY_DRIVERS && tty_drivers[i]; i++) {
		struct tty_driver *driver = tty_drivers[i];

		if (MAJOR(dev) == driver->major && MINOR(dev) - driver->minor_start < driver->num)
			return driver->ttys[MINOR(dev) - driver->minor_start];
	}
	return NULL;
}

/* The terminal of the console that leads: the one that printk's output is copied to first. */
static struct tty_struct *console_tty(void)
{
	for (struct console *con = console_drivers; con; con = con->next) {
		struct tty_driver *driver;
		int index;

		if (!con->device || !(con->flags & CON_ENABLED))
			continue;
		driver = con->device(con, &index);
		if (driver)
			return driver->ttys[index];
	}
	return NULL;
}

static int tty_open(struct inode *inode, struct file *file)
{
	struct tty_file_private *priv;
	struct tty_struct *tty;
	bool console = inode->i_rdev == MKDEV(TTYAUX_MAJOR, 1);
	int ret = 0;

	if (inode->i_rdev == MKDEV(TTYAUX_MAJOR, 0)) {
		tty = current->signal->tty;
		if (!tty)
			return -ENXIO;
	} else {
		tty = console ? console_tty() : lookup_driver_tty(inode->i_rdev);
		if (!tty)
			return -ENODEV;
	}
	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;
	mutex_lock(&tty_mutex);
	if (tty->driver->ops->open)
		ret = tty->driver->ops->open(tty);
	tty->count += !ret;
	mutex_unlock(&tty_mutex);
	if (ret) {
		kfree(priv);
		return ret;
	}
	priv->tty = tty;
	priv->hangups = tty->hangups;
	priv->console = console;
	file->private_data = priv;
	file->f_mode &= ~FMODE_LSEEK;
	if (!console && !(file->f_flags & O_NOCTTY))
		tty_open_proc_set_tty(file, tty);
	return 0;
}

static int tty_release(struct inode *inode, struct file *file)
{
	struct tty_struct *tty = file_tty(file);

	mutex_lock(&tty_mutex);
	if (!--tty->count && tty->driver->ops->close)
		tty->driver->ops->close(tty);
	mutex_unlock(&tty_mutex);
	kfree(file->private_data);
	return 0;
}

static ssize_t tty_read(struct kiocb *iocb, struct iov_iter *to)
{
	if (tty_hung_up_p(iocb->ki_filp) || !iov_iter_count(to))
		return 0;
	return n_tty_read(file_tty(iocb->ki_filp), iocb->ki_filp, to);
}

static ssize_t tty_write(struct kiocb *iocb, struct iov_iter *from)
{
	if (tty_hung_up_p(iocb->ki_filp))
		return -EIO;
	return n_tty_write(file_tty(iocb->ki_filp), iocb->ki_filp, from);
}

static __poll_t tty_poll(struct file *file, poll_table *table)
{
	return n_tty_poll(file_tty(file), file, table);
}

static const struct file_operations tty_fops = {
	.read_iter = tty_read,
	.write_iter = tty_write,
	.poll = tty_poll,
	.unlocked_ioctl = tty_ioctl,
	.open = tty_open,
	.release = tty_release,
};

static struct class tty_class = { .name = "tty" };

static int tty_register_device(dev_t dev, umode_t mode, const char *name)
{
	return PTR_ERR_OR_ZERO(device_create(&tty_class, NULL, dev, S_IFCHR | mode, name));
}

int tty_register_driver(struct tty_driver *driver)
{
	int slot = 0, ret;

	while (slot < MAX_TTY_DRIVERS && tty_drivers[slot])
		slot++;
	if (slot == MAX_TTY_DRIVERS)
		return -ENOSPC;
	cdev_init(&driver->cdev, &tty_fops);
	ret = cdev_add(&driver->cdev, MKDEV(driver->major, driver->minor_start), driver->num);
	if (ret)
		return ret;
	tty_drivers[slot] = driver;
	for (unsigned int i = 0; i < driver->num; i++) {
		if (!driver->ttys[i] || driver->own_nodes)
			continue;
		ret = tty_register_device(MKDEV(driver->major, driver->minor_start + i), 0600, driver->ttys[i]->name);
		if (ret)
			return ret;
	}
	return 0;
}

static struct cdev tty_cdev;

static int __init tty_init(void)
{
	int ret = class_register(&tty_class);

	cdev_init(&tty_cdev, &tty_fops);
	if (!ret)
		ret = cdev_add(&tty_cdev, MKDEV(TTYAUX_MAJOR, 0), 2);
	if (!ret)
		ret = tty_register_device(MKDEV(TTYAUX_MAJOR, 0), 0666, "tty");
	if (!ret)
		ret = tty_register_device(MKDEV(TTYAUX_MAJOR, 1), 0600, "console");
	return ret;
}
fs_initcall(tty_init);
