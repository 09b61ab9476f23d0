/* getty: opens a terminal line, asks for a name and becomes login; -n asks nobody, -l names another program. */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <termios.h>
#include <tool.h>
#include <unistd.h>

static void open_line(const char *tty)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s%s", tty[0] == '/' ? "" : "/dev/", tty);
	/* A new session has no terminal; this line becomes its own, taken from a dead session if need be. */
	setsid();
	fd = open(path, O_RDWR | O_NOCTTY);
	if (fd < 0) {
		warn(path);
		sleep(5);	/* init starts us again: not in a rush */
		exit(1);
	}
	if (ioctl(fd, TIOCSCTTY, (void *)1) < 0)
		warn(path);
	tcsetpgrp(fd, getpid());
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* The line as a person expects it, whatever the last session left behind. */
static void set_modes(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) < 0)
		return;
	t.c_iflag = ICRNL | IXON;
	t.c_oflag = OPOST | ONLCR;
	t.c_cflag = (t.c_cflag & CBAUD) | CS8 | CREAD | HUPCL | CLOCAL;
	t.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
	t.c_cc[VINTR] = 'C' & 0x1f;
	t.c_cc[VQUIT] = '\\' & 0x1f;
	t.c_cc[VERASE] = 0x7f;
	t.c_cc[VKILL] = 'U' & 0x1f;
	t.c_cc[VEOF] = 'D' & 0x1f;
	t.c_cc[VSUSP] = 'Z' & 0x1f;
	t.c_cc[VWERASE] = 'W' & 0x1f;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

/* /etc/issue, where \s \n \r \v \m \l stand for the system's names and the line. */
static void print_issue(const struct utsname *names, const char *tty)
{
	char *issue = slurp("/etc/issue", NULL);

	for (char *p = issue ? issue : ""; *p; p++) {
		if (*p != '\\' || !p[1]) {
			putchar(*p);
			continue;
		}
		switch (*++p) {
		case 's': printf("%s", names->sysname); break;
		case 'n': printf("%s", names->nodename); break;
		case 'r': printf("%s", names->release); break;
		case 'v': printf("%s", names->version); break;
		case 'm': printf("%s", names->machine); break;
		case 'l': printf("%s", tty); break;
		default: putchar(*p);
		}
	}
	free(issue);
}

static int read_name(char *name, size_t size)
{
	ssize_t len = read(STDIN_FILENO, name, size - 1);

	if (len <= 0)
		exit(0);	/* end of input or hangup: init starts a new getty */
	name[len] = '\0';
	name[strcspn(name, "\r\n")] = '\0';
	for (const char *p = name; *p; p++)
		if (!isalnum(*p) && !strchr("._-", *p))
			return 0;
	return name[0] && name[0] != '-';
}

int main(int argc, char **argv)
{
	static const char synopsis[] = "getty [-n] [-l PROGRAM] TTY [TERM]";
	const char *program = "/bin/login";
	struct utsname names;
	char name[64] = "";
	int c, ask = 1;

	while ((c = getopt(argc, argv, "nl:", synopsis)) != -1) {
		if (c == 'n')
			ask = 0;
		else
			program = optarg;
	}
	if (argc - optind < 1 || argc - optind > 2)
		usage(synopsis);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	open_line(argv[optind]);
	set_modes();
	setenv("TERM", argc - optind == 2 ? argv[optind + 1] : "vt100", 1);
	uname(&names);
	if (ask) {
		print_issue(&names, argv[optind]);
		do {
			printf("%s login: ", names.nodename);
			fflush(stdout);
		} while (!read_name(name, sizeof(name)));
	} else {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
	}
	execv(program, (char *[]){ (char *)program, ask ? name : NULL, NULL });
	die(program);
}
