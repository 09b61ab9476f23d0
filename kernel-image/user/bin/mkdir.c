/* mkdir: makes directories; -p with the ones above, and without complaint when they are there. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>

static int make(char *path, mode_t mode, bool parents)
{
	struct stat st;

	for (char *slash = path + 1; parents && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	if (mkdir(path, mode) == 0 || (parents && errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	warn(path);
	return 1;
}

int main(int argc, char **argv)
{
	bool parents = false;
	mode_t mode = 0777;
	int c, failed = 0;

	while ((c = getopt(argc, argv, "pm:", "mkdir [-p] [-m MODE] DIRECTORY...")) != -1) {
		parents |= c == 'p';
		if (c == 'm')
			mode = strtoul(optarg, NULL, 8);
	}
	if (optind == argc)
		usage("mkdir [-p] [-m MODE] DIRECTORY...");
	for (int i = optind; i < argc; i++)
		failed |= make(argv[i], mode, parents);
	return failed;
}
