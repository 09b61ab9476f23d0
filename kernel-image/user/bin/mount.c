/* mount: attaches a file system; without arguments lists them, with -a mounts what /etc/fstab lists. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "mount [-a] [-r] [-t TYPE] [-o OPTION,...] [SOURCE] [TARGET]";

static const struct { const char *name; unsigned long set, clear; } options[] = {
	{ "defaults", 0, 0 }, { "ro", MS_RDONLY, 0 }, { "rw", 0, MS_RDONLY }, { "nosuid", MS_NOSUID, 0 },
	{ "nodev", MS_NODEV, 0 }, { "noexec", MS_NOEXEC, 0 }, { "remount", MS_REMOUNT, 0 }, { "noauto", 0, 0 },
};

/* What is no flag is for the file system and stays in data. */
static unsigned long parse_options(char *text, char *data, size_t size)
{
	unsigned long flags = 0;
	char *word;

	data[0] = '\0';
	while ((word = strsep(&text, ","))) {
		unsigned int i = 0;

		while (i < sizeof(options) / sizeof(options[0]) && strcmp(options[i].name, word))
			i++;
		if (i < sizeof(options) / sizeof(options[0]))
			flags = (flags | options[i].set) & ~options[i].clear;
		else if (*word)
			snprintf(data + strlen(data), size - strlen(data), "%s%s", *data ? "," : "", word);
	}
	return flags;
}

static int is_mounted(const char *target)
{
	char *table = slurp("/proc/mounts", NULL), *rest = table, *line;
	int found = 0;

	while ((line = strsep(&rest, "\n"))) {
		strsep(&line, " ");
		found |= line && !strncmp(line, target, strlen(target)) && line[strlen(target)] == ' ';
	}
	free(table);
	return found;
}

static int mount_all(void)
{
	char line[256], data[128], *fields[4], *rest;
	FILE *f = fopen("/etc/fstab", "r");
	int failed = 0;

	if (!f)
		die("/etc/fstab");
	while (fgets(line, sizeof(line), f)) {
		int count = 0;

		rest = line;
		line[strcspn(line, "#\n")] = '\0';
		while (count < 4 && (fields[count] = strsep(&rest, " \t")))
			count += *fields[count] != '\0';
		if (count < 4 || strstr(fields[3], "noauto") || is_mounted(fields[1]))
			continue;
		if (mount(fields[0], fields[1], fields[2], parse_options(fields[3], data, sizeof(data)), data) < 0) {
			warn(fields[1]);
			failed = 1;
		}
	}
	fclose(f);
	return failed;
}

static int list(void)
{
	char *table = slurp("/proc/mounts", NULL), *rest = table, *line;

	if (!table)
		die("/proc/mounts");
	while ((line = strsep(&rest, "\n")) && *line) {
		char *source = strsep(&line, " "), *target = strsep(&line, " "), *type = strsep(&line, " ");

		printf("%s on %s type %s (%s)\n", source, target, type, strsep(&line, " "));
	}
	return 0;
}

int main(int argc, char **argv)
{
	char data[256] = "", *type = NULL;
	unsigned long flags = 0;
	int c;

	while ((c = getopt(argc, argv, "art:o:", synopsis)) != -1) {
		switch (c) {
		case 'a': return mount_all();
		case 'r': flags |= MS_RDONLY; break;
		case 't': type = optarg; break;
		case 'o': flags |= parse_options(optarg, data, sizeof(data)); break;
		}
	}
	if (optind == argc && argc == 1)
		return list();
	if (argc - optind == 1 && (flags & MS_REMOUNT)) {
		if (mount("none", argv[optind], "none", flags, data) < 0)
			die(argv[optind]);
		return 0;
	}
	if (argc - optind != 2)
		usage(synopsis);
	if (!type)
		type = strncmp(argv[optind], "/dev/", 5) ? argv[optind] : "ext2";
	if (mount(argv[optind], argv[optind + 1], type, flags, data) < 0)
		die(argv[optind + 1]);
	return 0;
}
