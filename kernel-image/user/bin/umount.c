/* umount: detaches file systems. */
#include <sys/mount.h>
#include <tool.h>

int main(int argc, char **argv)
{
	int failed = 0;

	getopt(argc, argv, "", "umount TARGET...");
	if (optind == argc)
		usage("umount TARGET...");
	for (int i = optind; i < argc; i++)
		if (umount2(argv[i], 0) < 0) {
			warn(argv[i]);
			failed = 1;
		}
	return failed;
}
