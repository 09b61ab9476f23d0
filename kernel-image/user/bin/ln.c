/* ln: makes hard links, or with -s symbolic ones; -f replaces what is there. */
#include <stdbool.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "ln [-sf] TARGET... [LINK | DIRECTORY]";

static bool symbolic, force;

static int make_link(const char *to, const char *path)
{
	if (force)
		unlink(path);
	if ((symbolic ? symlink : link)(to, path) == 0)
		return 0;
	warn(path);
	return 1;
}

int main(int argc, char **argv)
{
	int c, count;

	while ((c = getopt(argc, argv, "sf", synopsis)) != -1)
		*(c == 's' ? &symbolic : &force) = true;
	count = argc - optind;
	if (count == 0)
		usage(synopsis);
	if (count == 1)
		return each_to_target(argv + optind, 1, ".", make_link);
	return each_to_target(argv + optind, count - 1, argv[argc - 1], make_link);
}
