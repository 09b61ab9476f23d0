/* Expansion of words: parameters, commands, arithmetic, then fields and path names.
 *
 * A word expands into characters that each carry where they came from, because the later steps
 * depend on it: only expanded characters split fields, and only unquoted ones match path names. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum origin {
	LITERAL = 'l',
	QUOTED = 'q',
	EXPANDED = 'x',
	EMPTY = 'e',	/* no character: this field exists even when nothing is in it */
	END = 'b',	/* no character: a field ends here, as between the parts of "$@" */
};

struct output { struct buffer text, origins; };

bool expand_failed;

static void scan(struct output *o, const char *p, bool quoted);

static void emit(struct output *o, char c, enum origin origin)
{
	append(&o->text, c);
	append(&o->origins, origin);
}

static void emit_value(struct output *o, const char *value, bool quoted)
{
	while (*value)
		emit(o, *value++, quoted ? QUOTED : EXPANDED);
}

/* The place of the closing character of a part that is open at p. */
static const char *skip_until(const char *p, char closing)
{
	int depth = 0;

	for (; *p; p++) {
		if (*p == closing && depth-- == 0)
			return p;
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '$' && (p[1] == '(' || p[1] == '{'))
			p = skip_until(p + 2, p[1] == '(' ? ')' : '}');
		else if ((*p == '`' || *p == '"') && *p != closing)
			p = skip_until(p + 1, *p);
		else if (*p == '\'' && closing != '"')
			while (p[1] && *++p != '\'')
				;
		else if (*p == '(' && closing == ')')
			depth++;
		if (!*p)
			break;
	}
	return p;
}

static void emit_positional(struct output *o, bool quoted, bool joined)
{
	for (int i = 0; i < positional_count; i++) {
		if (i)
			emit(o, ' ', joined ? QUOTED : END);
		if (quoted && !joined)
			emit(o, ' ', EMPTY);
		emit_value(o, positional[i], quoted);
	}
}

/* The value of a parameter, or NULL when it is not set. */
static const char *parameter_value(const char *name)
{
	static char number[24];

	if (name_length(name))
		return get_variable(name);
	if (isdigit(*name)) {
		int n = atoi(name);

		return n == 0 ? shell_name : n <= positional_count ? positional[n - 1] : NULL;
	}
	switch (*name) {
	case '?': snprintf(number, sizeof(number), "%d", last_status); break;
	case '#': snprintf(number, sizeof(number), "%d", positional_count); break;
	case '$': snprintf(number, sizeof(number), "%d", (int)shell_pid); break;
	case '!':
		if (!last_background)
			return NULL;
		snprintf(number, sizeof(number), "%d", (int)last_background);
		break;
	case '-': return interactive ? "i" : "";
	default: return NULL;
	}
	return number;
}

