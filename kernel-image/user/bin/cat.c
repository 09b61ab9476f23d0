/* cat: files, one after the other, to the standard output. */
#include <fcntl.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

static int cat(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY) : STDIN_FILENO;
	int failed = fd < 0 || copy_fd(fd, STDOUT_FILENO) < 0;

	if (failed)
		warn(path);
	if (fd > STDIN_FILENO)
		close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	getopt(argc, argv, "", "cat [FILE]...");
	if (optind == argc)
		return cat("-");
	for (int i = optind; i < argc; i++)
		failed |= cat(argv[i]);
	return failed;
}
