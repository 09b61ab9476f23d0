/* env: shows the environment, or runs a program in a changed one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char synopsis[] = "env [-i] [-u NAME] [NAME=VALUE]... [COMMAND [ARGUMENT]...]";
	static char *empty[] = { NULL };
	int c;

	/* Only options in front of the command are ours. */
	while ((c = getopt(argc, argv, "iu:", synopsis)) != -1) {
		if (c == 'i')
			environ = empty;
		else
			unsetenv(optarg);
	}
	for (char *equals; optind < argc && (equals = strchr(argv[optind], '=')); optind++) {
		*equals = '\0';
		setenv(argv[optind], equals + 1, 1);
	}
	if (optind == argc) {
		for (char **e = environ; *e; e++)
			puts(*e);
		return 0;
	}
	execvp(argv[optind], argv + optind);
	warn(argv[optind]);
	return errno == ENOENT ? 127 : 126;
}
