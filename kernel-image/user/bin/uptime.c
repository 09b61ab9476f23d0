/* uptime: the time, since when the system runs, and its load. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tool.h>

int main(int argc, char **argv)
{
	char *up = slurp("/proc/uptime", NULL), *load = slurp("/proc/loadavg", NULL), now_text[16];
	unsigned long seconds;
	time_t now = time(NULL);
	struct tm tm;

	getopt(argc, argv, "", "uptime");
	if (optind < argc)
		usage("uptime");
	if (!up)
		die("/proc/uptime");
	seconds = strtoul(up, NULL, 10);
	strftime(now_text, sizeof(now_text), "%T", gmtime_r(&now, &tm));
	printf(" %s up ", now_text);
	if (seconds >= 86400)
		printf("%lu day%s, ", seconds / 86400, seconds >= 2 * 86400 ? "s" : "");
	if (seconds >= 3600)
		printf("%2lu:%02lu", seconds / 3600 % 24, seconds / 60 % 60);
	else
		printf("%lu min", seconds / 60);
	if (load) {
		char *rest = load, *one = strsep(&rest, " "), *five = strsep(&rest, " "),
		     *fifteen = strsep(&rest, " ");

		printf(",  load average: %s, %s, %s", one, five, fifteen);
	}
	putchar('\n');
	return 0;
}
