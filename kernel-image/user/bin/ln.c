/* ln: makes hard links, or with -s symbolic ones; -f replaces what is there. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "ln [-sf] TARGET... [LINK | DIRECTORY]";

int main(int argc, char **argv)
{
	int c, symbolic = 0, force = 0, failed = 0, into_directory, last;
	const char *place;
	struct stat st;
	char path[512];

	while ((c = getopt(argc, argv, "sf", synopsis)) != -1)
		*(c == 's' ? &symbolic : &force) = 1;
	if (optind == argc)
		usage(synopsis);
	last = argc - optind == 1 ? argc : argc - 1;
	place = last == argc ? "." : argv[last];
	into_directory = stat(place, &st) == 0 && S_ISDIR(st.st_mode);
	if (last - optind > 1 && !into_directory)
		fail("'%s' is not a directory", place);
	for (int i = optind; i < last; i++) {
		const char *slash = strrchr(argv[i], '/'), *name = place;

		if (into_directory) {
			snprintf(path, sizeof(path), "%s/%s", place, slash ? slash + 1 : argv[i]);
			name = path;
		}
		if (force)
			unlink(name);
		if ((symbolic ? symlink : link)(argv[i], name) < 0) {
			warn(name);
			failed = 1;
		}
	}
	return failed;
}
