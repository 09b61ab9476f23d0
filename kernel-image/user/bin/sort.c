/* sort: the lines of its files in order; -n by number, -r reversed, -u each once. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>

static bool numeric, reverse, unique;

static int order(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	long p = numeric ? strtol(x, NULL, 10) : 0, q = numeric ? strtol(y, NULL, 10) : 0;
	int result = p != q ? (p > q) - (p < q) : strcmp(x, y);

	return reverse ? -result : result;
}

static char **lines;
static size_t count;

static void read_lines(FILE *f)
{
	char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, f) >= 0) {
		if (count % 256 == 0 && !(lines = realloc(lines, (count + 256) * sizeof(*lines))))
			die("sort");
		line[strcspn(line, "\n")] = '\0';
		lines[count] = strdup(line);
		if (!lines[count++])
			die("sort");
	}
	free(line);
}

int main(int argc, char **argv)
{
	int c, failed = 0;

	while ((c = getopt(argc, argv, "nru", "sort [-nru] [FILE]...")) != -1)
		*(c == 'n' ? &numeric : c == 'r' ? &reverse : &unique) = true;
	if (optind == argc)
		read_lines(stdin);
	for (; optind < argc; optind++) {
		FILE *f = fopen(argv[optind], "r");

		if (!f) {
			warn(argv[optind]);
			failed = 2;
			continue;
		}
		read_lines(f);
		fclose(f);
	}
	qsort(lines, count, sizeof(*lines), order);
	for (size_t i = 0; i < count; i++)
		if (!unique || !i || (numeric ? strtol(lines[i], NULL, 10) != strtol(lines[i - 1], NULL, 10)
					      : strcmp(lines[i], lines[i - 1])))
			puts(lines[i]);
	return failed;
}
