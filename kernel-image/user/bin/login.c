/* login: checks a user's password and becomes the user's shell, in the same process. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

#define TRIES	3

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
			fchown(STDIN_FILENO, pw->pw_uid, pw->pw_gid);	/* the terminal belongs to its user */
			become_user(pw);
			set_environment(pw);
			start_shell(pw);
		}
		sleep(1);
		puts("Login incorrect");
		name[0] = '\0';
	}
	return 1;
}
