/* echo: prints its arguments; -n without a newline, -e with escapes. */
#include <applet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Prints one escape whose backslash is past, and returns the last character used. */
static const char *escape(const char *p)
{
	static const char codes[] = "abefnrtv\\", values[] = "\a\b\033\f\n\r\t\v\\";
	const char *code = *p ? strchr(codes, *p) : NULL;
	int value = 0, digits = 0;

	if (code) {
		putchar(values[code - codes]);
		return p;
	}
	if (*p != '0') {
		putchar('\\');
		if (*p)
			putchar(*p);
		return *p ? p : p - 1;
	}
	while (digits < 3 && p[1] >= '0' && p[1] <= '7') {
		value = value * 8 + (*++p - '0');
		digits++;
	}
	putchar(value);
	return p;
}

int echo_command(int argc, char **argv)
{
	bool newline = true, escapes = false;
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] && !argv[i][1 + strspn(argv[i] + 1, "neE")]; i++)
		for (const char *p = argv[i] + 1; *p; p++) {
			if (*p == 'n')
				newline = false;
			else
				escapes = *p == 'e';
		}
	for (; i < argc; i++) {
		for (const char *p = argv[i]; *p; p++) {
			if (escapes && *p == '\\')
				p = escape(p + 1);
			else
				putchar(*p);
		}
		if (i + 1 < argc)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	fflush(stdout);
	if (!ferror(stdout))
		return 0;
	clearerr(stdout);
	fprintf(stderr, "echo: write error: %s\n", strerror(errno));
	return 1;
}
