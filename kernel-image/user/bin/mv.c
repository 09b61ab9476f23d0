/* mv: renames files, or moves them into a directory; across file systems through cp and rm. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tool.h>
#include <unistd.h>

static int run(const char *argv[])
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], (char **)argv);
		warn(argv[0]);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
}

static int move(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno == EXDEV)
		return run((const char *[]){ "cp", "-r", "--", from, to, NULL }) ||
		       run((const char *[]){ "rm", "-r", "--", from, NULL });
	warn(from);
	return 1;
}

int main(int argc, char **argv)
{
	while (getopt(argc, argv, "f", "mv FILE... TARGET") != -1)
		;
	if (argc - optind < 2)
		usage("mv FILE... TARGET");
	return each_to_target(argv + optind, argc - 1 - optind, argv[argc - 1], move);
}
