/* The terminal line discipline towards the program: read, write, poll, and changes of mode. */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include "n_tty.h"

#define CHUNK 256

static bool is_canonical(const struct tty_struct *tty)
{
	return tty->termios.c_lflag & ICANON;
}

/* Characters that a read could take now: in canonical mode, those of whole lines. */
size_t n_tty_available(const struct tty_struct *tty)
{
	return (is_canonical(tty) ? READ_ONCE(tty->canon_head) : READ_ONCE(tty->read_head)) - READ_ONCE(tty->read_tail);
}

/* For FIONREAD. */
int n_tty_chars_available(struct tty_struct *tty)
{
	unsigned long flags;
	int count;

	spin_lock_irqsave(&tty->lock, flags);
	count = n_tty_available(tty);
	spin_unlock_irqrestore(&tty->lock, flags);
	return count;
}

/* How much more the line may bring now. A line that is too long for the buffer never ends, so its rest is let in, and lost. */
size_t n_tty_receive_room(const struct tty_struct *tty)
{
	size_t room = N_TTY_BUF_SIZE - 1 - (READ_ONCE(tty->read_head) - READ_ONCE(tty->read_tail));

	return !room && is_canonical(tty) && !n_tty_available(tty) ? 1 : room;
}

void n_tty_flush_buffer(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	n_tty_reset_buffer(tty);
	spin_unlock_irqrestore(&tty->lock, flags);
}

/* tty->lock is held. What was typed in one mode stays readable in the other. */
void n_tty_set_termios(struct tty_struct *tty, const struct termios *old)
{
	bool was = old->c_lflag & ICANON;

	if (!was && is_canonical(tty))
		tty->canon_head = tty->read_tail;
	if (was && !is_canonical(tty))
		for (size_t i = tty->read_tail; i != tty->read_head; i++)
			n_tty_mark(tty, i, false);
	if (!was && is_canonical(tty) && tty->read_head != tty->read_tail) {
		n_tty_mark(tty, tty->read_head - 1, true);
		tty->canon_head = tty->read_head;
	}
	if ((old->c_iflag & IXON) && !(tty->termios.c_iflag & IXON) && tty->flow_stopped) {
		tty->flow_stopped = false;
		tty->driver->ops->start(tty);
	}
	tty->lnext = false;
}

/* Takes up to room characters into buf, at most one line; *line_end tells that the line ended. */
static size_t take(struct tty_struct *tty, unsigned char *buf, size_t room, bool *line_end)
{
	size_t got = 0;
	unsigned long flags;

	*line_end = false;
	spin_lock_irqsave(&tty->lock, flags);
	while (n_tty_available(tty) && got < room && !*line_end) {
		size_t at = tty->read_tail++;
		unsigned char c = tty->read_buf[at % N_TTY_BUF_SIZE];

		*line_end = is_canonical(tty) && n_tty_marked(tty, at);
		if (!(*line_end && c == EOF_MARK))
			buf[got++] = c;
	}
	/* An end of file right behind a full buffer belongs to this read, not to the next. */
	if (is_canonical(tty) && got == room && !*line_end && n_tty_available(tty) && n_tty_marked(tty, tty->read_tail) &&
	    tty->read_buf[tty->read_tail % N_TTY_BUF_SIZE] == EOF_MARK) {
		tty->read_tail++;
		*line_end = true;
	}
	spin_unlock_irqrestore(&tty->lock, flags);
	return got;
}

/* Waits for wanted characters (or a line). 0 = there may be some; 1 = time is over or the line is dead. */
static int wait_for_input(struct tty_struct *tty, struct file *file, size_t wanted, long *timeout)
{
	long ret;

	if (file->f_flags & O_NONBLOCK)
		return n_tty_available(tty) ? 0 : tty_hung_up_p(file) ? 1 : -EAGAIN;
	ret = wait_event_interruptible_timeout(tty->read_wait,
					       n_tty_available(tty) >= (is_canonical(tty) ? 1 : wanted) ||
					       tty_hung_up_p(file), *timeout);
	if (ret < 0)
		return ret;
	if (*timeout != MAX_SCHEDULE_TIMEOUT)
		*timeout = ret;
	return !ret || tty_hung_up_p(file);
}

static ssize_t read_canonical(struct tty_struct *tty, struct file *file, struct iov_iter *to)
{
	unsigned char buf[CHUNK];
	long timeout = MAX_SCHEDULE_TIMEOUT;
	bool line_end = false;
	ssize_t done = 0;
	int ret = wait_for_input(tty, file, 1, &timeout);

	if (ret)
		return ret < 0 ? ret : 0;
	while (!line_end && iov_iter_count(to) && is_canonical(tty)) {
		size_t got = take(tty, buf, min_t(size_t, sizeof(buf), iov_iter_count(to)), &line_end);

		if (copy_to_iter(buf, got, to) != got)
			return -EFAULT;
		done += got;
		if (!got && !line_end)
			break;
	}
	return done;
}

