/* pwd: the current directory. */
#include <stdio.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[1024];

	getopt(argc, argv, "", "pwd");
	if (optind < argc)
		usage("pwd");
	if (!getcwd(path, sizeof(path)))
		die("current directory");
	puts(path);
	return 0;
}
