/* The line editor: a terminal in raw mode, a line that may take several rows, and a history. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CTRL(letter)	((letter) & 0x1f)
#define HISTORY		100

enum key { KEY_LEFT = 256, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_HOME, KEY_END, KEY_DELETE, KEY_NONE };

static char *history[HISTORY];
static int history_count;

static struct buffer line;
static size_t cursor;
static const char *prompt;
static size_t screen_row;	/* the row the terminal's cursor is on, counted from the prompt's */
static struct buffer screen;	/* what goes to the terminal in one write */

static int read_byte(void)
{
	unsigned char c;
	ssize_t got;

	while ((got = read(STDIN_FILENO, &c, 1)) < 0 && errno == EINTR && trap_pending)
		run_traps();
	return got == 1 ? c : -1;
}

/* ESC [ A, ESC O A, ESC [ 3 ~ and their kin. */
static int read_escape(void)
{
	int c = read_byte(), number = 0;

	if (c != '[' && c != 'O')
		return c < 0 ? -1 : KEY_NONE;
	while (isdigit(c = read_byte()) || c == ';')
		number = c == ';' ? number : number * 10 + c - '0';
	switch (c) {
	case -1: return -1;
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case 'C': return KEY_RIGHT;
	case 'D': return KEY_LEFT;
	case 'H': return KEY_HOME;
	case 'F': return KEY_END;
	case '~':
		return number == 3 ? KEY_DELETE : number == 1 || number == 7 ? KEY_HOME :
		       number == 4 || number == 8 ? KEY_END : KEY_NONE;
	default: return KEY_NONE;
	}
}

static int read_key(void)
{
	int c = read_byte();

	switch (c) {
	case 033: return read_escape();
	case CTRL('A'): return KEY_HOME;
	case CTRL('B'): return KEY_LEFT;
	case CTRL('E'): return KEY_END;
	case CTRL('F'): return KEY_RIGHT;
	case CTRL('N'): return KEY_DOWN;
	case CTRL('P'): return KEY_UP;
	default: return c;
	}
}

static void flush_screen(void)
{
	if (screen.len)
		write(STDOUT_FILENO, screen.data, screen.len);
	screen.len = 0;
}

static size_t columns(void)
{
	struct winsize ws;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 20 ? ws.ws_col : 80;
}

static void move(size_t count, char direction)
{
	char sequence[16];

	if (!count)
		return;
	snprintf(sequence, sizeof(sequence), "\033[%zu%c", count, direction);
	append_string(&screen, sequence);
}

/* A terminal that wrote its last column goes on to the next row only with the next character. */
static void leave_margin(size_t length, size_t width)
{
	if (length % width == 0)
		append_string(&screen, "\r\n");
}

static void draw(void)
{
	size_t width = columns(), head = strlen(prompt), end = head + line.len, at = head + cursor;

	move(screen_row, 'A');
	append_string(&screen, "\r\033[J");
	append_string(&screen, prompt);
	append_string(&screen, line.data);
	leave_margin(end, width);
	move(end / width - at / width, 'A');
	append(&screen, '\r');
	move(at % width, 'C');
	screen_row = at / width;
}

static void insert(char c)
{
	size_t width = columns(), length;

	append(&line, c);
	memmove(line.data + cursor + 1, line.data + cursor, line.len - 1 - cursor);
	line.data[cursor++] = c;
	if (cursor < line.len) {
		draw();
		return;
	}
	/* Typing at the end needs no more than the character. */
	append(&screen, c);
	length = strlen(prompt) + cursor;
	leave_margin(length, width);
	screen_row = length / width;
}

static void erase(size_t from, size_t to)
{
	memmove(line.data + from, line.data + to, line.len - to);
	line.len -= to - from;
	line.data[line.len] = '\0';
	cursor = from;
	draw();
}

static void replace(const char *text)
{
	line.len = 0;
	line.data[0] = '\0';
	append_string(&line, text);
	cursor = line.len;
	draw();
}

/* The number of characters that all words begin with. */
static size_t common_length(const struct word *words)
{
	size_t len = strlen(words->text);

	for (const struct word *w = words->next; w; w = w->next) {
		size_t same = 0;

		while (same < len && w->text[same] == words->text[same])
			same++;
		len = same;
	}
	return len;
}

