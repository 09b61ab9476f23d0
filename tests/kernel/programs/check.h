/* Checks of a program that runs in the guest, reported in the form of TAP. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int checks, failures;

/* One line each: what should be so, and where it was not. */
#define check(condition, ...) do {						\
	int passed = !!(condition);						\
	int why = errno;							\
	printf("%sok %d - ", passed ? "" : "not ", ++checks);			\
	printf(__VA_ARGS__);							\
	if (!passed) {								\
		failures++;							\
		printf(" # %s:%d: %s (%s)", __FILE__, __LINE__, #condition, strerror(why)); \
	}									\
	printf("\n");								\
	fflush(stdout);								\
} while (0)

/* The end of main: the plan, and the exit status. */
static inline int finish(void)
{
	printf("1..%d\n", checks);
	return failures != 0;
}

static inline int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static inline void nap_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) < 0)
		;
}

/* Waits until a handler has set *flag, without a gap in which its signal could be missed. */
static inline void wait_for_signal(int sig, volatile sig_atomic_t *flag, int value)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, &old);
	sigdelset(&old, sig);
	while (*flag != value)
		sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Runs a function in a child; gives the child's wait status. */
static inline int in_child(void (*run)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		run();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static inline int exited(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static inline int killed(int status, int sig)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == sig;
}
