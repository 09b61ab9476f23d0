/* Terminals: a shell's view of a pseudo-terminal, its line discipline, its window, its signals, its end. */
#include "check.h"
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

static int master, slave;
static char name[64], buf[256];
static volatile sig_atomic_t caught;

static void note(int sig) { caught = sig; }

/* What the master gives: `wanted` characters, however long they take, or what comes within a moment. */
static const char *output(int wanted)
{
	struct pollfd p = { master, POLLIN };
	int len = 0;

	while (len < (int)sizeof(buf) - 1 && poll(&p, 1, len < wanted ? 300000 : 20) > 0 && (p.revents & POLLIN)) {
		int got = read(master, buf + len, sizeof(buf) - 1 - len);

		if (got <= 0)
			break;
		len += got;
	}
	buf[len] = 0;
	return buf;
}

static int says(const char *text) { return !strcmp(output(strlen(text)), text); }
static void type(const char *text) { write(master, text, strlen(text)); }

static void lines(void)
{
	char line[64] = "";
	int available = -1;

	type("helo\177\177llo");
	check(says("helo\b \b\b \bllo"), "what is typed is echoed, and erased");
	check(ioctl(slave, FIONREAD, &available) == 0 && available == 0, "a line that has not ended is not there yet");
	type("\r");
	check(says("\r\n") && read(slave, line, sizeof(line)) == 6 && !strcmp(line, "hello\n"), "a line is read as a whole");
	type("one\rtwo\r");
	memset(line, 0, sizeof(line));
	check(read(slave, line, 64) == 4 && read(slave, line + 10, 20) == 4 && !strcmp(line + 10, "two\n"), "one line for each read");
	type("a b c\027d\r");
	memset(line, 0, sizeof(line));
	read(slave, line, 64);
	check(!strcmp(line, "a b d\n"), "^W erases a word");
	type("gone\025kept\r");
	memset(line, 0, sizeof(line));
	read(slave, line, 64);
	check(!strcmp(line, "kept\n"), "^U erases the line");
	type("part\004");
	check(read(slave, line, 64) == 4, "^D gives out what there is");
	type("\004");
	check(read(slave, line, 64) == 0, "and alone is the end of the file");
	type("\026\003\r");
	check(read(slave, line, 64) == 2 && line[0] == 3, "^V takes a character literally");
	output(0);
	write(slave, "x\ty\n", 4);
	check(says("x\ty\r\n"), "a newline goes out as two characters");
}

static void modes(void)
{
	struct termios old, raw;
	char c[8] = "";

	tcgetattr(slave, &old);
	raw = old;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	check(tcsetattr(slave, TCSANOW, &raw) == 0, "raw mode");
	type("\003\r");
	check(read(slave, c, 8) == 2 && c[0] == 3 && c[1] == '\r' && says(""), "everything comes through, nothing is echoed");
	raw.c_cc[VMIN] = 3;
	tcsetattr(slave, TCSANOW, &raw);
	if (fork() == 0) {
		for (int i = 0; i < 3; i++) {
			nap_ms(2);
			type("z");
		}
		_exit(0);
	}
	check(read(slave, c, 8) == 3, "VMIN waits for three");
	wait(NULL);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 1;
	tcsetattr(slave, TCSANOW, &raw);
	int64_t start = now_ns(CLOCK_MONOTONIC);
	check(read(slave, c, 8) == 0 && now_ns(CLOCK_MONOTONIC) - start >= 100000000, "VTIME waits for a tenth of a second");
	tcsetattr(slave, TCSAFLUSH, &old);
	old.c_lflag &= ~ECHO;
	tcsetattr(slave, TCSANOW, &old);
	type("secret\r");
	check(read(slave, c, 8) == 7 && says(""), "ECHO off");
	old.c_lflag |= ECHO;
	tcsetattr(slave, TCSANOW, &old);
}

