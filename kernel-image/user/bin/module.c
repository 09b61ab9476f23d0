/* insmod, rmmod, lsmod: loads a kernel module, removes one, lists them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>

int init_module(const void *image, unsigned long size, const char *parameters);
int delete_module(const char *name, unsigned int flags);

static int insert(int argc, char **argv)
{
	char parameters[256] = "", *image;
	size_t size;

	if (argc < 2)
		usage("insmod FILE [NAME=VALUE]...");
	image = slurp(argv[1], &size);
	if (!image)
		die(argv[1]);
	for (int i = 2; i < argc; i++)
		snprintf(parameters + strlen(parameters), sizeof(parameters) - strlen(parameters), "%s%s",
			 i > 2 ? " " : "", argv[i]);
	if (init_module(image, size, parameters) < 0)
		die(argv[1]);
	return 0;
}

static int delete(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		usage("rmmod NAME...");
	for (int i = 1; i < argc; i++)
		if (delete_module(argv[i], O_NONBLOCK) < 0) {
			warn(argv[i]);
			failed = 1;
		}
	return failed;
}

static int list(int argc)
{
	char *table = slurp("/proc/modules", NULL), *rest = table, *line;

	if (argc > 1)
		usage("lsmod");
	if (!table)
		die("/proc/modules");
	printf("%-20s%8s  %s\n", "Module", "Size", "Used by");
	while ((line = strsep(&rest, "\n")) && *line) {
		char *name = strsep(&line, " "), *size = strsep(&line, " "), *uses = strsep(&line, " "),
		     *users = strsep(&line, " ");

		printf("%-20s%8s  %s %s\n", name, size, uses, users && strcmp(users, "-") ? users : "");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (!strcmp(program_name, "insmod"))
		return insert(argc, argv);
	if (!strcmp(program_name, "rmmod"))
		return delete(argc, argv);
	return list(argc);
}