static void list_below(const struct word *words)
{
	size_t at = cursor, used = 0;

	cursor = line.len;
	draw();
	append_string(&screen, "\r\n");
	for (const struct word *w = words; w; w = w->next) {
		if (used && used + strlen(w->text) + 2 > columns()) {
			append_string(&screen, "\r\n");
			used = 0;
		}
		append_string(&screen, w->text);
		append_string(&screen, "  ");
		used += strlen(w->text) + 2;
	}
	append_string(&screen, "\r\n");
	cursor = at;
	screen_row = 0;
	draw();
}

/* As far as it is clear what is meant; when nothing can be added, the choices are shown. */
static void complete_word(void)
{
	struct mark mark = memory_mark();
	size_t start, typed;
	struct word *words = complete(line.data, cursor, &start);
	size_t len = words ? common_length(words) : 0;

	typed = cursor - start;
	if (words && len == typed && words->next)
		list_below(words);
	for (size_t i = typed; i < len; i++)
		insert(words->text[i]);
	if (words && !words->next && (!len || words->text[len - 1] != '/'))
		insert(' ');
	memory_release(mark);
}

static size_t word_start(void)
{
	size_t at = cursor;

	while (at && line.data[at - 1] == ' ')
		at--;
	while (at && line.data[at - 1] != ' ')
		at--;
	return at;
}

static void remember(const char *text)
{
	if (!*text || (history_count && !strcmp(history[history_count - 1], text)))
		return;
	if (history_count == HISTORY) {
		free(history[0]);
		memmove(history, history + 1, (HISTORY - 1) * sizeof(*history));
		history_count--;
	}
	history[history_count] = strdup(text);
	history_count += history[history_count] != NULL;
}

/* at is history_count on the line being typed, which is kept in draft meanwhile. */
static void recall(int *at, int step, char **draft)
{
	if (*at + step < 0 || *at + step > history_count)
		return;
	if (*at == history_count) {
		free(*draft);
		*draft = strdup(line.data);
	}
	*at += step;
	replace(*at < history_count ? history[*at] : *draft ? *draft : "");
}

enum outcome { EDITING, ENTERED, CANCELLED, ENDED };

static enum outcome handle(int key, int *at, char **draft)
{
	switch (key) {
	case -1: return ENDED;
	case '\r': case '\n': return ENTERED;
	case CTRL('C'): return CANCELLED;
	case CTRL('D'):
		if (!line.len)
			return ENDED;
		/* fallthrough */
	case KEY_DELETE:
		if (cursor < line.len)
			erase(cursor, cursor + 1);
		break;
	case 0x7f: case '\b':
		if (cursor)
			erase(cursor - 1, cursor);
		break;
	case KEY_LEFT:
		if (cursor) {
			cursor--;
			draw();
		}
		break;
	case KEY_RIGHT:
		if (cursor < line.len) {
			cursor++;
			draw();
		}
		break;
	case KEY_HOME: cursor = 0; draw(); break;
	case KEY_END: cursor = line.len; draw(); break;
	case KEY_UP: recall(at, -1, draft); break;
	case KEY_DOWN: recall(at, 1, draft); break;
	case '\t': complete_word(); break;
	case CTRL('K'): erase(cursor, line.len); break;
	case CTRL('U'): erase(0, cursor); break;
	case CTRL('W'): erase(word_start(), cursor); break;
	case CTRL('L'):
		append_string(&screen, "\033[H");
		screen_row = 0;
		draw();
		break;
	default:
		if (key < 256 && key >= ' ')
			insert(key);
	}
	return EDITING;
}

char *edit_line(const char *text)
{
	struct termios saved, raw;
	enum outcome outcome = EDITING;
	int at = history_count;
	char *draft = NULL;

	prompt = text;
	line.len = cursor = screen_row = 0;
	append(&line, '\0');
	line.len = 0;
	tcgetattr(STDIN_FILENO, &saved);
	raw = saved;
	raw.c_iflag &= ~(ICRNL | INLCR | IXON);
	raw.c_lflag &= ~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	append_string(&screen, prompt);
	flush_screen();
	while (outcome == EDITING) {
		outcome = handle(read_key(), &at, &draft);
		flush_screen();
	}
	free(draft);
	if (cursor < line.len) {
		cursor = line.len;	/* what follows goes below the whole line */
		draw();
	}
	if (outcome == CANCELLED)
		append_string(&screen, "^C");
	append(&screen, '\n');
	flush_screen();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
	if (outcome == ENDED)
		return NULL;
	if (outcome == CANCELLED) {
		got_interrupt = true;
		return strdup("\n");
	}
	remember(line.data);
	append(&line, '\n');
	return strdup(line.data);
}
