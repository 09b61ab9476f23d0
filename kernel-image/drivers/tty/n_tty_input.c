/*
 * The terminal line discipline's input: what arrives is edited into lines, echoed, or turned into signals.
 *
 * The buffer is a ring with free-running indices: read_tail (next to be read)
 * <= canon_head (end of the last complete line) <= read_head. In canonical
 * mode only whole lines may be read; each line's last character has its bit in
 * read_flags. An end-of-file character is stored as EOF_MARK with its bit set
 * and never handed out.
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/tty.h>
#include "n_tty.h"

static bool is_char(const struct tty_struct *tty, int which, unsigned char c)
{
	return c && tty->termios.c_cc[which] == c;
}

static bool has_flag(const struct tty_struct *tty, unsigned int lflag)
{
	return tty->termios.c_lflag & lflag;
}

/* In canonical mode one place is kept for the end of the line. */
static void put_queue(struct tty_struct *tty, unsigned char c, bool line_end)
{
	size_t used = tty->read_head - tty->read_tail;

	if (used >= N_TTY_BUF_SIZE - (size_t)(has_flag(tty, ICANON) && !line_end))
		return;
	tty->read_buf[tty->read_head % N_TTY_BUF_SIZE] = c;
	n_tty_mark(tty, tty->read_head, line_end);
	tty->read_head++;
	if (line_end)
		tty->canon_head = tty->read_head;
}

static unsigned char char_at(const struct tty_struct *tty, size_t i)
{
	return tty->read_buf[i % N_TTY_BUF_SIZE];
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

/* The column where the character at index began: recounted from the line's start, since tabs vary. */
static unsigned int column_at(const struct tty_struct *tty, size_t index)
{
	unsigned int column = tty->canon_column;

	for (size_t i = tty->canon_head; i < index; i++) {
		unsigned char c = char_at(tty, i);

		if (c == '\t')
			column = (column | 7) + 1;
		else if (is_control(c))
			column += has_flag(tty, ECHOCTL) ? 2 : 0;
		else if ((c & 0xc0) != 0x80)
			column++;
	}
	return column;
}

static void echo_erase_to(struct tty_struct *tty, unsigned int column)
{
	unsigned int over = tty->column > column ? tty->column - column : 0;

	while (over--) {
		n_tty_output_char(tty, '\b');
		n_tty_put_char(tty, ' ');
		n_tty_put_char(tty, '\b');
	}
}

static void drop_last(struct tty_struct *tty)
{
	do
		tty->read_head--;
	while (tty->read_head != tty->canon_head && (char_at(tty, tty->read_head) & 0xc0) == 0x80);
}

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c >= 0x80;
}

/* VERASE takes one character, VWERASE blanks and the word before them, VKILL the line. */
static void eraser(struct tty_struct *tty, unsigned char c)
{
	size_t old_head = tty->read_head;
	bool seen_word = false;

	if (tty->read_head == tty->canon_head)
		return;
	if (is_char(tty, VKILL, c) && has_flag(tty, ECHO) && !(has_flag(tty, ECHOK) && has_flag(tty, ECHOKE))) {
		tty->read_head = tty->canon_head;
		n_tty_echo_char(tty, c);
		if (has_flag(tty, ECHOK))
			n_tty_output_char(tty, '\n');
		tty->canon_column = tty->column;
		return;
	}
	while (tty->read_head != tty->canon_head) {
		if (is_char(tty, VWERASE, c)) {
			bool word = is_word(char_at(tty, tty->read_head - 1));

			if (seen_word && !word)
				break;
			seen_word |= word;
		}
		drop_last(tty);
		if (is_char(tty, VERASE, c))
			break;
	}
	if (!has_flag(tty, ECHO) || tty->read_head == old_head)
		return;
	if (has_flag(tty, ECHOE) || is_char(tty, VKILL, c))
		echo_erase_to(tty, column_at(tty, tty->read_head));
	else
		n_tty_echo_char(tty, c);
}

static void reprint(struct tty_struct *tty, unsigned char c)
{
	n_tty_echo_char(tty, c);
	n_tty_output_char(tty, '\n');
	tty->canon_column = tty->column;
	for (size_t i = tty->canon_head; i != tty->read_head; i++)
		n_tty_echo_char(tty, char_at(tty, i));
}

