/* tty: the name of the terminal on the standard input. */
#include <stdio.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[256];
	ssize_t len;

	getopt(argc, argv, "", "tty");
	if (optind < argc)
		usage("tty");
	if (!isatty(STDIN_FILENO)) {
		puts("not a tty");
		return 1;
	}
	len = readlink("/proc/self/fd/0", path, sizeof(path) - 1);
	if (len < 0)
		die("/proc/self/fd/0");
	printf("%.*s\n", (int)len, path);
	return 0;
}
