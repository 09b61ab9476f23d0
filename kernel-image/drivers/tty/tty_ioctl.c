/* Terminal ioctls about modes, size and flow. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <linux/uaccess.h>

static int wait_until_sent(struct tty_struct *tty)
{
	return wait_event_interruptible(tty->write_wait, !tty->driver->ops->chars_in_buffer(tty));
}

static void flush_output(struct tty_struct *tty)
{
	tty->driver->ops->flush_buffer(tty);
	tty_wakeup(tty);
}

/* Input as if it were typed: for the owner of the terminal, who could type it himself, and for root. */
static int simulate_input(struct tty_struct *tty, const unsigned char __user *user)
{
	unsigned char c;

	if (current->signal->tty != tty && !capable_root())
		return -EPERM;
	if (get_user(c, user))
		return -EFAULT;
	n_tty_receive_buf(tty, &c, 1);
	return 0;
}

static int set_termios(struct tty_struct *tty, const struct termios __user *user, unsigned int cmd)
{
	struct termios new, old;
	unsigned long flags;
	int ret = tty_check_change(tty);

	if (ret)
		return ret;
	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	if (cmd != TCSETS) {
		ret = wait_until_sent(tty);
		if (ret)
			return ret;
	}
	if (cmd == TCSETSF)
		n_tty_flush_buffer(tty);
	spin_lock_irqsave(&tty->lock, flags);
	old = tty->termios;
	tty->termios = new;
	n_tty_set_termios(tty, &old);
	tty->driver->ops->set_termios(tty, &old);
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up_interruptible_all(&tty->read_wait);
	return 0;
}

static int set_winsize(struct tty_struct *tty, const struct winsize __user *user)
{
	struct winsize size;
	struct pid *pgrp;
	unsigned long flags;
	bool changed;

	if (copy_from_user(&size, user, sizeof(size)))
		return -EFAULT;
	spin_lock_irqsave(&tty->lock, flags);
	changed = memcmp(&size, &tty->winsize, sizeof(size));
	tty->winsize = size;
	spin_unlock_irqrestore(&tty->lock, flags);
	pgrp = changed ? tty_get_pgrp(tty) : NULL;
	if (pgrp) {
		kill_pgrp(pgrp, SIGWINCH, 1);
		put_pid(pgrp);
	}
	return 0;
}

static int flush(struct tty_struct *tty, unsigned long which)
{
	int ret = tty_check_change(tty);

	if (ret)
		return ret;
	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which != TCOFLUSH)
		n_tty_flush_buffer(tty);
	if (which != TCIFLUSH)
		flush_output(tty);
	return 0;
}

static int suspend_output(struct tty_struct *tty, unsigned long action)
{
	unsigned long flags;
	int ret = tty_check_change(tty);

	if (ret)
		return ret;
	if (action != TCOOFF && action != TCOON)
		return -EINVAL;
	spin_lock_irqsave(&tty->lock, flags);
	tty->flow_stopped = action == TCOOFF;
	if (tty->flow_stopped)
		tty->driver->ops->stop(tty);
	else
		tty->driver->ops->start(tty);
	spin_unlock_irqrestore(&tty->lock, flags);
	return 0;
}

static int get_serial(struct tty_struct *tty, struct serial_struct __user *user)
{
	struct serial_struct serial = { .line = tty->index };
	int ret = tty->driver->ops->get_serial ? tty->driver->ops->get_serial(tty, &serial) : -ENOTTY;

	return ret ? ret : copy_to_user(user, &serial, sizeof(serial)) ? -EFAULT : 0;
}

long tty_line_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct termios termios;
	struct winsize size;
	unsigned long flags;
	int ret;

	switch (cmd) {
	case TCGETS:
		spin_lock_irqsave(&tty->lock, flags);
		termios = tty->termios;
		spin_unlock_irqrestore(&tty->lock, flags);
		return copy_to_user(user, &termios, sizeof(termios)) ? -EFAULT : 0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(tty, user, cmd);
	case TIOCGWINSZ:
		spin_lock_irqsave(&tty->lock, flags);
		size = tty->winsize;
		spin_unlock_irqrestore(&tty->lock, flags);
		return copy_to_user(user, &size, sizeof(size)) ? -EFAULT : 0;
	case TIOCSWINSZ:
		return set_winsize(tty, user);
	case TCFLSH:
		return flush(tty, arg);
	case TCXONC:
		return suspend_output(tty, arg);
	case TCSBRK:
	case TCSBRKP:
		/* This line cannot send a break; what is left of the call is the wait for the output. */
		ret = tty_check_change(tty);
		return ret ? ret : wait_until_sent(tty);
	case FIONREAD:
		return put_user(n_tty_chars_available(tty), (int __user *)user);
	case TIOCSTI:
		return simulate_input(tty, (const unsigned char __user *)user);
	case TIOCOUTQ:
		return put_user(tty->driver->ops->chars_in_buffer(tty), (int __user *)user);
	case TIOCGSERIAL:
		return get_serial(tty, user);
	default:
		return -ENOTTY;
	}
}

long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long ret;

	if (tty_hung_up_p(file))
		return -EIO;
	ret = tty_line_ioctl(file_tty(file), cmd, arg);
	return ret == -ENOTTY ? tty_jobctrl_ioctl(file_tty(file), file, cmd, arg) : ret;
}
