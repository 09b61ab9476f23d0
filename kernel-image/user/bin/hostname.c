/* hostname: shows or sets the name of the machine; -F takes it from a file. */
#include <stdio.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char name[65], *new_name = NULL;

	while (getopt(argc, argv, "F:", "hostname [-F FILE | NAME]") != -1) {
		new_name = slurp(optarg, NULL);
		if (!new_name)
			die(optarg);
		new_name[strcspn(new_name, "\n")] = '\0';
	}
	if (optind < argc)
		new_name = argv[optind++];
	if (optind < argc)
		usage("hostname [-F FILE | NAME]");
	if (new_name) {
		if (sethostname(new_name, strlen(new_name)) < 0)
			die(new_name);
		return 0;
	}
	gethostname(name, sizeof(name));
	puts(name);
	return 0;
}