/* The signal that the character stands for, or 0. Its sending waits until tty->lock is dropped. */
static int signal_for(const struct tty_struct *tty, unsigned char c)
{
	if (!has_flag(tty, ISIG))
		return 0;
	return is_char(tty, VINTR, c) ? SIGINT : is_char(tty, VQUIT, c) ? SIGQUIT : is_char(tty, VSUSP, c) ? SIGTSTP : 0;
}

static void echo_input(struct tty_struct *tty, unsigned char c)
{
	if (has_flag(tty, ECHO)) {
		if (tty->read_head == tty->canon_head)
			tty->canon_column = tty->column;
		n_tty_echo_char(tty, c);
	} else if (c == '\n' && has_flag(tty, ECHONL) && has_flag(tty, ICANON)) {
		n_tty_output_char(tty, c);
	}
}

/* True if the character was an order to edit the line. */
static bool edit_line(struct tty_struct *tty, unsigned char c)
{
	bool extended = has_flag(tty, IEXTEN);

	if (is_char(tty, VERASE, c) || is_char(tty, VKILL, c) || (extended && is_char(tty, VWERASE, c))) {
		eraser(tty, c);
		return true;
	}
	if (extended && is_char(tty, VLNEXT, c)) {
		tty->lnext = true;
		if (has_flag(tty, ECHO) && has_flag(tty, ECHOCTL)) {
			n_tty_put_char(tty, '^');
			n_tty_put_char(tty, '\b');
		}
		return true;
	}
	if (extended && has_flag(tty, ECHO) && is_char(tty, VREPRINT, c)) {
		reprint(tty, c);
		return true;
	}
	if (is_char(tty, VEOF, c)) {
		put_queue(tty, EOF_MARK, true);
		return true;
	}
	return false;
}

static bool flow_control(struct tty_struct *tty, unsigned char c)
{
	if (!(tty->termios.c_iflag & IXON))
		return false;
	if (is_char(tty, VSTOP, c)) {
		tty->flow_stopped = true;
		tty->driver->ops->stop(tty);
		return true;
	}
	if (is_char(tty, VSTART, c) || (tty->flow_stopped && (tty->termios.c_iflag & IXANY))) {
		tty->flow_stopped = false;
		tty->driver->ops->start(tty);
		return is_char(tty, VSTART, c);
	}
	return false;
}

/* One character; returns a signal to be sent, or 0. */
static int receive_char(struct tty_struct *tty, unsigned char c)
{
	unsigned int iflag = tty->termios.c_iflag;
	int sig;

	if (iflag & ISTRIP)
		c &= 0x7f;
	if (tty->lnext) {
		tty->lnext = false;
		echo_input(tty, c);
		put_queue(tty, c, false);
		return 0;
	}
	if (flow_control(tty, c))
		return 0;
	sig = signal_for(tty, c);
	if (sig) {
		if (!has_flag(tty, NOFLSH))
			n_tty_reset_buffer(tty);
		if (tty->flow_stopped) {
			tty->flow_stopped = false;
			tty->driver->ops->start(tty);
		}
		if (has_flag(tty, ECHO))
			n_tty_echo_char(tty, c);
		return sig;
	}
	if (c == '\r') {
		if (iflag & IGNCR)
			return 0;
		if (iflag & ICRNL)
			c = '\n';
	} else if (c == '\n' && (iflag & INLCR)) {
		c = '\r';
	}
	if (!has_flag(tty, ICANON)) {
		echo_input(tty, c);
		put_queue(tty, c, false);
		return 0;
	}
	if (edit_line(tty, c))
		return 0;
	echo_input(tty, c);
	put_queue(tty, c, c == '\n' || is_char(tty, VEOL, c) || (has_flag(tty, IEXTEN) && is_char(tty, VEOL2, c)));
	return 0;
}

/* From the driver's interrupt. */
void n_tty_receive_buf(struct tty_struct *tty, const unsigned char *buf, int count)
{
	unsigned long flags;

	for (int i = 0; i < count; i++) {
		struct pid *pgrp;
		int sig;

		spin_lock_irqsave(&tty->lock, flags);
		sig = receive_char(tty, buf[i]);
		spin_unlock_irqrestore(&tty->lock, flags);
		if (!sig)
			continue;
		pgrp = tty_get_pgrp(tty);
		if (pgrp) {
			kill_pgrp(pgrp, sig, 1);
			put_pid(pgrp);
		}
	}
	if (n_tty_available(tty))
		wake_up_interruptible_all(&tty->read_wait);
}
