/* stty: shows and changes the settings of the terminal on the standard input. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "stty [-a] [size | sane | raw | rows N | cols N | [-]SETTING | CHARACTER ^X]...";

enum part { INPUT, OUTPUT, CONTROL, LOCAL };

static const struct { const char *name; enum part part; uint32_t bit; } settings[] = {
	{ "hupcl", CONTROL, HUPCL }, { "cread", CONTROL, CREAD }, { "clocal", CONTROL, CLOCAL },
	{ "istrip", INPUT, ISTRIP }, { "inlcr", INPUT, INLCR }, { "igncr", INPUT, IGNCR },
	{ "icrnl", INPUT, ICRNL }, { "ixon", INPUT, IXON }, { "ixoff", INPUT, IXOFF },
	{ "opost", OUTPUT, OPOST }, { "onlcr", OUTPUT, ONLCR },
	{ "isig", LOCAL, ISIG }, { "icanon", LOCAL, ICANON }, { "iexten", LOCAL, IEXTEN },
	{ "echo", LOCAL, ECHO }, { "echoe", LOCAL, ECHOE }, { "echok", LOCAL, ECHOK }, { "echonl", LOCAL, ECHONL },
	{ "noflsh", LOCAL, NOFLSH }, { "tostop", LOCAL, TOSTOP }, { "echoctl", LOCAL, ECHOCTL },
	{ "echoke", LOCAL, ECHOKE },
};

static const struct { const char *name; int index; } characters[] = {
	{ "intr", VINTR }, { "quit", VQUIT }, { "erase", VERASE }, { "kill", VKILL }, { "eof", VEOF },
	{ "start", VSTART }, { "stop", VSTOP }, { "susp", VSUSP }, { "werase", VWERASE }, { "lnext", VLNEXT },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct termios t;
static struct winsize ws;

static uint32_t *word(enum part part)
{
	return part == INPUT ? &t.c_iflag : part == OUTPUT ? &t.c_oflag : part == CONTROL ? &t.c_cflag : &t.c_lflag;
}

static const char *speed(void)
{
	switch (t.c_cflag & CBAUD) {
	case B9600: return "9600";
	case B38400: return "38400";
	case B115200: return "115200";
	default: return "?";
	}
}

static void print_character(uint8_t c)
{
	if (c == 0)
		printf("<undef>");
	else if (c == 0x7f)
		printf("^?");
	else if (c < ' ')
		printf("^%c", c + '@');
	else
		putchar(c);
}

static void print_all(void)
{
	enum part part = CONTROL;
	const char *gap = "";

	printf("speed %s baud; rows %u; columns %u; line = %u;\n", speed(), ws.ws_row, ws.ws_col, t.c_line);
	for (size_t i = 0; i < COUNT(characters); i++) {
		printf("%s%s = ", i ? " " : "", characters[i].name);
		print_character(t.c_cc[characters[i].index]);
		putchar(';');
	}
	printf("\n");
	for (size_t i = 0; i < COUNT(settings); i++) {
		if (settings[i].part != part) {
			putchar('\n');
			gap = "";
			part = settings[i].part;
		}
		printf("%s%s%s", gap, *word(part) & settings[i].bit ? "" : "-", settings[i].name);
		gap = " ";
	}
	putchar('\n');
}

static void make_sane(void)
{
	t.c_iflag = ICRNL | IXON;
	t.c_oflag = OPOST | ONLCR;
	t.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
}

static void make_raw(void)
{
	t.c_iflag = 0;
	t.c_oflag &= ~OPOST;
	t.c_lflag &= ~(ISIG | ICANON | IEXTEN);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
}

static bool set_flag(const char *name)
{
	bool off = *name == '-';

	for (size_t i = 0; i < COUNT(settings); i++)
		if (!strcmp(settings[i].name, name + off)) {
			if (off)
				*word(settings[i].part) &= ~settings[i].bit;
			else
				*word(settings[i].part) |= settings[i].bit;
			return true;
		}
	return false;
}

static bool set_character(const char *name, const char *value)
{
	for (size_t i = 0; i < COUNT(characters); i++)
		if (!strcmp(characters[i].name, name)) {
			t.c_cc[characters[i].index] = value[0] != '^' || !value[1] ? value[0] :
						      value[1] == '?' ? 0x7f : value[1] & 0x1f;
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	bool resize = false;

	if (tcgetattr(STDIN_FILENO, &t) < 0)
		die("standard input");
	ioctl(STDIN_FILENO, TIOCGWINSZ, &ws);
	if (argc == 1 || !strcmp(argv[1], "-a")) {
		print_all();
		return 0;
	}
	if (!strcmp(argv[1], "size")) {
		printf("%u %u\n", ws.ws_row, ws.ws_col);
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(argv[i], "sane")) {
			make_sane();
		} else if (!strcmp(argv[i], "raw")) {
			make_raw();
		} else if (value && (!strcmp(argv[i], "rows") || !strncmp(argv[i], "col", 3))) {
			*(argv[i][0] == 'r' ? &ws.ws_row : &ws.ws_col) = number(value);
			resize = true;
			i++;
		} else if (value && set_character(argv[i], value)) {
			i++;
		} else if (!set_flag(argv[i])) {
			usage(synopsis);
		}
	}
	if (resize && ioctl(STDIN_FILENO, TIOCSWINSZ, &ws) < 0)
		die("cannot set the size");
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &t) < 0)
		die("standard input");
	return 0;
}
