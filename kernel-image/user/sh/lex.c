/* Cuts input into words and operators; quotation is kept for the expansion to read. */
#include "sh.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool incomplete;

static void scan_until(struct buffer *b, int closing);

static int next_or_end(void)
{
	int c = next_char();

	if (!c)
		incomplete = true;
	return c;
}

static void scan_single(struct buffer *b)
{
	int c;

	while ((c = next_or_end())) {
		append(b, c);
		if (c == '\'')
			return;
	}
}

/* After a '$' that was appended: the parenthesised or braced part, with everything nested in it. */
static void scan_dollar(struct buffer *b)
{
	int c = next_char();

	if (c == '(' || c == '{') {
		append(b, c);
		scan_until(b, c == '(' ? ')' : '}');
	} else if (c) {
		back_char();
	}
}

static void scan_escape(struct buffer *b)
{
	int c = next_or_end();

	if (c == '\n') {	/* a joined line leaves no trace */
		b->data[--b->len] = '\0';
		return;
	}
	if (c)
		append(b, c);
}

/* Appends up to and with the closing character, stepping over quotations and nested parts. */
static void scan_until(struct buffer *b, int closing)
{
	int c, depth = 0;

	while ((c = next_or_end())) {
		append(b, c);
		if (c == closing && depth-- == 0)
			return;
		if (c == '\\')
			scan_escape(b);
		else if (c == '$')
			scan_dollar(b);
		else if (c == '`' && closing != '`')
			scan_until(b, '`');
		else if (c == '"' && closing != '"')
			scan_until(b, '"');
		else if (c == '\'' && closing != '"')
			scan_single(b);
		else if (c == '(' && closing == ')')
			depth++;
	}
}

static bool ends_word(int c)
{
	return !c || isspace(c) || strchr(";&|()<>", c);
}

static char *scan_word(int c)
{
	struct buffer b = { 0 };
	char *text;

	for (; !ends_word(c); c = next_char()) {
		append(&b, c);
		if (c == '\\')
			scan_escape(&b);
		else if (c == '\'')
			scan_single(&b);
		else if (c == '"' || c == '`')
			scan_until(&b, c);
		else if (c == '$')
			scan_dollar(&b);
	}
	if (c)
		back_char();
	text = take_string(b.data ? b.data : "", b.len);
	free(b.data);
	return text;
}

static bool follows(int wanted)
{
	int c = next_char();

	if (c == wanted)
		return true;
	if (c)
		back_char();
	return false;
}

static enum token operator(int c)
{
	switch (c) {
	case ';': return follows(';') ? T_DSEMI : T_SEMI;
	case '&': return follows('&') ? T_AND : T_AMP;
	case '|': return follows('|') ? T_OR : T_PIPE;
	case '(': return T_LPAREN;
	case ')': return T_RPAREN;
	case '<':
		if (follows('<'))
			return follows('-') ? T_DLESSDASH : T_DLESS;
		return follows('&') ? T_LESSAND : follows('>') ? T_LESSGREAT : T_LESS;
	case '>': return follows('>') ? T_DGREAT : follows('&') ? T_GREATAND : T_GREAT;
	default: return T_WORD;
	}
}

struct lexeme next_lexeme(void)
{
	struct lexeme l = { .fd = -1 };
	int c = next_char();

	for (;;) {
		while (c == ' ' || c == '\t' || c == '\r')
			c = next_char();
		if (c == '#') {
			while (c && c != '\n')
				c = next_char();
		} else if (c == '\\' && follows('\n')) {
			c = next_char();
		} else {
			break;
		}
	}
	if (!c || c == '\n') {
		l.token = c ? T_NEWLINE : T_END;
		return l;
	}
	l.token = operator(c);
	if (l.token != T_WORD)
		return l;
	l.text = scan_word(c);
	if (!l.text[strspn(l.text, "0123456789")] && strlen(l.text) < 4) {
		c = next_char();
		if (c == '<' || c == '>') {
			l.fd = atoi(l.text);
			l.token = operator(c);
		} else if (c) {
			back_char();
		}
	}
	return l;
}

void read_here_document(struct redirect *r, const char *delimiter, bool strip_tabs)
{
	struct buffer text = { 0 };
	size_t line;
	int c;

	append_string(&text, "");
	do {
		line = text.len;
		while ((c = next_char()) && c != '\n')
			if (c != '\t' || !strip_tabs || text.len > line)
				append(&text, c);
		if (!strcmp(text.data ? text.data + line : "", delimiter)) {
			text.len = line;
			break;
		}
		if (c)
			append(&text, '\n');
	} while (c);
	r->target = take_string(text.data ? text.data : "", text.len);
	free(text.data);
}
