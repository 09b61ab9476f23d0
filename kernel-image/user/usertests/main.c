/*
 * usertests: system calls, memory, signals, threads and limits, tried from user mode, told as KTAP.
 *
 *	usertests [-l] [-n] [-t SECONDS] [SUITE ...]
 *
 * -l lists the tests, -n leaves the search for leaks out, -t is the limit of time for a test (15 s)
 *
 * Each test runs in a child with a directory and a process group of its own and a
 * limit of time. Afterwards the free pages and the kernel's live objects are counted
 * beside what they were before: what the kernel keeps once (a new slab, a cached
 * name) a second run finds there, so a test leaks if each of several runs loses something.
 */
#include <sys/klog.h>
#include <tool.h>
#include "usertests.h"

#define LEAK_RUNS	4
#define SKIPPED		"# SKIP "	/* begins the verdict of such a test */
#define SETTLE_MS	200	/* for freeing that waits: RCU, work queues, the reaper */

extern const struct user_test __start_usertests[], __stop_usertests[];

struct usage { long pages, objects; };

static int verdict_pipe[2];
static long time_limit = 15;	/* seconds */

void test_failed(const char *file, int line, const char *format, ...)
{
	char text[400];
	va_list args;
	int used;

	va_start(args, format);
	used = snprintf(text, sizeof(text), "%s:%d: ", file, line);
	vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	write(verdict_pipe[1], text, strlen(text));
	kill(0, SIGKILL);
	for (;;)
		pause();
}

void test_skipped(const char *why)
{
	char text[100];

	write(verdict_pipe[1], text, snprintf(text, sizeof(text), SKIPPED "%s", why));
	_exit(0);
}

/* The sum of column `column` (from 0) of a table of /proc whose lines have more than it. */
static long sum_of_column(const char *path, int column)
{
	char *text = slurp(path, NULL), *line = text;
	long sum = 0;

	while (line && *line) {
		char *end = strchr(line, '\n'), *word = line;

		for (int i = 0; i < column && word; i++) {
			word = strchr(word, ' ');
			while (word && *word == ' ')
				word++;
			if (word && end && word > end)
				word = NULL;
		}
		if (word && *word >= '0' && *word <= '9')
			sum += strtol(word, NULL, 10);
		line = end ? end + 1 : NULL;
	}
	free(text);
	return sum;
}

static struct usage measure(void)
{
	char *meminfo = slurp("/proc/meminfo", NULL), *line;
	struct usage usage = { 0, 0 };

	for (line = meminfo; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line, "MemFree:", 8))
			usage.pages = strtol(line + 8, NULL, 10) / 4;
	free(meminfo);
	usage.objects = sum_of_column("/proc/slabinfo", 1);
	return usage;
}

/* Runs the test once; what it had to say against itself goes to verdict. */
static int run_once(const struct user_test *test, char *verdict, size_t size)
{
	char folder[] = "/tmp/usertests";
	struct pollfd ready;
	struct timespec limit = { time_limit, 0 };
	ssize_t len = 0;
	int status = 0;
	pid_t pid;

	mkdir(folder, 0777);
	chmod(folder, 0777);
	if (pipe2(verdict_pipe, O_CLOEXEC) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		setpgid(0, 0);
		chdir(folder);
		close(verdict_pipe[0]);
		test->body();
		_exit(0);
	}
	setpgid(pid, pid);
	close(verdict_pipe[1]);
	ready = (struct pollfd){ verdict_pipe[0], POLLIN, 0 };
	if (sys(NR_ppoll, &ready, 1, &limit, NULL, 0) <= 0)
		len = snprintf(verdict, size, "still running after %ld s", time_limit);
	else
		len = read(verdict_pipe[0], verdict, size - 1);
	verdict[len > 0 ? len : 0] = 0;
	if (!strncmp(verdict, SKIPPED, strlen(SKIPPED)))
		len = 0;
	if (len > 0)
		kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	kill(-pid, SIGKILL);
	close(verdict_pipe[0]);
	if (len <= 0 && status)
		snprintf(verdict, size, "ended with status 0x%x", status);
	if (fork() == 0)
		execv("/bin/rm", (char *[]){ "rm", "-rf", folder, NULL });
	wait(NULL);
	return len <= 0 && !status;
}

/* Whether a run lost something; the loss goes to verdict. */
static int run_loses(const struct user_test *test, char *verdict, size_t size)
{
	struct usage before = measure(), after;

	if (!run_once(test, verdict, size))
		return 1;
	for (int waited = 0; waited <= SETTLE_MS; waited += 20) {
		after = measure();
		if (after.pages >= before.pages && after.objects <= before.objects)
			return 0;
		sleep_ms(20);
	}
	snprintf(verdict, size, "leaks: %ld pages, %ld objects lost in each of %d runs", before.pages - after.pages,
		 after.objects - before.objects, LEAK_RUNS);
	return 1;
}

static int run(const struct user_test *test, int leaks, char *verdict, size_t size)
{
	if (!run_once(test, verdict, size))
		return 0;
	if (*verdict)
		return 1;
	for (int i = 0; leaks && i < LEAK_RUNS; i++)
		if (!run_loses(test, verdict, size))
			return 1;
	return !leaks;
}

static int wanted(const struct user_test *test, char **suites)
{
	if (!*suites)
		return 1;
	for (; *suites; suites++)
		if (!strcmp(*suites, test->suite))
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	int list = 0, leaks = 1, count = 0, told = 0, failed = 0, option;
	const struct user_test *test;
	char verdict[512];

	if (argc > 1 && !strcmp(argv[1], "exec-check"))
		return exec_check(argc, argv);
	while ((option = getopt(argc, argv, "lnt:", "usage: usertests [-l] [-n] [-t SECONDS] [SUITE ...]")) != -1) {
		if (option == 't')
			time_limit = number(optarg);
		else
			*(option == 'l' ? &list : &leaks) = option == 'l';
	}
	for (test = __start_usertests; test < __stop_usertests; test++)
		count += wanted(test, argv + optind);
	/* What programs say on the console must not stand between the lines. */
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 1);
	printf("KTAP version 1\n1..%d\n", count);
	for (test = __start_usertests; test < __stop_usertests; test++) {
		const char *skipped = "";
		int ok;

		if (!wanted(test, argv + optind))
			continue;
		fflush(stdout);
		*verdict = '\0';
		ok = list || run(test, leaks, verdict, sizeof(verdict));
		if (list)
			skipped = "# SKIP";
		else if (ok && !strncmp(verdict, SKIPPED, strlen(SKIPPED)))
			skipped = verdict;
		printf("%s %d %s.%s%s%s\n", ok ? "ok" : "not ok", ++told, test->suite, test->name, *skipped ? " " : "", skipped);
		if (!ok)
			printf("# %s\n", verdict);
		failed += !ok;
	}
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 7);
	printf("# passed %d of %d\n", told - failed, told);
	return failed != 0;
}
