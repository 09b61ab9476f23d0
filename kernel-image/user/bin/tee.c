/* tee: copies the standard input to the standard output and into files; -a appends. */
#include <fcntl.h>
#include <tool.h>
#include <unistd.h>

#define FILES 16

int main(int argc, char **argv)
{
	int fd[FILES], count = 0, flags = O_TRUNC, failed = 0;
	char buf[4096];
	ssize_t n;

	while (getopt(argc, argv, "a", "tee [-a] [FILE]...") != -1)
		flags = O_APPEND;
	if (argc - optind > FILES)
		fail("at most %d files", FILES);
	for (; optind < argc; optind++) {
		fd[count] = open(argv[optind], O_WRONLY | O_CREAT | flags, 0666);
		if (fd[count] >= 0) {
			count++;
		} else {
			warn(argv[optind]);
			failed = 1;
		}
	}
	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		if (write_all(STDOUT_FILENO, buf, n) < 0)
			die("standard output");
		for (int i = 0; i < count; i++)
			if (write_all(fd[i], buf, n) < 0)
				die("cannot write");
	}
	return failed || n < 0;
}
