/* date: the time in UTC, in a format of choice; -s SECONDS sets it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tool.h>

static const char synopsis[] = "date [-u] [-d @SECONDS] [-s @SECONDS] [+FORMAT]";

static time_t parse(const char *text)
{
	if (*text != '@')
		fail("'%s' is not @SECONDS since 1970", text);
	return number(text + 1);
}

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	time_t when = time(NULL);
	char text[256];
	struct tm tm;
	int c;

	while ((c = getopt(argc, argv, "ud:s:", synopsis)) != -1) {
		if (c == 'u')
			continue;
		when = parse(optarg);
		if (c == 's' && clock_settime(CLOCK_REALTIME, &(struct timespec){ .tv_sec = when }) < 0)
			die("cannot set the time");
	}
	if (optind < argc && argv[optind][0] == '+')
		format = argv[optind++] + 1;
	if (optind < argc)
		usage(synopsis);
	strftime(text, sizeof(text), format, gmtime_r(&when, &tm));
	puts(text);
	return 0;
}
