/* rmdir: removes empty directories. */
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int failed = 0;

	getopt(argc, argv, "", "rmdir DIRECTORY...");
	if (optind == argc)
		usage("rmdir DIRECTORY...");
	for (int i = optind; i < argc; i++)
		if (rmdir(argv[i]) < 0) {
			warn(argv[i]);
			failed = 1;
		}
	return failed;
}
