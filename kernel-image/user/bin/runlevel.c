/* runlevel: the previous and the present run level. */
#include <tool.h>
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd;

	getopt(argc, argv, "", "runlevel");
	if (optind < argc)
		usage("runlevel");
	fd = open("/run/runlevel", O_RDONLY);
	if (fd < 0 || copy_fd(fd, STDOUT_FILENO) < 0)
		die("/run/runlevel");
	return 0;
}
