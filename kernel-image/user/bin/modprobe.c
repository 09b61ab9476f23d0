/* modprobe: loads modules by name or alias, with what they need first; -r removes them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <tool.h>
#include <unistd.h>

#define USAGE "modprobe [-q] [-r] NAME [PARAMETER=VALUE]... | modprobe -a [-q] [-r] NAME..."

int finit_module(int fd, const char *parameters, int flags);
int delete_module(const char *name, unsigned int flags);

static char folder[128];
static int quiet, removing;

/* The name of a module: a dash is as good as an underscore. */
static int same_name(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
			return 0;
	return !a[len];
}

static int matches(const char *pattern, const char *text)
{
	for (; *pattern && *pattern != '*'; pattern++, text++)
		if (*pattern != '?' ? *pattern != *text : !*text)
			return 0;
	if (!*pattern)
		return !*text;
	for (;; text++)
		if (matches(pattern + 1, text))
			return 1;
		else if (!*text)
			return 0;
}

/* One of the two files, and a line of it. */
struct index {
	const char *name;
	char *text;
	char line[512];
};

static struct index deps = { .name = "modules.dep" }, aliases = { .name = "modules.alias" };

/* Each line of the file in turn, a copy: *rest is NULL before the first. */
static char *next_line(struct index *index, const char **rest)
{
	char path[192];
	size_t len;

	if (!index->text) {
		snprintf(path, sizeof(path), "%s/%s", folder, index->name);
		index->text = slurp(path, NULL);
	}
	if (!*rest)
		*rest = index->text;
	if (!*rest || !**rest)
		return NULL;
	len = strcspn(*rest, "\n");
	if (len >= sizeof(index->line))
		fail("%s: a line is too long", index->name);
	memcpy(index->line, *rest, len);
	index->line[len] = '\0';
	*rest += len + ((*rest)[len] == '\n');
	return index->line;
}

/* The line of modules.dep about a module, cut off at its end; NULL if there is none. */
static char *dependencies(const char *name)
{
	const char *rest = NULL;
	char *line;

	while ((line = next_line(&deps, &rest))) {
		char *end = strchr(line, ':'), *start = end;

		while (start && start > line && start[-1] != '/')
			start--;
		if (start && end - start > 3 && same_name(name, start, end - start - 3)) {
			*end = ' ';
			return strdup(line);
		}
	}
	return NULL;
}

static int complain(const char *what)
{
	if (!quiet)
		warn(what);
	return 1;
}

static int insert(const char *file, const char *parameters)
{
	char path[192];
	int fd, failed;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return complain(path);
	failed = finit_module(fd, parameters, 0) < 0 && errno != EEXIST && complain(file);
	close(fd);
	return failed;
}

static int delete(char *file)
{
	char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

	name[strlen(name) - 3] = '\0';
	return delete_module(name, O_NONBLOCK) < 0 && complain(name);
}

/* The words of line, the last first: what is needed stands behind what needs it. */
static int insert_backwards(char *line, const char *parameters)
{
	char *first = strsep(&line, " ");

	while (line && *line == ' ')
		line++;
	if (line && *line && insert_backwards(line, ""))
		return 1;
	return insert(first, parameters);
}

static int probe_module(const char *name, const char *parameters)
{
	char *line = dependencies(name);

	if (!line)
		return -1;
	return removing ? delete(strsep(&line, " ")) : insert_backwards(line, parameters);
}

static int probe(const char *name, const char *parameters)
{
	const char *rest = NULL;
	char *line;
	int failed = probe_module(name, parameters), found = failed >= 0;

	if (found)
		return failed;
	failed = 0;
	while ((line = next_line(&aliases, &rest))) {
		char *pattern, *module;

		strsep(&line, " ");
		pattern = strsep(&line, " ");
		module = line;
		if (!pattern || !module || !matches(pattern, name))
			continue;
		found = 1;
		failed |= probe_module(module, parameters) != 0;
	}
	if (found)
		return failed;
	if (!quiet)
		fprintf(stderr, "modprobe: %s: no such module in %s\n", name, folder);
	return 1;
}

int main(int argc, char **argv)
{
	char parameters[512] = "";
	struct utsname uts;
	int option, all = 0, failed = 0;

	while ((option = getopt(argc, argv, "qra", USAGE)) != -1) {
		quiet |= option == 'q';
		removing |= option == 'r';
		all |= option == 'a';
	}
	if (optind == argc)
		usage(USAGE);
	uname(&uts);
	snprintf(folder, sizeof(folder), "/lib/modules/%s", uts.release);
	if (all) {
		for (int i = optind; i < argc; i++)
			failed |= probe(argv[i], "");
		return failed;
	}
	for (int i = optind + 1; i < argc; i++)
		snprintf(parameters + strlen(parameters), sizeof(parameters) - strlen(parameters), "%s%s",
			 i > optind + 1 ? " " : "", argv[i]);
	return probe(argv[optind], parameters);
}
