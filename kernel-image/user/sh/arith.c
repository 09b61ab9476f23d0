/* Integer expressions of $((...)), by precedence climbing. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *p;
static bool failed;

static long expression(int level);

/* Binary operators by rising precedence; longer ones first where one begins another. */
static const struct { const char *text; int level; } operators[] = {
	{ "||", 1 }, { "&&", 2 }, { "==", 6 }, { "!=", 6 }, { "<<", 8 }, { ">>", 8 }, { "<=", 7 }, { ">=", 7 },
	{ "|", 3 }, { "^", 4 }, { "&", 5 }, { "<", 7 }, { ">", 7 }, { "+", 9 }, { "-", 9 }, { "*", 10 },
	{ "/", 10 }, { "%", 10 },
};

static void skip_space(void)
{
	while (isspace(*p))
		p++;
}

static long variable_value(const char *name)
{
	const char *value = get_variable(name);

	return value ? strtol(value, NULL, 0) : 0;
}

/* name, or name = expression */
static long variable(void)
{
	size_t len = name_length(p);
	char *name = take_string(p, len), number[24];
	long value;

	p += len;
	skip_space();
	if (p[0] != '=' || p[1] == '=')
		return variable_value(name);
	p++;
	value = expression(0);
	snprintf(number, sizeof(number), "%ld", value);
	set_variable(name, number);
	return value;
}

static long primary(void)
{
	char *end;
	long value;

	skip_space();
	switch (*p) {
	case '(':
		p++;
		value = expression(0);
		skip_space();
		if (*p++ != ')')
			failed = true;
		return value;
	case '-': p++; return -primary();
	case '+': p++; return primary();
	case '!': p++; return !primary();
	case '~': p++; return ~primary();
	}
	if (name_length(p))
		return variable();
	value = strtol(p, &end, 0);
	if (end == p)
		failed = true;
	p = end;
	return value;
}

static long apply(const char *op, long a, long b)
{
	unsigned long x = a, y = b;

	if ((*op == '/' || *op == '%') && b == 0) {
		complain("division by zero");
		failed = true;
		return 0;
	}
	if (!strcmp(op, "||")) return a || b;
	if (!strcmp(op, "&&")) return a && b;
	if (!strcmp(op, "==")) return a == b;
	if (!strcmp(op, "!=")) return a != b;
	if (!strcmp(op, "<=")) return a <= b;
	if (!strcmp(op, ">=")) return a >= b;
	if (!strcmp(op, "<<")) return x << (y & 63);
	if (!strcmp(op, ">>")) return a >> (y & 63);
	switch (*op) {
	case '|': return a | b;
	case '^': return a ^ b;
	case '&': return a & b;
	case '<': return a < b;
	case '>': return a > b;
	case '+': return x + y;
	case '-': return x - y;
	case '*': return x * y;
	case '/': return b == -1 ? (long)-x : a / b;
	default: return b == -1 ? 0 : a % b;
	}
}

static long expression(int level)
{
	long value = primary();

	for (;;) {
		unsigned int i = 0;

		skip_space();
		while (i < sizeof(operators) / sizeof(operators[0]) &&
		       strncmp(p, operators[i].text, strlen(operators[i].text)))
			i++;
		if (failed || i == sizeof(operators) / sizeof(operators[0]) || operators[i].level <= level)
			break;
		p += strlen(operators[i].text);
		value = apply(operators[i].text, value, expression(operators[i].level));
	}
	if (level == 0 && *p == '?') {
		long yes, no;

		p++;
		yes = expression(0);
		skip_space();
		if (*p++ != ':')
			failed = true;
		no = failed ? 0 : expression(0);
		return value ? yes : no;
	}
	return value;
}

bool evaluate(const char *text, long *value)
{
	p = text;
	failed = false;
	skip_space();
	*value = *p ? expression(0) : 0;
	if (!failed && *p)
		failed = true;
	if (failed)
		complain("bad expression: %s", text);
	return !failed;
}
