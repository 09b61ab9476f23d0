/* sleep: waits some seconds; fractions and the units s, m, h and d are understood. */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>
#include <tool.h>

static struct timespec parse(const char *text)
{
	struct timespec t = { 0, 0 };
	char *p;
	long unit;

	if (!isdigit(*text) && *text != '.')
		fail("'%s' is not a time", text);
	t.tv_sec = strtoul(text, &p, 10);
	if (*text == '.')
		p = (char *)text;
	if (*p == '.')
		for (long place = 100000000; isdigit(*++p); place /= 10)
			t.tv_nsec += (*p - '0') * place;
	unit = *p == 'm' ? 60 : *p == 'h' ? 3600 : *p == 'd' ? 86400 : 1;
	if (*p && (unit == 1 ? *p != 's' || p[1] : p[1] != '\0'))
		fail("'%s' is not a time", text);
	t.tv_sec = t.tv_sec * unit + t.tv_nsec * unit / 1000000000;
	t.tv_nsec = t.tv_nsec * unit % 1000000000;
	return t;
}

int main(int argc, char **argv)
{
	getopt(argc, argv, "", "sleep SECONDS...");
	if (optind == argc)
		usage("sleep SECONDS...");
	for (int i = optind; i < argc; i++) {
		struct timespec t = parse(argv[i]);

		if (nanosleep(&t, NULL) < 0)
			die("interrupted");
	}
	return 0;
}