static void command_substitution(struct output *o, const char *text, bool quoted)
{
	int fd[2], status;
	struct buffer b = { 0 };
	ssize_t n;
	char buf[512];
	pid_t pid;

	if (pipe(fd) < 0 || (pid = fork_process()) < 0) {
		complain("cannot fork");
		expand_failed = true;
		return;
	}
	if (pid == 0) {
		close(fd[0]);
		dup2(fd[1], STDOUT_FILENO);
		close(fd[1]);
		enter_job(NULL, false);
		exit(run_string(text));
	}
	close(fd[1]);
	while ((n = read(fd[0], buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (buf[i])
				append(&b, buf[i]);
	close(fd[0]);
	waitpid(pid, &status, 0);
	last_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	if (b.data)
		emit_value(o, b.data, quoted);
	free(b.data);
}

static void arithmetic(struct output *o, const char *text, bool quoted)
{
	char number[24];
	long value = 0;

	if (!evaluate(expand_here(text), &value)) {
		expand_failed = true;
		return;
	}
	snprintf(number, sizeof(number), "%ld", value);
	emit_value(o, number, quoted);
}

/* ${name#pattern} and its kin: the value without the shortest or longest matching prefix or suffix. */
static void emit_trimmed(struct output *o, const char *value, const char *operator, bool quoted)
{
	bool longest = operator[0] == operator[1], suffix = *operator == '%';
	const char *pattern = expand_pattern(operator + 1 + longest);
	size_t len = strlen(value);

	for (size_t i = 0; i <= len; i++) {
		size_t cut = longest != suffix ? len - i : i;	/* where the value is cut in two */
		char *part;

		if (suffix)
			cut = longest ? i : len - i;
		part = suffix ? take_string(value + cut, len - cut) : take_string(value, cut);
		if (match(pattern, part)) {
			emit_value(o, suffix ? take_string(value, cut) : value + cut, quoted);
			return;
		}
	}
	emit_value(o, value, quoted);
}

static void bad_parameter(const char *name, const char *message)
{
	complain("%s: %s", name, message);
	expand_failed = true;
}

/* What stands between the braces of ${...}. */
static void braced(struct output *o, const char *text, bool quoted)
{
	bool length = text[0] == '#' && text[1] && !strchr(":-=+?#%", text[1]);
	const char *operator, *value;
	char *name, number[24];
	size_t len;
	bool colon, present;

	text += length;
	len = name_length(text);
	if (!len)
		len = isdigit(*text) ? strspn(text, "0123456789") : *text != '\0';
	name = take_string(text, len);
	operator = text + len;
	if ((*name == '@' || *name == '*') && !*operator && !length) {
		emit_positional(o, quoted, quoted && *name == '*');
		return;
	}
	value = parameter_value(name);
	if (length) {
		snprintf(number, sizeof(number), "%zu", value ? strlen(value) : 0);
		emit_value(o, number, quoted);
		return;
	}
	if (*operator == '#' || *operator == '%') {
		emit_trimmed(o, value ? value : "", operator, quoted);
		return;
	}
	colon = *operator == ':';
	operator += colon;
	present = value && (!colon || *value);
	if (*name == '@' || *name == '*')
		present = positional_count > 0;
	switch (*operator) {
	case '\0':
		if (!value && options.unset_is_error)
			bad_parameter(name, "parameter not set");
		emit_value(o, value ? value : "", quoted);
		break;
	case '-':
		if (present && (*name == '@' || *name == '*'))
			emit_positional(o, quoted, quoted && *name == '*');
		else if (present)
			emit_value(o, value, quoted);
		else
			scan(o, operator + 1, quoted);
		break;
	case '+':
		if (present)
			scan(o, operator + 1, quoted);
		break;
	case '=':
		if (!present && name_length(name)) {
			set_variable(name, expand_word(operator + 1));
			value = get_variable(name);
		}
		emit_value(o, value ? value : "", quoted);
		break;
	case '?':
		if (present)
			emit_value(o, value, quoted);
		else
			bad_parameter(name, operator[1] ? expand_word(operator + 1) : "parameter not set");
		break;
	default:
		bad_parameter(text, "bad substitution");
	}
}

/* Expands what begins with the '$' at p; returns the last character used. */
static const char *dollar(struct output *o, const char *p, bool quoted)
{
	const char *end, *value;
	char *inner, *name;
	size_t len;

	if (p[1] == '(' || p[1] == '{') {
		end = skip_until(p + 2, p[1] == '(' ? ')' : '}');
		len = end - (p + 2);
		inner = take_string(p + 2, len);
		if (p[1] == '{')
			braced(o, inner, quoted);
		else if (len >= 2 && inner[0] == '(' && inner[len - 1] == ')')
			arithmetic(o, take_string(inner + 1, len - 2), quoted);
		else
			command_substitution(o, inner, quoted);
		return *end ? end : end - 1;
	}
	if (p[1] == '@' || p[1] == '*') {
		emit_positional(o, quoted, quoted && p[1] == '*');
		return p + 1;
	}
	len = name_length(p + 1);
	if (!len)
		len = p[1] && (isdigit(p[1]) || strchr("?#$!-", p[1])) ? 1 : 0;
	if (!len) {
		emit(o, '$', quoted ? QUOTED : LITERAL);
		return p;
	}
	name = take_string(p + 1, len);
	value = parameter_value(name);
	if (!value && options.unset_is_error)
		bad_parameter(name, "parameter not set");
	emit_value(o, value ? value : "", quoted);
	return p + len;
}

static const char *backquoted(struct output *o, const char *p, bool quoted)
{
	const char *end = skip_until(p + 1, '`');
	char *text = take_string(p + 1, end - (p + 1)), *out = text;

	for (const char *in = text; *in; in++) {
		if (*in == '\\' && in[1] && strchr("$`\\", in[1]))
			in++;
		*out++ = *in;
	}
	*out = '\0';
	command_substitution(o, text, quoted);
	return *end ? end : end - 1;
}

static const char *double_quoted(struct output *o, const char *p)
{
	const char *end = skip_until(p + 1, '"');
	char *inner = take_string(p + 1, end - (p + 1));

	/* "$@" without arguments is no field at all. */
	if (strcmp(inner, "$@") || positional_count)
		emit(o, ' ', EMPTY);
	scan(o, inner, true);
	return *end ? end : end - 1;
}

/* quoted: inside double quotes or a here-document, where only $, ` and \ mean something. */
static void scan(struct output *o, const char *p, bool quoted)
{
	if (!quoted && *p == '~' && (!p[1] || p[1] == '/') && get_variable("HOME")) {
		emit_value(o, get_variable("HOME"), true);
		p++;
	}
	for (; *p; p++) {
		if (*p == '$') {
			p = dollar(o, p, quoted);
		} else if (*p == '`') {
			p = backquoted(o, p, quoted);
		} else if (*p == '\\' && p[1] && (!quoted || strchr("$`\"\\\n", p[1]))) {
			if (*++p != '\n')
				emit(o, *p, QUOTED);
		} else if (*p == '\'' && !quoted) {
			emit(o, ' ', EMPTY);
			while (*++p && *p != '\'')
				emit(o, *p, QUOTED);
			if (!*p)
				p--;
		} else if (*p == '"' && !quoted) {
			p = double_quoted(o, p);
		} else {
			emit(o, *p, quoted ? QUOTED : LITERAL);
		}
	}
}

static bool is_pattern_character(char c)
{
	return strchr("*?[]\\", c) != NULL;
}

/* The characters from..to as a pattern: special characters that were quoted are escaped. */
static char *pattern_of(const struct output *o, size_t from, size_t to)
{
	char *pattern = take(2 * (to - from) + 1), *out = pattern;

	for (size_t i = from; i < to; i++) {
		if (o->origins.data[i] == EMPTY || o->origins.data[i] == END)
			continue;
		if (is_pattern_character(o->text.data[i]) &&
		    (o->origins.data[i] == QUOTED || o->text.data[i] == '\\'))
			*out++ = '\\';
		*out++ = o->text.data[i];
	}
	return pattern;
}

static char *text_of(const struct output *o, size_t from, size_t to)
{
	char *text = take(to - from + 1), *out = text;

	for (size_t i = from; i < to; i++)
		if (o->origins.data[i] != EMPTY)
			*out++ = o->text.data[i];
	return text;
}

static void add_field(const struct output *o, size_t from, size_t to, struct word ***tail)
{
	bool special = false;

	for (size_t i = from; i < to; i++)
		if ((o->origins.data[i] == LITERAL || o->origins.data[i] == EXPANDED) &&
		    strchr("*?[", o->text.data[i]))
			special = true;
	if (special && glob(pattern_of(o, from, to), tail))
		return;
	**tail = take(sizeof(***tail));
	(**tail)->text = text_of(o, from, to);
	*tail = &(**tail)->next;
}

static void split(const struct output *o, struct word ***tail)
{
	const char *ifs = get_variable("IFS");
	size_t start = 0;

	if (!ifs)
		ifs = " \t\n";
	for (size_t i = 0; i < o->text.len; i++) {
		bool separator = o->origins.data[i] == EXPANDED && strchr(ifs, o->text.data[i]);

		if (!separator && o->origins.data[i] != END)
			continue;
		/* White space in a row is one separator; other separators make empty fields. */
		if (i > start || (separator && !isspace(o->text.data[i])))
			add_field(o, start, i, tail);
		start = i + 1;
	}
	if (o->text.len > start)
		add_field(o, start, o->text.len, tail);
}

static void drop(struct output *o)
{
	free(o->text.data);
	free(o->origins.data);
}

struct word *expand_words(struct word *words)
{
	struct word *first = NULL, **tail = &first;

	for (; words; words = words->next) {
		struct output o = { 0 };

		scan(&o, words->text, false);
		split(&o, &tail);
		drop(&o);
	}
	return first;
}

char *expand_word(const char *text)
{
	struct output o = { 0 };
	char *result;

	scan(&o, text, false);
	result = text_of(&o, 0, o.text.len);
	drop(&o);
	return result;
}

char *expand_pattern(const char *text)
{
	struct output o = { 0 };
	char *result;

	scan(&o, text, false);
	result = pattern_of(&o, 0, o.text.len);
	drop(&o);
	return result;
}

char *expand_here(const char *text)
{
	struct output o = { 0 };
	char *result;

	scan(&o, text, true);
	result = text_of(&o, 0, o.text.len);
	drop(&o);
	return result;
}
