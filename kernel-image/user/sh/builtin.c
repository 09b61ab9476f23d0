/* The builtins: commands that must run in the shell itself, or are too frequent to fork for. */
#include "sh.h"
#include <applet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int true_builtin(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static int false_builtin(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

static int argument(int argc, char **argv, int otherwise)
{
	char *end;
	long n;

	if (argc < 2)
		return otherwise;
	n = strtol(argv[1], &end, 10);
	if (end == argv[1] || *end) {
		complain("%s: %s: not a number", argv[0], argv[1]);
		return 2;
	}
	return n;
}

static int exit_builtin(int argc, char **argv)
{
	exit(argument(argc, argv, last_status) & 0xff);
}

static int loop_builtin(int argc, char **argv)
{
	unwinding = argv[0][0] == 'b' ? BREAK : CONTINUE;
	unwind_count = argument(argc, argv, 1);
	return 0;
}

static int return_builtin(int argc, char **argv)
{
	last_status = argument(argc, argv, last_status) & 0xff;
	unwinding = RETURN;
	return last_status;
}

static int cd_builtin(int argc, char **argv)
{
	const char *to = argc > 1 ? argv[1] : get_variable("HOME"), *old = get_variable("PWD");
	bool back = to && !strcmp(to, "-");
	char cwd[512];

	if (back)
		to = get_variable("OLDPWD");
	if (!to || chdir(to) < 0) {
		complain("cd: %s: %s", to ? to : "no directory", to ? strerror(errno) : "not set");
		return 1;
	}
	if (old)
		set_variable("OLDPWD", take_string(old, strlen(old)));
	if (getcwd(cwd, sizeof(cwd)))
		set_variable("PWD", cwd);
	if (back)
		puts(cwd);
	return 0;
}

static int pwd_builtin(int argc, char **argv)
{
	char cwd[512];

	(void)argc;
	if (!getcwd(cwd, sizeof(cwd))) {
		complain("%s: %s", argv[0], strerror(errno));
		return 1;
	}
	puts(cwd);
	return 0;
}

static int export_builtin(int argc, char **argv)
{
	if (argc == 1)
		print_variables(true);
	for (int i = 1; i < argc; i++) {
		size_t len = name_length(argv[i]);
		char *name = take_string(argv[i], len);

		if (!len || (argv[i][len] && argv[i][len] != '=')) {
			complain("export: %s: not a valid name", argv[i]);
			return 1;
		}
		if (argv[i][len])
			set_variable(name, argv[i] + len + 1);
		export_variable(name);
	}
	return 0;
}

static int unset_builtin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		unset_variable(argv[i]);
	return 0;
}

static void set_positional(int argc, char **argv)
{
	/* They outlive the command, and so have memory of their own. */
	positional = calloc(argc + 1, sizeof(*positional));
	for (int i = 0; i < argc; i++)
		if (!positional || !(positional[i] = strdup(argv[i])))
			out_of_memory();
	positional_count = argc;
}

static int set_builtin(int argc, char **argv)
{
	int i = 1;

	if (argc == 1)
		print_variables(false);
	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++) {
		bool on = argv[i][0] == '-';

		if (!strcmp(argv[i], "--"))
			break;
		for (const char *p = argv[i] + 1; *p; p++) {
			if (*p == 'e')
				options.exit_on_error = on;
			else if (*p == 'x')
				options.trace = on;
			else if (*p == 'u')
				options.unset_is_error = on;
			else {
				complain("set: -%c: unknown option", *p);
				return 2;
			}
		}
	}
	if (i < argc) {
		i += !strcmp(argv[i], "--");
		set_positional(argc - i, argv + i);
	}
	return 0;
}

static int shift_builtin(int argc, char **argv)
{
	int n = argument(argc, argv, 1);

	if (n < 0 || n > positional_count) {
		complain("shift: only %d arguments", positional_count);
		return 1;
	}
	positional += n;
	positional_count -= n;
	return 0;
}

static int umask_builtin(int argc, char **argv)
{
	mode_t mask;

	if (argc == 1) {
		mask = umask(0);
		umask(mask);
		printf("%04o\n", mask);
		return 0;
	}
	if (argv[1][strspn(argv[1], "01234567")]) {
		complain("umask: %s: not an octal number", argv[1]);
		return 1;
	}
	umask(strtoul(argv[1], NULL, 8));
	return 0;
}