/* In a session of its own with the terminal: 0 when all is well, else where it is not. */
static int session(void)
{
	struct winsize size = { 0 };
	char c;

	close(master);
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) || tcgetpgrp(slave) != getpid() || tcgetsid(slave) != getpid())
		return 1;
	int tty = open("/dev/tty", O_RDWR);
	if (tty < 0 || strcmp(ttyname(slave), name))
		return 2;
	signal(SIGINT, note);
	signal(SIGWINCH, note);
	write(slave, "ready\n", 6);
	wait_for_signal(SIGINT, &caught, SIGINT);
	write(tty, "int\n", 4);
	wait_for_signal(SIGWINCH, &caught, SIGWINCH);
	if (ioctl(tty, TIOCGWINSZ, &size) || size.ws_row != 40 || size.ws_col != 100)
		return 3;
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		read(slave, &c, 1);	/* from the background: SIGTTIN */
		_exit(0);
	}
	int status;
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTTIN)
		return 4;
	struct termios modes;
	pid_t writer = fork();
	if (writer == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcgetattr(slave, &modes);
		modes.c_lflag |= TOSTOP;
		tcsetattr(slave, TCSANOW, &modes);
		signal(SIGTTOU, SIG_DFL);
		write(slave, "never\n", 6);	/* from the background, under TOSTOP: SIGTTOU */
		_exit(0);
	}
	if (waitpid(writer, &status, WUNTRACED) != writer || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTTOU)
		return 7;
	kill(writer, SIGKILL);
	waitpid(writer, &status, 0);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(slave, pid);
	kill(pid, SIGCONT);
	write(slave, "type\n", 5);
	if (waitpid(pid, &status, WUNTRACED) != pid || !exited(status, 0))
		return 5;
	tcsetpgrp(slave, getpid());
	signal(SIGHUP, note);
	write(slave, "bye\n", 4);
	wait_for_signal(SIGHUP, &caught, SIGHUP);
	return read(tty, &c, 1) == 0 && write(tty, "x", 1) == -1 && errno == EIO ? 0 : 6;
}

int main(void)
{
	struct winsize size = { 24, 80, 0, 0 }, got;
	struct stat st;
	int status;
	pid_t pid;

	check(openpty(&master, &slave, name, NULL, &size) == 0 && !strncmp(name, "/dev/pts/", 9), "openpty: %s", name);
	check(stat(name, &st) == 0 && S_ISCHR(st.st_mode) && st.st_uid == getuid() && isatty(slave), "the slave has a name");
	check(ioctl(slave, TIOCGWINSZ, &got) == 0 && got.ws_col == 80, "and a size");
	lines();
	modes();
	pid = fork();
	if (pid == 0)
		_exit(session());
	check(says("ready\r\n"), "a session gets the terminal");
	type("\003");
	check(says("^Cint\r\n"), "^C is a signal to the foreground");
	size = (struct winsize){ 40, 100, 0, 0 };
	ioctl(master, TIOCSWINSZ, &size);
	check(says("type\r\n"), "a new size is a signal, a read from the background a stop");
	type("y\r");
	check(says("y\r\nbye\r\n"), "the foreground reads");
	close(slave);
	close(master);
	check(waitpid(pid, &status, 0) == pid && exited(status, 0), "a hang-up ends the session: %d", WEXITSTATUS(status));
	check(stat(name, &st) == -1 && errno == ENOENT, "the name is gone");
	openpty(&master, &slave, name, NULL, NULL);
	close(slave);
	check(read(master, buf, 1) == -1 && errno == EIO, "a master whose slave was closed");
	close(master);
	pid = forkpty(&master, name, NULL, NULL);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "echo $((6 * 7)); tty; sleep 100", NULL);
		_exit(9);
	}
	check(!strncmp(output(strlen("42\r\n/dev/pts/0\r\n")), "42\r\n/dev/pts/", 13), "a shell on a terminal of its own");
	type("\003");
	check(waitpid(pid, &status, 0) == pid && (killed(status, SIGINT) || exited(status, 130)), "and ^C ends it");
	return finish();
}
