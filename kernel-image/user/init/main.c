/* init: process 1 in the System V style. It follows /etc/inittab, adopts orphans and ends the system.
 *
 * Signals are blocked except inside sigsuspend(), so the main loop can look at its flags and at its
 * children and then sleep without losing a wake-up in between. Requests come as signals:
 *   HUP  read /etc/inittab again, or the run level that telinit left in /run/telinit
 *   INT  Ctrl-Alt-Del        TERM reboot        USR1 halt        USR2 power off
 */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

#define TELINIT "/run/telinit"
#define TAKEN "/run/telinit.taken"

static char level = 'N', previous = 'N';
static sigset_t awake;		/* the mask while sleeping in sigsuspend */
static volatile sig_atomic_t requests[NSIG];

static void note_request(int sig)
{
	requests[sig] = 1;
}

void wait_for_signal(void)
{
	sigsuspend(&awake);
}

bool request_pending(void)
{
	return requests[SIGTERM] || requests[SIGUSR1] || requests[SIGUSR2] || requests[SIGINT] || requests[SIGHUP];
}

static void set_signals(void)
{
	static const int handled[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigfillset(&awake);
	for (unsigned int i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		signal(handled[i], note_request);
		awake &= ~(1UL << (handled[i] - 1));
	}
	reboot(RB_DISABLE_CAD);		/* Ctrl-Alt-Del reaches us as SIGINT */
}

static void open_console(void)
{
	struct stat st;
	int fd;

	if (fstat(STDIN_FILENO, &st) == 0 && fstat(STDERR_FILENO, &st) == 0)
		return;
	fd = open("/dev/console", O_RDWR | O_NOCTTY);
	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	for (int i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void mount_proc(void)
{
	mkdir("/proc", 0555);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0 && errno != EBUSY)
		message("cannot mount /proc: %s", strerror(errno));
}

static bool in_level(const struct entry *e, char wanted)
{
	return !e->levels[0] || strchr(e->levels, wanted);
}

static void run_and_wait(struct entry *e)
{
	spawn(e);
	while (e->pid && !request_pending()) {
		reap();
		if (e->pid && !request_pending())
			wait_for_signal();
	}
}

static void run_all(enum action action, bool wait)
{
	for (struct entry *e = inittab; e && !request_pending(); e = e->next)
		if (e->action == action && !e->done)
			wait ? run_and_wait(e) : spawn(e);
}

static void write_runlevel(void)
{
	FILE *f = fopen("/run/runlevel", "w");

	if (f) {
		fprintf(f, "%c %c\n", previous, level);
		fclose(f);
	}
}

/* Stops what the new level does not want, then runs its entries in the order of the file. */
static void enter_level(char wanted)
{
	if (level != 'N')
		message("switching to run level %c", wanted);
	previous = level;
	level = wanted;
	write_runlevel();
	for (struct entry *e = inittab; e; e = e->next) {
		if (e->pid && (e->action == OFF || !in_level(e, level)))
			stop_process(e);
		if (e->action == WAIT || e->action == ONCE)
			e->done = false;
	}
	for (struct entry *e = inittab; e && !request_pending(); e = e->next)
		if (in_level(e, level) && !e->done && !e->pid) {
			if (e->action == WAIT)
				run_and_wait(e);
			else if (e->action == ONCE)
				spawn(e);
		}
}

static void keep_running(void)
{
	for (struct entry *e = inittab; e; e = e->next)
		if (e->action == RESPAWN && !e->pid && in_level(e, level))
			spawn(e);
}

static void shut_down(unsigned int command, char wanted, const char *what)
{
	memset((void *)requests, 0, sizeof(requests));
	message("the system is going down for %s", what);
	enter_level(wanted);
	run_all(SHUTDOWN, true);
	stop_everything();
	sync();
	/* The root cannot be unmounted, but its file system can be left in order. */
	mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	wait_until_sent();
	reboot(command);
	message("reboot failed: %s", strerror(errno));
}

/* The level that telinit left. It is renamed before it is read: removing it afterwards could hit the next one. */
static char requested_level(void)
{
	char *text = rename(TELINIT, TAKEN) < 0 ? NULL : slurp(TAKEN, NULL), wanted = text ? text[0] : level;

	free(text);
	unlink(TAKEN);
	return wanted;
}

static void reload(void)
{
	char wanted = requested_level();

	read_inittab();
	for (struct entry *e = inittab; e; e = e->next)
		if (e->pid && e->action == OFF)
			stop_process(e);
	if (wanted == '0')
		shut_down(RB_POWER_OFF, '0', "power off");
	else if (wanted == '6')
		shut_down(RB_AUTOBOOT, '6', "reboot");
	else if (wanted && wanted != level && strchr("12345S", wanted))
		enter_level(wanted);
}

static bool take(int sig)
{
	bool was = requests[sig];

	requests[sig] = 0;
	return was;
}

static void serve_requests(void)
{
	if (take(SIGTERM))
		shut_down(RB_AUTOBOOT, '6', "reboot");
	if (take(SIGUSR2))
		shut_down(RB_POWER_OFF, '0', "power off");
	if (take(SIGUSR1))
		shut_down(RB_HALT_SYSTEM, '0', "halt");
	if (take(SIGINT))
		for (struct entry *e = inittab; e; e = e->next)
			if (e->action == CTRLALTDEL)
				spawn(e);
	if (take(SIGHUP))
		reload();
}

static char default_level(void)
{
	for (struct entry *e = inittab; e; e = e->next)
		if (e->action == INITDEFAULT && e->levels[0])
			return e->levels[0];
	return '3';
}

/* The kernel hands over words of its command line that it does not know: "single" or a digit. */
static char first_level(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "single") || !strcmp(argv[i], "S") || !strcmp(argv[i], "s"))
			return 'S';
		if (strlen(argv[i]) == 1 && strchr("12345", argv[i][0]))
			return argv[i][0];
	}
	return default_level();
}

/* Leaving the single-user shell is the way on to the default level. */
static void leave_single_user(void)
{
	for (struct entry *e = inittab; e; e = e->next)
		if (e->pid)
			return;
	if (level == 'S' && default_level() != 'S')
		enter_level(default_level());
}

int main(int argc, char **argv)
{
	if (getpid() != 1)
		fail("is process 1 only; use telinit, poweroff or reboot");
	open_console();
	set_signals();
	setsid();
	setenv("PATH", "/bin:/sbin", 1);
	mount_proc();
	read_inittab();
	run_all(SYSINIT, true);
	run_all(BOOT, false);
	run_all(BOOTWAIT, true);
	enter_level(first_level(argc, argv));
	for (;;) {
		reap();
		serve_requests();
		leave_single_user();
		keep_running();
		wait_for_signal();
	}
}