/* VMIN characters, with VTIME (in tenths of a second) either for the first or between two; see termios(3). */
static ssize_t read_raw(struct tty_struct *tty, struct file *file, struct iov_iter *to)
{
	unsigned int min = tty->termios.c_cc[VMIN], time = tty->termios.c_cc[VTIME];
	long tenths = (long)time * (HZ / 10), timeout;
	unsigned char buf[CHUNK];
	ssize_t done = 0;
	bool ignored;
	int ret = 0;

	while (iov_iter_count(to)) {
		size_t got;

		timeout = !min ? tenths : time && done ? tenths : MAX_SCHEDULE_TIMEOUT;
		if (!n_tty_available(tty)) {
			if (done >= (ssize_t)min && (done || !time))
				break;
			ret = timeout ? wait_for_input(tty, file, 1, &timeout) : 1;
			if (ret)
				break;
		}
		got = take(tty, buf, min_t(size_t, sizeof(buf), iov_iter_count(to)), &ignored);
		if (copy_to_iter(buf, got, to) != got)
			return -EFAULT;
		done += got;
		if (!min && done)
			break;
	}
	return done ? done : ret < 0 ? ret : 0;
}

ssize_t n_tty_read(struct tty_struct *tty, struct file *file, struct iov_iter *to)
{
	ssize_t ret = job_control(tty, SIGTTIN);

	if (ret)
		return ret;
	if (file->f_flags & O_NONBLOCK) {
		if (!mutex_trylock(&tty->read_lock))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->read_lock)) {
		return -ERESTARTSYS;
	}
	ret = is_canonical(tty) ? read_canonical(tty, file, to) : read_raw(tty, file, to);
	mutex_unlock(&tty->read_lock);
	if (ret > 0 && tty->driver->ops->unthrottle)
		tty->driver->ops->unthrottle(tty);
	return ret;
}

/* As many characters as there is room for. */
static size_t output_some(struct tty_struct *tty, const unsigned char *buf, size_t count)
{
	unsigned long flags;
	size_t done = 0;

	spin_lock_irqsave(&tty->lock, flags);
	if (!(tty->termios.c_oflag & OPOST))
		done = tty->driver->ops->write(tty, buf, count);
	else
		while (done < count && n_tty_output_char(tty, buf[done]))
			done++;
	spin_unlock_irqrestore(&tty->lock, flags);
	return done;
}

/* A tab may become 8 characters: only with that much room is progress certain. */
static int wait_for_room(struct tty_struct *tty, struct file *file)
{
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	return wait_event_interruptible(tty->write_wait,
					tty->driver->ops->write_room(tty) >= 8 || tty_hung_up_p(file));
}

ssize_t n_tty_write(struct tty_struct *tty, struct file *file, struct iov_iter *from)
{
	unsigned char buf[CHUNK];
	ssize_t written = 0;
	int ret = 0;

	if (tty->termios.c_lflag & TOSTOP) {
		ret = job_control(tty, SIGTTOU);
		if (ret)
			return ret;
	}
	if (mutex_lock_interruptible(&tty->write_lock))
		return -ERESTARTSYS;
	while (!ret && iov_iter_count(from)) {
		size_t bytes = min_t(size_t, sizeof(buf), iov_iter_count(from));
		size_t got = copy_from_iter(buf, bytes, from), done = 0;

		if (got < bytes)
			ret = -EFAULT;
		while (done < got) {
			if (tty_hung_up_p(file)) {
				ret = -EIO;
				break;
			}
			done += output_some(tty, buf + done, got - done);
			if (done == got)
				break;
			ret = wait_for_room(tty, file);
			if (ret)
				break;
		}
		written += done;
	}
	mutex_unlock(&tty->write_lock);
	return written ? written : ret;
}

__poll_t n_tty_poll(struct tty_struct *tty, struct file *file, poll_table *table)
{
	__poll_t mask = 0;

	poll_wait(file, &tty->read_wait, table);
	poll_wait(file, &tty->write_wait, table);
	if (n_tty_available(tty))
		mask |= POLLIN | POLLRDNORM;
	if (tty_hung_up_p(file))
		mask |= POLLHUP | POLLIN | POLLRDNORM;
	else if (tty->driver->ops->write_room(tty) >= 8)
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}
