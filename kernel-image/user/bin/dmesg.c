/* dmesg: the kernel's log; -c clears it, -n sets the level of messages that reach the console. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <tool.h>

int main(int argc, char **argv)
{
	int c, len, size, level = 0;
	bool clear = false, raw = false, line_start = true;
	char *log;

	while ((c = getopt(argc, argv, "crn:", "dmesg [-cr] [-n LEVEL]")) != -1) {
		if (c == 'n')
			level = number(optarg);
		clear |= c == 'c';
		raw |= c == 'r';
	}
	if (optind < argc)
		usage("dmesg [-cr] [-n LEVEL]");
	if (level) {
		if (klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, level) < 0)
			die("syslog");
		return 0;
	}
	size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	log = malloc(size > 0 ? size : 65536);
	len = log ? klogctl(SYSLOG_ACTION_READ_ALL, log, size > 0 ? size : 65536) : -1;
	if (len < 0)
		die("syslog");
	for (int i = 0; i < len; i++) {
		/* Each line begins with its level: <6> */
		if (line_start && log[i] == '<' && !raw) {
			while (i < len && log[i] != '>')
				i++;
			line_start = false;
			continue;
		}
		putchar(log[i]);
		line_start = log[i] == '\n';
	}
	if (clear && klogctl(SYSLOG_ACTION_CLEAR, NULL, 0) < 0)
		die("syslog");
	return 0;
}