static int exec_builtin(int argc, char **argv)
{
	if (argc == 1)
		return 0;	/* only the redirections, which stay */
	fflush(stdout);
	enter_job(NULL, false);
	environ = make_environment();
	execvp(argv[1], argv + 1);
	complain("exec: %s: %s", argv[1], strerror(errno));
	exit(errno == ENOENT ? 127 : 126);
}

static int eval_builtin(int argc, char **argv)
{
	struct buffer b = { 0 };
	int status;

	append_string(&b, "");
	for (int i = 1; i < argc; i++) {
		append_string(&b, argv[i]);
		append(&b, ' ');
	}
	status = b.data ? run_string(b.data) : 0;
	free(b.data);
	return status;
}

static int source_builtin(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		complain("%s: which file?", argv[0]);
		return 2;
	}
	status = run_file(argv[1]);
	if (unwinding == RETURN)
		unwinding = NONE;
	return status;
}

/* read NAME...: a line's words, the last name taking the rest. */
static int read_builtin(int argc, char **argv)
{
	struct buffer line = { 0 };
	bool raw = argc > 1 && !strcmp(argv[1], "-r"), ended = true;
	char *p, c;

	while (read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\\' && !raw) {
			if (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
				append(&line, c);
			continue;
		}
		if (c == '\n') {
			ended = false;
			break;
		}
		append(&line, c);
	}
	p = line.data ? line.data : "";
	for (int i = 1 + raw; i < argc; i++) {
		size_t len;

		p += strspn(p, " \t");
		len = strcspn(p, " \t");
		if (i == argc - 1)
			for (len = strlen(p); len && isspace(p[len - 1]); len--)
				;
		set_variable(argv[i], take_string(p, len));
		p += len;
	}
	free(line.data);
	return ended;
}

static int kill_builtin(int argc, char **argv)
{
	return kill_command(argc, argv, job_group);
}

static int bracket_builtin(int argc, char **argv)
{
	if (strcmp(argv[argc - 1], "]")) {
		complain("[: missing ]");
		return 2;
	}
	return test_command(argc - 1, argv);
}

static int type_builtin(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		const char *path = get_variable("PATH");
		char full[256];
		bool found = false;

		if (find_function(argv[i])) {
			printf("%s is a function\n", argv[i]);
			continue;
		}
		if (find_builtin(argv[i], NULL)) {
			printf("%s is a shell builtin\n", argv[i]);
			continue;
		}
		while (path && *path && !found) {
			size_t len = strcspn(path, ":");

			snprintf(full, sizeof(full), "%.*s/%s", (int)len, path, argv[i]);
			found = access(full, X_OK) == 0;
			path += len + (path[len] == ':');
		}
		if (found)
			printf("%s is %s\n", argv[i], full);
		else
			complain("%s: not found", argv[i]);
		status |= !found;
	}
	return status;
}

/* Special builtins keep the assignments in front of them (POSIX 2.14). */
static const struct { const char *name; builtin run; bool special; } builtins[] = {
	{ ".", source_builtin, true },
	{ ":", true_builtin, true },
	{ "[", bracket_builtin, false },
	{ "bg", job_builtin, false },
	{ "break", loop_builtin, true },
	{ "cd", cd_builtin, false },
	{ "continue", loop_builtin, true },
	{ "echo", echo_command, false },
	{ "eval", eval_builtin, true },
	{ "exec", exec_builtin, true },
	{ "exit", exit_builtin, true },
	{ "export", export_builtin, true },
	{ "false", false_builtin, false },
	{ "fg", job_builtin, false },
	{ "jobs", job_builtin, false },
	{ "kill", kill_builtin, false },
	{ "local", local_builtin, false },
	{ "pwd", pwd_builtin, false },
	{ "read", read_builtin, false },
	{ "return", return_builtin, true },
	{ "set", set_builtin, true },
	{ "shift", shift_builtin, true },
	{ "source", source_builtin, true },
	{ "test", test_command, false },
	{ "trap", trap_builtin, true },
	{ "true", true_builtin, false },
	{ "type", type_builtin, false },
	{ "umask", umask_builtin, false },
	{ "unset", unset_builtin, true },
	{ "wait", wait_builtin, false },
};

builtin find_builtin(const char *name, bool *special)
{
	for (unsigned int i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (!strcmp(builtins[i].name, name)) {
			if (special)
				*special = builtins[i].special;
			return builtins[i].run;
		}
	return NULL;
}

const char *builtin_name(unsigned int index)
{
	return index < sizeof(builtins) / sizeof(builtins[0]) ? builtins[index].name : NULL;
}
