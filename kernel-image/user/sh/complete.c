/* Completion of the word before the cursor: commands where one is due, else path names. */
#include "sh.h"
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

/* Keeps the list sorted, each text once. */
static void add(struct word **list, const char *text, size_t len)
{
	char *copy = take_string(text, len);
	struct word *w;

	while (*list && strcmp((*list)->text, copy) < 0)
		list = &(*list)->next;
	if (*list && !strcmp((*list)->text, copy))
		return;
	w = take(sizeof(*w));
	*w = (struct word){ *list, copy };
	*list = w;
}

static void add_directory(struct word **list, const char *directory, const char *prefix)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !strncmp(entry->d_name, prefix, strlen(prefix)))
			add(list, entry->d_name, strlen(entry->d_name));
	if (dir)
		closedir(dir);
}

static void add_commands(struct word **list, const char *prefix)
{
	const char *path = get_variable("PATH"), *name;

	for (int i = 0; (name = builtin_name(i)); i++)
		if (!strncmp(name, prefix, strlen(prefix)))
			add(list, name, strlen(name));
	while (path && *path) {
		size_t len = strcspn(path, ":");

		add_directory(list, take_string(path, len), prefix);
		path += len + (path[len] == ':');
	}
}

static void add_paths(struct word **list, const char *prefix)
{
	char *pattern = take(2 * strlen(prefix) + 2), *out = pattern;
	struct word *found = NULL, **tail = &found;
	struct stat st;

	for (const char *p = prefix; *p; p++) {
		if (strchr("*?[\\", *p))
			*out++ = '\\';
		*out++ = *p;
	}
	*out = '*';
	glob(pattern, &tail);
	for (; found; found = found->next) {
		size_t len = strlen(found->text);

		if (stat(found->text, &st) == 0 && S_ISDIR(st.st_mode))
			found->text = strcat(strcpy(take(len + 2), found->text), "/");
		add(list, found->text, strlen(found->text));
	}
}

struct word *complete(const char *line, size_t cursor, size_t *start)
{
	struct word *list = NULL;
	size_t before;
	char *prefix;

	*start = cursor;
	while (*start && !strchr(" \t;|&<>()=`\"'", line[*start - 1]))
		--*start;
	prefix = take_string(line + *start, cursor - *start);
	before = *start;
	while (before && (line[before - 1] == ' ' || line[before - 1] == '\t'))
		before--;
	if ((!before || strchr(";|&(`", line[before - 1])) && !strchr(prefix, '/'))
		add_commands(&list, prefix);
	else
		add_paths(&list, prefix);
	return list;
}
