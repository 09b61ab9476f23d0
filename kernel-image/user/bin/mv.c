/* mv: renames files, or moves them into a directory; across file systems through cp and rm. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tool.h>
#include <unistd.h>

static int run(char *const argv[])
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		warn(argv[0]);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
}

static int move(char *from, char *to)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno == EXDEV)
		return run((char *[]){ "cp", "-r", "--", from, to, NULL }) ||
		       run((char *[]){ "rm", "-r", "--", from, NULL });
	warn(from);
	return 1;
}

int main(int argc, char **argv)
{
	struct stat st;
	char *target, path[512];
	int c, failed = 0, into_directory;

	while ((c = getopt(argc, argv, "f", "mv FILE... TARGET")) != -1)
		;
	if (argc - optind < 2)
		usage("mv FILE... TARGET");
	target = argv[argc - 1];
	into_directory = stat(target, &st) == 0 && S_ISDIR(st.st_mode);
	if (argc - optind > 2 && !into_directory)
		fail("'%s' is not a directory", target);
	for (int i = optind; i < argc - 1; i++) {
		const char *slash = strrchr(argv[i], '/');

		snprintf(path, sizeof(path), "%s/%s", target, slash ? slash + 1 : argv[i]);
		failed |= move(argv[i], into_directory ? path : target);
	}
	return failed;
}
