/* hexdump: bytes in hexadecimal; -C with the characters beside. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tool.h>

static const char synopsis[] = "hexdump [-C] [-n BYTES] [-s SKIP] [FILE]";

static void print_canonical(unsigned long offset, const unsigned char *row, size_t len)
{
	printf("%08lx ", offset);
	for (size_t i = 0; i < 16; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < len)
			printf("%02x ", row[i]);
		else
			printf("   ");
	}
	printf(" |");
	for (size_t i = 0; i < len; i++)
		putchar(isprint(row[i]) ? row[i] : '.');
	printf("|\n");
}

static void print_words(unsigned long offset, const unsigned char *row, size_t len)
{
	printf("%07lx", offset);
	for (size_t i = 0; i < len; i += 2)
		printf(" %04x", row[i] | (i + 1 < len ? row[i + 1] << 8 : 0));
	printf("%*s\n", 5 * (8 - (int)(len + 1) / 2), "");
}

int main(int argc, char **argv)
{
	unsigned char row[16], previous[16];
	unsigned long offset = 0, limit = ~0UL, skip = 0;
	bool canonical = false, starred = false;
	FILE *f = stdin;
	size_t len;
	int c;

	while ((c = getopt(argc, argv, "Cn:s:", synopsis)) != -1) {
		if (c == 'C')
			canonical = true;
		else
			*(c == 'n' ? &limit : &skip) = number(optarg);
	}
	if (argc - optind > 1)
		usage(synopsis);
	if (optind < argc && !(f = fopen(argv[optind], "r")))
		die(argv[optind]);
	for (; skip > offset && fgetc(f) != EOF; offset++)
		;
	if (limit != ~0UL)
		limit += offset;
	while (offset < limit && (len = fread(row, 1, limit - offset < 16 ? limit - offset : 16, f)) > 0) {
		/* Equal rows show as one star. */
		if (len == 16 && offset > skip && !memcmp(row, previous, 16)) {
			if (!starred)
				printf("*\n");
			starred = true;
		} else {
			starred = false;
			(canonical ? print_canonical : print_words)(offset, row, len);
		}
		memcpy(previous, row, 16);
		offset += len;
	}
	if (offset > skip)
		printf(canonical ? "%08lx\n" : "%07lx\n", offset);
	return ferror(f);
}
