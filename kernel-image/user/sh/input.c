/* Where characters come from: a stack of strings, files and the terminal, read line by line. */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct input {
	struct input *below;
	char *text;		/* the line at hand, or all of a string */
	size_t pos;
	int fd;			/* -1: nothing comes after the text */
	bool interactive;
	bool ended;
};

static struct input *input;
bool continuing;

static void push(char *text, int fd, bool interactive)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in || !text)
		out_of_memory();
	*in = (struct input){ .below = input, .text = text, .fd = fd, .interactive = interactive };
	input = in;
}

void push_string(const char *text)
{
	push(strdup(text), -1, false);
}

void push_fd(int fd, bool from_terminal)
{
	push(strdup(""), fd, from_terminal);
}

void pop_input(void)
{
	struct input *in = input;

	input = in->below;
	free(in->text);
	free(in);
}

/* \u user, \h host, \w directory, \$ '#' for root. */
static char *make_prompt(const char *format)
{
	struct buffer b = { 0 };
	char cwd[256], mark[2] = "$";
	const char *home = get_variable("HOME");
	struct utsname names;

	append_string(&b, "");
	for (; *format; format++) {
		if (*format != '\\' || !format[1]) {
			append(&b, *format);
			continue;
		}
		switch (*++format) {
		case 'u':
			append_string(&b, get_variable("USER") ? get_variable("USER") : "?");
			break;
		case 'h':
			uname(&names);
			append_string(&b, names.nodename);
			break;
		case 'w':
			if (!getcwd(cwd, sizeof(cwd)))
				strcpy(cwd, "?");
			if (home && home[0] && home[1] && !strncmp(cwd, home, strlen(home)) &&
			    (!cwd[strlen(home)] || cwd[strlen(home)] == '/')) {
				append(&b, '~');
				append_string(&b, cwd + strlen(home));
			} else {
				append_string(&b, cwd);
			}
			break;
		case '$':
			mark[0] = geteuid() ? '$' : '#';
			append_string(&b, mark);
			break;
		default:
			append(&b, *format);
		}
	}
	return b.data ? b.data : strdup("");
}

/* One byte at a time: what follows the line may be meant for the command it starts. */
static char *read_line(int fd)
{
	struct buffer b = { 0 };
	char c;

	while (read(fd, &c, 1) == 1) {
		append(&b, c);
		if (c == '\n')
			break;
	}
	return b.data;
}

static bool refill(void)
{
	char *line, *prompt;

	if (input->fd < 0 || input->ended)
		return false;
	if (input->interactive) {
		const char *format = get_variable(continuing ? "PS2" : "PS1");

		if (!continuing)
			report_jobs();
		prompt = make_prompt(format ? format : "");
		line = edit_line(prompt);
		free(prompt);
		if (line && got_interrupt) {	/* ^C: this command ends here */
			free(line);
			return false;
		}
	} else {
		line = read_line(input->fd);
	}
	if (!line)
		return false;
	free(input->text);
	input->text = line;
	input->pos = 0;
	return true;
}

/* The next character, or 0 at the end (a NUL in a script ends it too). */
int next_char(void)
{
	while (!input->text[input->pos])
		if (!refill()) {
			input->ended = true;
			return 0;
		}
	return (unsigned char)input->text[input->pos++];
}

void back_char(void)
{
	if (input->pos > 0 && !input->ended)
		input->pos--;
}

void drop_line(void)
{
	input->pos = strlen(input->text);
	if (input->interactive)
		input->ended = false;
}
