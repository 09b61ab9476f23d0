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

/* What came in while the answer was awaited. */
static char received[256];
static int length;

/* ESC [ ROWS ; COLUMNS R; anything else is not an answer but somebody who types. */
static int read_answer(struct winsize *ws)
{
	unsigned short value[2] = { 0, 0 };
	int which = 0;

	while (length < (int)sizeof(received) && read(STDIN_FILENO, &received[length], 1) == 1) {
		char c = received[length++];

		if (c == 'R') {
			ws->ws_row = value[0];
			ws->ws_col = value[1];
			return value[0] && value[1];
		}
		if (isdigit(c))
			value[which] = value[which] * 10 + c - '0';
		else if (c == ';')
			which = 1;
		else if (c != (length == 1 ? '\033' : '['))
			return 0;
	}
	return 0;
}

/* Somebody who types ahead is not interrupted with a question, whose answer would come after his words. */
static int input_waits(void)
{
	int count = 0;

	return ioctl(STDIN_FILENO, FIONREAD, &count) == 0 && count > 0;
}

/* Takes the rest of what is typed, so that it can go back in its order. */
static void take_rest(struct termios *raw)
{
	raw->c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, raw);
	while (length < (int)sizeof(received) && read(STDIN_FILENO, &received[length], 1) == 1)
		length++;
}

static void give_back(void)
{
	for (int i = 0; i < length; i++)
		ioctl(STDIN_FILENO, TIOCSTI, &received[i]);
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
	known = 0;
	if (!input_waits()) {
		write(STDOUT_FILENO, QUESTION, sizeof(QUESTION) - 1);
		known = read_answer(&ws);
	}
	if (!known)
		take_rest(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	if (!known) {
		give_back();
		return 1;
	}
	if (ioctl(STDIN_FILENO, TIOCSWINSZ, &ws) < 0)
		die("standard input");
	return 0;
}
