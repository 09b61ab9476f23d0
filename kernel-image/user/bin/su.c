/* su: becomes another user, root unless named, whose password it asks for. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "su [-l] [-c COMMAND] [-] [NAME]";

int main(int argc, char **argv)
{
	const char *command = NULL, *name = NULL, *slash;
	char shell_name[64];
	struct passwd *pw;
	int login = 0, c;

	while ((c = getopt(argc, argv, "c:l", synopsis)) != -1 || optind < argc) {
		if (c == 'c')
			command = optarg;
		else if (c == 'l')
			login = 1;
		else if (!strcmp(argv[optind], "-"))
			login = !!optind++;
		else if (!name)
			name = argv[optind++];
		else
			usage(synopsis);
	}
	if (!name)
		name = "root";
	if (geteuid() != 0)
		fail("must be set-user-ID root");
	pw = getpwnam(name);
	if (!pw)
		fail("user %s does not exist", name);
	if (getuid() != 0 && !may_enter(pw)) {
		sleep(1);
		fail("authentication failure");
	}
	become_user(pw);
	setenv("HOME", pw->pw_dir, 1);
	setenv("SHELL", pw->pw_shell, 1);
	if (login || pw->pw_uid) {
		setenv("USER", pw->pw_name, 1);
		setenv("LOGNAME", pw->pw_name, 1);
	}
	setenv("PATH", pw->pw_uid ? "/bin" : "/bin:/sbin", 1);
	if (login && chdir(pw->pw_dir) < 0)
		warn(pw->pw_dir);
	slash = strrchr(pw->pw_shell, '/');
	snprintf(shell_name, sizeof(shell_name), "%s%s", login ? "-" : "", slash ? slash + 1 : pw->pw_shell);
	execv(pw->pw_shell, command ? (char *[]){ shell_name, "-c", (char *)command, NULL } : (char *[]){ shell_name, NULL });
	die(pw->pw_shell);
}
