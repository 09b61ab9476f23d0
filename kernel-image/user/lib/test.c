/* test: conditions on strings, numbers and files, with ! ( ) -a -o. */
#include <applet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char **arg, **end;
static bool malformed;

static bool any_of(void);

static bool at(const char *text)
{
	return arg < end && !strcmp(*arg, text);
}

static long integer(const char *text)
{
	char *stop;
	long value = strtol(text, &stop, 10);

	if (stop == text || *stop) {
		fprintf(stderr, "test: %s: not a number\n", text);
		malformed = true;
	}
	return value;
}

static bool file_test(char letter, const char *path)
{
	struct stat st;

	switch (letter) {
	case 'n': return *path;
	case 'z': return !*path;
	case 't': return isatty(integer(path));
	case 'r': return access(path, R_OK) == 0;
	case 'w': return access(path, W_OK) == 0;
	case 'x': return access(path, X_OK) == 0;
	case 'h': case 'L': return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	}
	if (stat(path, &st) < 0)
		return false;
	switch (letter) {
	case 'f': return S_ISREG(st.st_mode);
	case 'd': return S_ISDIR(st.st_mode);
	case 'c': return S_ISCHR(st.st_mode);
	case 'b': return S_ISBLK(st.st_mode);
	case 'p': return (st.st_mode & S_IFMT) == S_IFIFO;
	case 's': return st.st_size > 0;
	default: return true;	/* e */
	}
}

static int binary_operator(const char *text)
{
	static const char *const names[] = { "=", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "==" };

	for (int i = 0; i < 9; i++)
		if (!strcmp(text, names[i]))
			return i;
	return -1;
}

static bool compare(const char *a, int operator, const char *b)
{
	long x, y;

	if (operator < 2 || operator == 8)
		return !strcmp(a, b) == (operator != 1);
	x = integer(a);
	y = integer(b);
	switch (operator) {
	case 2: return x == y;
	case 3: return x != y;
	case 4: return x < y;
	case 5: return x <= y;
	case 6: return x > y;
	default: return x >= y;
	}
}

static bool primary(void)
{
	int operator;
	bool value;

	if (arg >= end) {
		malformed = true;
		return false;
	}
	operator = end - arg >= 3 ? binary_operator(arg[1]) : -1;
	if (operator >= 0) {
		arg += 3;
		return compare(arg[-3], operator, arg[-1]);
	}
	if (at("!") && end - arg > 1) {
		arg++;
		return !primary();
	}
	if (at("(") && end - arg > 1) {
		arg++;
		value = any_of();
		if (!at(")"))
			malformed = true;
		arg++;
		return value;
	}
	if (end - arg >= 2 && arg[0][0] == '-' && arg[0][1] && !arg[0][2] && strchr("nztrwxhLfdcbpse", arg[0][1])) {
		arg += 2;
		return file_test(arg[-2][1], arg[-1]);
	}
	return *(*arg++);
}

static bool all_of(void)
{
	bool value = primary();

	while (at("-a")) {
		arg++;
		value = primary() && value;
	}
	return value;
}

static bool any_of(void)
{
	bool value = all_of();

	while (at("-o")) {
		arg++;
		value = all_of() || value;
	}
	return value;
}

int test_command(int argc, char **argv)
{
	bool value;

	if (argc == 1)
		return 1;
	arg = argv + 1;
	end = argv + argc;
	malformed = false;
	value = any_of();
	if (arg < end && !malformed)
		fprintf(stderr, "test: unexpected %s\n", *arg);
	if (malformed || arg < end)
		return 2;
	return !value;
}
