/* trap: commands that run when a signal comes, or when the shell ends. */
#include "sh.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_EXIT 0	/* in the place of a signal's number */

static char *actions[NSIG];		/* "" ignores the signal */
static volatile sig_atomic_t came[NSIG];
volatile int trap_pending;

static void note_signal(int sig)
{
	came[sig] = 1;
	trap_pending = sig;
}

/* Without SA_RESTART, so that wait and read come back at once. */
static void catch_signal(int sig, sighandler_t handler)
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(sig, &action, NULL);
}

static void set_trap(int sig, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		out_of_memory();
	free(actions[sig]);
	actions[sig] = copy;
	if (sig == AT_EXIT)
		return;
	if (!text)
		reset_signal(sig);
	else
		catch_signal(sig, *text ? note_signal : SIG_IGN);
}

static void print_traps(void)
{
	for (int sig = 0; sig < NSIG; sig++)
		if (actions[sig])
			printf("trap -- '%s' %s\n", actions[sig], sig ? signal_name(sig) : "EXIT");
}

int trap_builtin(int argc, char **argv)
{
	const char *action = argc > 1 && strcmp(argv[1], "-") ? argv[1] : NULL;
	int first = 2, status = 0;

	if (argc > 1 && !strcmp(argv[1], "--")) {
		argc--;
		argv++;
		action = argc > 1 && strcmp(argv[1], "-") ? argv[1] : NULL;
	}
	if (argc == 1)
		print_traps();
	if (argc == 2 || (argc > 1 && argv[1][0] >= '0' && argv[1][0] <= '9')) {	/* signals alone: back to normal */
		action = NULL;
		first = 1;
	}
	for (int i = first; i < argc; i++) {
		int sig = !strcmp(argv[i], "EXIT") || !strcmp(argv[i], "0") ? AT_EXIT : signal_number(argv[i]);

		if (sig < 0) {
			complain("trap: %s: no such signal", argv[i]);
			status = 1;
		} else {
			set_trap(sig, action);
		}
	}
	return status;
}

void run_traps(void)
{
	enum unwind was_unwinding = unwinding;
	int status = last_status;

	trap_pending = 0;
	unwinding = NONE;
	for (int sig = 1; sig < NSIG; sig++) {
		if (!came[sig])
			continue;
		came[sig] = 0;
		if (actions[sig])
			run_string(actions[sig]);
	}
	last_status = status;
	if (unwinding == NONE)
		unwinding = was_unwinding;
}

/* Runs once: an exit inside of it is the end. */
static void run_exit_trap(void)
{
	char *action = actions[AT_EXIT];

	actions[AT_EXIT] = NULL;
	if (action) {
		unwinding = NONE;
		run_string(action);
	}
}

void init_traps(void)
{
	atexit(run_exit_trap);
}

/* A subshell starts without traps; what is ignored stays so. */
void forget_traps(void)
{
	for (int sig = 0; sig < NSIG; sig++) {
		if (!actions[sig] || (sig && !*actions[sig]))
			continue;
		free(actions[sig]);
		actions[sig] = NULL;
		if (sig)
			signal(sig, SIG_DFL);
	}
}
