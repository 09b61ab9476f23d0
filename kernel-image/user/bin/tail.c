/* tail: the last lines of files; -f goes on to show what is added. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "tail [-f] [-n LINES | -LINES] [FILE]...";

/* A ring of the last lines. */
static int tail(FILE *f, long lines)
{
	char **ring = calloc(lines + 1, sizeof(*ring)), *line = NULL;
	size_t capacity = 0;
	long count = 0;

	if (!ring)
		return 1;
	while (getline(&line, &capacity, f) >= 0) {
		char **slot = &ring[count++ % (lines + 1)];

		free(*slot);
		*slot = strdup(line);
	}
	for (long i = count > lines ? count - lines : 0; i < count; i++)
		printf("%s", ring[i % (lines + 1)]);
	for (long i = 0; i <= lines; i++)
		free(ring[i]);
	free(ring);
	free(line);
	return ferror(f);
}

static void follow(int fd)
{
	fflush(stdout);
	while (copy_fd(fd, STDOUT_FILENO) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
}

int main(int argc, char **argv)
{
	bool follows = false;
	long lines = 10;
	int c, failed = 0;

	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		lines = number(argv[1] + 1);
		optind = 2;
	}
	while ((c = getopt(argc, argv, "fn:", synopsis)) != -1) {
		if (c == 'f')
			follows = true;
		else
			lines = number(optarg);
	}
	if (lines < 0)
		usage(synopsis);
	if (optind == argc)
		return tail(stdin, lines);
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");

		if (!f) {
			warn(argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		failed |= tail(f, lines);
		if (follows && i == argc - 1)
			follow(fileno(f));
		fclose(f);
	}
	return failed;
}
