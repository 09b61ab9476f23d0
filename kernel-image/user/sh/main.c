/* sh: a POSIX shell in small. Reads commands from a terminal, a file, -c STRING or the standard input. */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "sh [-ceilsux] [FILE | COMMAND [NAME]] [ARGUMENT]...";

static void set_defaults(void)
{
	char cwd[512], parent[16];

	import_environment();
	if (!get_variable("PATH"))
		set_variable("PATH", "/bin:/sbin");
	if (!get_variable("PS1"))
		set_variable("PS1", "\\$ ");
	set_variable("PS2", "> ");
	snprintf(parent, sizeof(parent), "%d", getppid());
	set_variable("PPID", parent);
	if (getcwd(cwd, sizeof(cwd)))
		set_variable("PWD", cwd);
}

int main(int argc, char **argv)
{
	struct stat st;
	bool from_string = false, from_stdin = false, terminal;
	const char *command = NULL;
	int c;

	shell_name = argc ? argv[0] : "sh";
	login_shell = shell_name[0] == '-';
	while ((c = getopt(argc, argv, "ceilsux", synopsis)) != -1) {
		switch (c) {
		case 'c': from_string = true; break;
		case 'e': options.exit_on_error = true; break;
		case 'i': interactive = true; break;
		case 'l': login_shell = true; break;
		case 's': from_stdin = true; break;
		case 'u': options.unset_is_error = true; break;
		case 'x': options.trace = true; break;
		}
	}
	if (from_string && optind == argc)
		usage(synopsis);
	terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	if (!from_string && (optind == argc || from_stdin) && terminal)
		interactive = true;
	if (from_string)
		command = argv[optind++];
	set_defaults();
	init_jobs();
	init_traps();
	if (login_shell && stat("/etc/profile", &st) == 0)
		run_file("/etc/profile");
	if ((from_string || !from_stdin) && optind < argc)
		shell_name = argv[optind++];
	positional = argv + optind;
	positional_count = argc - optind;
	if (from_string)
		return run_string(command);
	if (shell_name != argv[0] && !from_stdin)
		return run_file(shell_name);
	push_fd(STDIN_FILENO, interactive && terminal);
	return run_input();
}
