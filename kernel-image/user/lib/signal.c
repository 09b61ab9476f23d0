/* Signals: the calls that carry the size of a mask, and the names. */
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

long rt_sigaction(int sig, const struct sigaction *act, struct sigaction *old, size_t size);
long rt_sigprocmask(int how, const sigset_t *set, sigset_t *old, size_t size);
long rt_sigsuspend(const sigset_t *mask, size_t size);

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	return rt_sigaction(sig, act, old, sizeof(sigset_t));
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return rt_sigprocmask(how, set, old, sizeof(sigset_t));
}

int sigsuspend(const sigset_t *mask)
{
	return rt_sigsuspend(mask, sizeof(sigset_t));
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	return sigaction(sig, &act, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int raise(int sig)
{
	return kill(getpid(), sig);
}

int pause(void)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigsuspend(&mask);
}

static const struct { const char *name, *message; } signals[] = {
#define SIGNAL_ROW(number, name, message) [number] = { #name, message },
	SIGNAL_LIST(SIGNAL_ROW)
};

#define SIGNALS (int)(sizeof(signals) / sizeof(signals[0]))

char *strsignal(int number)
{
	if (number <= 0 || number >= SIGNALS)
		return "Unknown signal";
	return (char *)signals[number].message;
}

const char *signal_name(int number)
{
	return number <= 0 || number >= SIGNALS ? NULL : signals[number].name;
}

int signal_number(const char *name)
{
	if (isdigit(name[0])) {
		char *end;
		unsigned long number = strtoul(name, &end, 10);

		return *end || number >= NSIG ? -1 : (int)number;
	}
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (int i = 1; i < SIGNALS; i++)
		if (!strcmp(signals[i].name, name))
			return i;
	return -1;
}
