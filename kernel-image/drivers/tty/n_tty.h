/* What the two halves of the line discipline's input share: the ring of characters and its marks. */
#ifndef _DRIVERS_TTY_N_TTY_H
#define _DRIVERS_TTY_N_TTY_H

#include <linux/tty.h>

#define EOF_MARK '\0'

static inline void n_tty_mark(struct tty_struct *tty, size_t index, bool line_end)
{
	unsigned int bit = index % N_TTY_BUF_SIZE;

	if (line_end)
		tty->read_flags[bit / 64] |= 1UL << (bit % 64);
	else
		tty->read_flags[bit / 64] &= ~(1UL << (bit % 64));
}

static inline bool n_tty_marked(const struct tty_struct *tty, size_t index)
{
	unsigned int bit = index % N_TTY_BUF_SIZE;

	return tty->read_flags[bit / 64] >> (bit % 64) & 1;
}

static inline void n_tty_reset_buffer(struct tty_struct *tty)
{
	tty->read_head = tty->canon_head = tty->read_tail = 0;
}

#endif
