/* grep: lines that match a pattern: . * [...] ^ $ and \ as in basic regular expressions, or -F fixed. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>

static const char synopsis[] = "grep [-cFhilnqsvx] [-e] PATTERN [FILE]...";

static struct { bool count, fixed, no_names, ignore_case, files, numbers, quiet, silent, invert, whole; } opt;

static int fold(int c)
{
	return opt.ignore_case ? tolower(c) : c;
}

/* The character behind one element of the pattern: a set, an escaped or a plain character. */
static const char *element_end(const char *p)
{
	if (*p == '\\' && p[1])
		return p + 2;
	if (*p != '[')
		return p + 1;
	p++;
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	while (*p && *p != ']')
		p++;
	return *p ? p + 1 : p;
}

static bool in_set(const char *p, const char *end, char c)
{
	bool negate = *p == '^', found = false;

	for (p += negate; p < end - 1; p++) {
		char low = *p, high = low;

		if (p[1] == '-' && p + 2 < end - 1) {
			high = p[2];
			p += 2;
		}
		if ((c >= low && c <= high) || (opt.ignore_case && ((tolower(c) >= low && tolower(c) <= high) ||
								    (toupper(c) >= low && toupper(c) <= high))))
			found = true;
	}
	return found != negate;
}

static bool element_matches(const char *p, const char *end, char c)
{
	if (!c)
		return false;
	if (*p == '.')
		return true;
	if (*p == '[')
		return in_set(p + 1, end, c);
	return fold(*p == '\\' && p[1] ? p[1] : *p) == fold(c);
}

static bool match_here(const char *p, const char *text)
{
	const char *end;

	if (!*p)
		return !opt.whole || !*text;
	if (p[0] == '$' && !p[1])
		return !*text;
	end = element_end(p);
	if (*end == '*') {
		const char *t = text;

		while (element_matches(p, end, *t))
			t++;
		for (; t >= text; t--)
			if (match_here(end + 1, t))
				return true;
		return false;
	}
	return element_matches(p, end, *text) && match_here(end, text + 1);
}

static bool fixed_here(const char *p, const char *text)
{
	for (; *p; p++, text++)
		if (fold(*p) != fold(*text))
			return false;
	return !opt.whole || !*text;
}

static bool line_matches(const char *pattern, const char *line)
{
	if (!opt.fixed && *pattern == '^')
		return match_here(pattern + 1, line);
	do {
		if ((opt.fixed ? fixed_here : match_here)(pattern, line))
			return true;
	} while (*line++ && !opt.whole);
	return false;
}

/* Prints what is asked for; returns whether a line was selected. */
static bool search(FILE *f, const char *pattern, const char *name, bool with_name)
{
	char *line = NULL;
	size_t capacity = 0;
	unsigned long count = 0, number = 0;

	while (getline(&line, &capacity, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		number++;
		if (line_matches(pattern, line) == opt.invert)
			continue;
		count++;
		if (opt.quiet || opt.files)
			break;
		if (opt.count)
			continue;
		if (with_name)
			printf("%s:", name);
		if (opt.numbers)
			printf("%lu:", number);
		puts(line);
	}
	if (opt.files && count && !opt.quiet)
		puts(name);
	if (opt.count && !opt.quiet && !opt.files) {
		if (with_name)
			printf("%s:", name);
		printf("%lu\n", count);
	}
	free(line);
	return count;
}

static void set_option(int c)
{
	switch (c) {
	case 'c': opt.count = true; break;
	case 'F': opt.fixed = true; break;
	case 'h': opt.no_names = true; break;
	case 'i': opt.ignore_case = true; break;
	case 'l': opt.files = true; break;
	case 'n': opt.numbers = true; break;
	case 'q': opt.quiet = true; break;
	case 's': opt.silent = true; break;
	case 'v': opt.invert = true; break;
	case 'x': opt.whole = true; break;
	}
}

int main(int argc, char **argv)
{
	bool found = false, failed = false, with_name;
	const char *pattern = NULL;
	int c;

	while ((c = getopt(argc, argv, "cFhilnqsvxe:", synopsis)) != -1) {
		if (c == 'e')
			pattern = optarg;
		else
			set_option(c);
	}
	if (!pattern) {
		if (optind == argc)
			usage(synopsis);
		pattern = argv[optind++];
	}
	if (optind == argc)
		return !search(stdin, pattern, "(standard input)", false);
	with_name = argc - optind > 1 && !opt.no_names;
	for (int i = optind; i < argc; i++) {
		FILE *f = strcmp(argv[i], "-") ? fopen(argv[i], "r") : stdin;

		if (!f) {
			failed = true;
			if (!opt.silent)
				warn(argv[i]);
			continue;
		}
		found |= search(f, pattern, argv[i], with_name);
		if (f != stdin)
			fclose(f);
	}
	return failed ? 2 : !found;
}
