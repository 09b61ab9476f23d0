/* resize: asks the terminal how large it is and tells the kernel, as a serial line cannot know. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <tool.h>
#include <unistd.h>

/* Keeps the cursor, moves it as far as it goes, asks for its place, and puts it back. */
#define QUESTION "\0337\033[999;999H\033[6n\0338"
#define TENTHS 2	/* of a second without an answer: nobody is there */

/* ESC [ ROWS ; COLUMNS R */
static int read_answer(struct winsize *ws)
{
	unsigned short value[2] = { 0, 0 };
	int which = 0;
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != 'R') {
		if (isdigit(c))
			value[which] = value[which] * 10 + c - '0';
		else if (c == ';')
			which = 1;
		else if (c != '\033' && c != '[')
			return 0;
	}
	if (!value[0] || !value[1])
		return 0;
	ws->ws_row = value[0];
	ws->ws_col = value[1];
	return 1;
}

int main(int argc, char **argv)
{
	struct termios saved, raw;
	struct winsize ws = { 0 };
	int known;

	getopt(argc, argv, "", "resize");
	if (optind < argc)
		usage("resize");
	if (tcgetattr(STDIN_FILENO, &saved) < 0)
		die("standard input");
	raw = saved;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = TENTHS;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	write(STDOUT_FILENO, QUESTION, sizeof(QUESTION) - 1);
	known = read_answer(&ws);
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	if (!known)
		return 1;
	if (ioctl(STDIN_FILENO, TIOCSWINSZ, &ws) < 0)
		die("standard input");
	return 0;
}
