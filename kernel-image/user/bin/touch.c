/* touch: makes files that are not there, and sets the times of the others to now. */
#include <fcntl.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int create = 1, failed = 0, fd;

	while (getopt(argc, argv, "c", "touch [-c] FILE...") != -1)
		create = 0;
	if (optind == argc)
		usage("touch [-c] FILE...");
	for (int i = optind; i < argc; i++) {
		if (utimensat(AT_FDCWD, argv[i], NULL, 0) == 0 || !create)
			continue;
		fd = open(argv[i], O_WRONLY | O_CREAT, 0666);
		if (fd < 0) {
			warn(argv[i]);
			failed = 1;
		} else {
			close(fd);
		}
	}
	return failed;
}
