/* readlink: where symbolic links point to. */
#include <stdio.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char target[1024];
	int failed = 0;

	getopt(argc, argv, "", "readlink FILE...");
	if (optind == argc)
		usage("readlink FILE...");
	for (; optind < argc; optind++) {
		ssize_t len = readlink(argv[optind], target, sizeof(target));

		if (len < 0)
			failed = 1;
		else
			printf("%.*s\n", (int)len, target);
	}
	return failed;
}
