/* kill: sends a signal to processes, process groups (-N) and jobs (%N). */
#include <applet.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int list_signals(void)
{
	for (int i = 1; i < 32; i++)
		printf("%2d) SIG%-8s%s", i, signal_name(i), i % 5 == 0 || i == 31 ? "\n" : "");
	return 0;
}

static int complain(const char *what, const char *message)
{
	fflush(stdout);
	fprintf(stderr, "kill: %s: %s\n", what, message);
	return 1;
}

static int send(const char *target, int sig, pid_t (*group)(const char *job))
{
	char *end;
	long pid = *target == '%' ? -group(target) : strtol(target, &end, 10);

	if (*target == '%' ? pid == 0 : end == target || *end)
		return complain(target, "no such process or job");
	return kill(pid, sig) < 0 ? complain(target, strerror(errno)) : 0;
}

int kill_command(int argc, char **argv, pid_t (*group)(const char *job))
{
	int i = 1, sig = SIGTERM, failed = 0;
	const char *name = NULL;

	if (i < argc && !strcmp(argv[i], "-l"))
		return list_signals();
	if (i < argc && !strcmp(argv[i], "-s")) {
		name = i + 1 < argc ? argv[i + 1] : "";
		i += 2;
	} else if (i < argc && argv[i][0] == '-' && strcmp(argv[i], "--")) {
		name = argv[i++] + 1;
	}
	if (name && (sig = signal_number(name)) < 0)
		return complain(name, "unknown signal");
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	if (i >= argc) {
		fprintf(stderr, "Usage: kill [-SIGNAL] PID...   or: kill -l\n");
		return 2;
	}
	for (; i < argc; i++)
		failed |= send(argv[i], sig, group);
	return failed;
}
