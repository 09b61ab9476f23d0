/* wc: counts lines, words and bytes. */
#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

struct counts { unsigned long lines, words, bytes; };

static bool lines, words, bytes;
static int width = 1;

static int count(int fd, struct counts *c)
{
	bool in_word = false;
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		c->bytes += n;
		for (ssize_t i = 0; i < n; i++) {
			c->lines += buf[i] == '\n';
			if (isspace(buf[i]))
				in_word = false;
			else if (!in_word) {
				in_word = true;
				c->words++;
			}
		}
	}
	return n < 0;
}

static void print(const struct counts *c, const char *name)
{
	const struct { bool wanted; unsigned long value; } columns[] = {
		{ lines, c->lines }, { words, c->words }, { bytes, c->bytes },
	};
	int printed = 0;

	for (int i = 0; i < 3; i++)
		if (columns[i].wanted)
			printf("%s%*lu", printed++ ? " " : "", width, columns[i].value);
	printf("%s%s\n", name ? " " : "", name ? name : "");
}

/* Columns as wide as the sum of the sizes needs, or 7 where a size is not known before. */
static int column_width(int argc, char **argv)
{
	unsigned long total = 0;
	struct stat st;
	int width = 1;

	if (argc < 2 && lines + words + bytes == 1)
		return 1;
	if (!argc)
		return 7;
	for (int i = 0; i < argc; i++) {
		if (stat(argv[i], &st) < 0)
			continue;
		if (!S_ISREG(st.st_mode))
			return 7;
		total += st.st_size;
	}
	for (; total >= 10; total /= 10)
		width++;
	return width;
}

int main(int argc, char **argv)
{
	struct counts total = { 0 };
	int c, failed = 0;

	while ((c = getopt(argc, argv, "lwc", "wc [-lwc] [FILE]...")) != -1)
		*(c == 'l' ? &lines : c == 'w' ? &words : &bytes) = true;
	if (!lines && !words && !bytes)
		lines = words = bytes = true;
	width = column_width(argc - optind, argv + optind);
	if (optind == argc) {
		failed = count(STDIN_FILENO, &total);
		print(&total, NULL);
		return failed;
	}
	for (int i = optind; i < argc; i++) {
		struct counts one = { 0 };
		int fd = strcmp(argv[i], "-") ? open(argv[i], O_RDONLY) : STDIN_FILENO;

		if (fd < 0 || count(fd, &one)) {
			warn(argv[i]);
			failed = 1;
		}
		if (fd > STDIN_FILENO)
			close(fd);
		if (fd < 0)
			continue;
		print(&one, argv[i]);
		total.lines += one.lines;
		total.words += one.words;
		total.bytes += one.bytes;
	}
	if (argc - optind > 1)
		print(&total, "total");
	return failed;
}
