/* login: checks a user's password and becomes the user's shell, in the same process. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <tool.h>
#include <unistd.h>

#define TRIES	3
#define GROUPS	16

static int read_line(char *line, size_t size)
{
	ssize_t len = read(STDIN_FILENO, line, size - 1);

	if (len <= 0)
		return 0;
	line[len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return 1;
}

static int ask_password(char *password, size_t size)
{
	struct termios visible, hidden;
	int got;

	printf("Password: ");
	fflush(stdout);
	tcgetattr(STDIN_FILENO, &visible);
	hidden = visible;
	hidden.c_lflag &= ~ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	got = read_line(password, size);
	tcsetattr(STDIN_FILENO, TCSANOW, &visible);
	putchar('\n');
	return got;
}

/* An empty password field lets its user in without asking; an unknown name is asked all the same. */
static int may_enter(struct passwd *pw)
{
	char password[128], *hash, *made;

	hash = !pw ? "*" : strcmp(pw->pw_passwd, "x") ? pw->pw_passwd : shadow_password(pw->pw_name);
	if (!hash)
		hash = "*";
	if (!*hash)
		return 1;
	if (!ask_password(password, sizeof(password)))
		exit(1);
	made = crypt(password, hash);
	memset(password, 0, sizeof(password));
	return made && !strcmp(made, hash);
}

static void become(const struct passwd *pw)
{
	gid_t groups[GROUPS];
	int count = user_groups(pw->pw_name, pw->pw_gid, groups, GROUPS);

	/* The terminal belongs to its user; ids are given up last. */
	fchown(STDIN_FILENO, pw->pw_uid, pw->pw_gid);
	if (setgroups(count, groups) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0)
		die("cannot set user and groups");
}

static void set_environment(const struct passwd *pw)
{
	char *term = getenv("TERM");

	environ = (char *[]){ NULL };
	setenv("HOME", pw->pw_dir, 1);
	setenv("SHELL", pw->pw_shell, 1);
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	setenv("PATH", pw->pw_uid ? "/bin" : "/bin:/sbin", 1);
	setenv("TERM", term ? term : "vt100", 1);
}

static void start_shell(const struct passwd *pw)
{
	char *motd = slurp("/etc/motd", NULL), name[64];
	const char *slash = strrchr(pw->pw_shell, '/');

	if (chdir(pw->pw_dir) < 0) {
		warn(pw->pw_dir);
		chdir("/");
	}
	if (motd)
		printf("%s", motd);
	fflush(stdout);
	/* A name that begins with "-" tells the shell that it is a login shell. */
	snprintf(name, sizeof(name), "-%s", slash ? slash + 1 : pw->pw_shell);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execv(pw->pw_shell, (char *[]){ name, NULL });
	die(pw->pw_shell);
}

int main(int argc, char **argv)
{
	char name[64] = "", host[65] = "";
	struct passwd *pw;

	getopt(argc, argv, "", "login [NAME]");
	if (argc - optind > 1)
		usage("login [NAME]");
	if (geteuid() != 0)
		fail("must be started by root");
	if (optind < argc)
		strlcpy(name, argv[optind], sizeof(name));
	for (int try = 0; try < TRIES; try++) {
		if (!name[0]) {
			gethostname(host, sizeof(host));
			printf("%s login: ", host);
			fflush(stdout);
			if (!read_line(name, sizeof(name)))
				return 1;
		}
		pw = getpwnam(name);
		if (may_enter(pw)) {
			/* pw lies in a buffer that the group look-up does not touch. */
			become(pw);
			set_environment(pw);
			start_shell(pw);
		}
		sleep(1);
		puts("Login incorrect");
		name[0] = '\0';
	}
	return 1;
}
