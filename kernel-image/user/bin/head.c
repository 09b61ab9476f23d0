/* head: the first lines (-n) or bytes (-c) of files. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>

static const char synopsis[] = "head [-n LINES | -c BYTES | -LINES] [FILE]...";

static void head(FILE *f, long lines, long bytes)
{
	int c;

	while ((bytes < 0 ? lines > 0 : bytes > 0) && (c = fgetc(f)) != EOF) {
		putchar(c);
		bytes -= bytes > 0;
		lines -= c == '\n';
	}
}

int main(int argc, char **argv)
{
	long lines = 10, bytes = -1;
	int c, failed = 0;

	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		lines = number(argv[1] + 1);
		optind = 2;
	}
	while ((c = getopt(argc, argv, "n:c:", synopsis)) != -1)
		*(c == 'n' ? &lines : &bytes) = number(optarg);
	if (optind == argc)
		head(stdin, lines, bytes);
	for (int i = optind; i < argc; i++) {
		FILE *f = strcmp(argv[i], "-") ? fopen(argv[i], "r") : stdin;

		if (!f) {
			warn(argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		head(f, lines, bytes);
		if (f != stdin)
			fclose(f);
	}
	return failed;
}
