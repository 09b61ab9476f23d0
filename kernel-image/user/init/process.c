/* Starting, collecting and stopping the processes of init. */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define HASTY_SECONDS	2	/* a process that lives shorter than this ... */
#define HASTY_TIMES	5	/* ... so often in a row ... */
#define HASTY_PAUSE	10	/* ... has to pause before it is started again */
#define ARGUMENTS	16
#define GRACE_STEPS	200	/* of 10 ms each, between TERM and KILL */
#define SENDING_STEPS	100	/* of 10 ms each: ^S may have stopped the terminal */

void message(const char *format, ...)
{
	va_list args;
	char line[200];

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fprintf(stderr, "INIT: %s\n", line);
}

static time_t uptime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void exec_process(char *process)
{
	char *argv[ARGUMENTS + 1], *word, *rest = process;
	int argc = 0;

	if (process[strcspn(process, "~`!$^&*()=|\\{}[];\"'<>?")]) {	/* needs a shell */
		char line[160];

		snprintf(line, sizeof(line), "exec %s", process);
		execv("/bin/sh", (char *[]){ "sh", "-c", line, NULL });
		message("cannot run /bin/sh: %s", strerror(errno));
		return;
	}
	while (argc < ARGUMENTS && (word = strsep(&rest, " \t")))
		if (*word)
			argv[argc++] = word;
	argv[argc] = NULL;
	if (argc)
		execv(argv[0], argv);
	message("cannot run %s: %s", argc ? argv[0] : "an empty command", strerror(errno));
}

void spawn(struct entry *entry)
{
	bool pause_first = entry->hasty >= HASTY_TIMES;
	pid_t pid;

	if (pause_first) {
		message("id %s respawns too fast: pausing %d seconds", entry->id, HASTY_PAUSE);
		entry->hasty = 0;
	}
	pid = fork();
	if (pid < 0) {
		message("cannot fork for %s: %s", entry->id, strerror(errno));
		return;
	}
	if (pid == 0) {
		sigset_t none;

		setsid();
		for (int sig = 1; sig < NSIG; sig++)
			signal(sig, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (pause_first)
			sleep(HASTY_PAUSE);
		exec_process(entry->process);
		_exit(127);
	}
	entry->pid = pid;
	entry->started = uptime();
	entry->done = true;
}

void reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (struct entry *e = inittab; e; e = e->next)
			if (e->pid == pid) {
				e->pid = 0;
				e->hasty = uptime() - e->started < HASTY_SECONDS ? e->hasty + 1 : 0;
			}
}

static void pause_step(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

void stop_process(struct entry *entry)
{
	/* Each entry leads a session and process group of its own; an interactive shell heeds only HUP. */
	kill(-entry->pid, SIGTERM);
	kill(-entry->pid, SIGHUP);
	for (int i = 0; entry->pid && i < GRACE_STEPS; i++) {
		pause_step();
		reap();
	}
	if (entry->pid)
		kill(-entry->pid, SIGKILL);
}

/* Every user process is our child or becomes it when its parent dies: none left means all gone. */
static bool all_gone(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return pid < 0 && errno == ECHILD;
}

void stop_everything(void)
{
	static const struct { int signal; const char *name; } steps[] = { { SIGTERM, "TERM" }, { SIGKILL, "KILL" } };

	for (int step = 0; step < 2 && !all_gone(); step++) {
		message("sending all processes the %s signal", steps[step].name);
		kill(-1, steps[step].signal);
		for (int i = 0; i < GRACE_STEPS && !all_gone(); i++)
			pause_step();
	}
}

void wait_until_sent(void)
{
	int waiting;

	for (int i = 0; i < SENDING_STEPS && ioctl(STDERR_FILENO, TIOCOUTQ, &waiting) == 0 && waiting > 0; i++)
		pause_step();
}
