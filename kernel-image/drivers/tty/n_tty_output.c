/* The terminal line discipline's output: processing by OPOST, and echo. tty->lock is held throughout. */
#include <linux/kernel.h>
#include <linux/tty.h>

void n_tty_put_char(struct tty_struct *tty, unsigned char c)
{
	tty->driver->ops->write(tty, &c, 1);
}

static bool put_two(struct tty_struct *tty, unsigned char a, unsigned char b)
{
	unsigned char buf[2] = { a, b };

	if (tty->driver->ops->write_room(tty) < 2)
		return false;
	tty->driver->ops->write(tty, buf, 2);
	return true;
}

static bool put_tab(struct tty_struct *tty)
{
	static const unsigned char blanks[] = "        ";
	int spaces = 8 - (tty->column & 7);

	if ((tty->termios.c_oflag & XTABS) != XTABS) {
		n_tty_put_char(tty, '\t');
	} else {
		if (tty->driver->ops->write_room(tty) < spaces)
			return false;
		tty->driver->ops->write(tty, blanks, spaces);
	}
	tty->column += spaces;
	return true;
}

/* False if there was no room: nothing was written then. */
bool n_tty_output_char(struct tty_struct *tty, unsigned char c)
{
	unsigned int oflag = tty->termios.c_oflag;

	if (tty->driver->ops->write_room(tty) < 1)
		return false;
	if (!(oflag & OPOST)) {
		n_tty_put_char(tty, c);
		return true;
	}
	switch (c) {
	case '\n':
		if (oflag & (ONLCR | ONLRET))
			tty->column = 0;
		if (oflag & ONLCR)
			return put_two(tty, '\r', '\n');
		break;
	case '\r':
		if ((oflag & ONOCR) && !tty->column)
			return true;
		if (oflag & OCRNL)
			c = '\n';
		tty->column = 0;
		break;
	case '\t':
		return put_tab(tty);
	case '\b':
		if (tty->column)
			tty->column--;
		break;
	default:
		/* Neither a control character nor the second byte of UTF-8 moves the cursor. */
		if (c >= ' ' && c != 0x7f && (c & 0xc0) != 0x80)
			tty->column++;
	}
	n_tty_put_char(tty, c);
	return true;
}

/* Control characters show as ^X under ECHOCTL, except those that move the cursor. */
void n_tty_echo_char(struct tty_struct *tty, unsigned char c)
{
	bool control = (c < ' ' && c != '\t' && c != '\n') || c == 0x7f;

	if (control && (tty->termios.c_lflag & ECHOCTL)) {
		n_tty_output_char(tty, '^');
		n_tty_output_char(tty, c ^ 0x40);
	} else {
		n_tty_output_char(tty, c);
	}
}
