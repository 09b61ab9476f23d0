/* Patterns with * ? [...] and \: matching a text, and the path names that match. */
#include "sh.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Does c belong to the set at p (behind its '[')? *end becomes its ']', or NULL if it has none. */
static bool in_set(const char *p, char c, const char **end)
{
	bool negate = *p == '!' || *p == '^', found = false;
	const char *first = p += negate;

	for (; *p && (*p != ']' || p == first); p++) {
		char low, high;

		if (*p == '\\' && p[1])
			p++;
		low = high = *p;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			high = p[2];
			p += 2;
		}
		if (c >= low && c <= high)
			found = true;
	}
	*end = *p ? p : NULL;
	return found != negate;
}

bool match(const char *pattern, const char *text)
{
	const char *end;

	for (; *pattern; pattern++, text++) {
		switch (*pattern) {
		case '*':
			while (*pattern == '*')
				pattern++;
			for (; *text; text++)
				if (match(pattern, text))
					return true;
			return match(pattern, text);
		case '?':
			if (!*text)
				return false;
			break;
		case '[':
			if (*text && in_set(pattern + 1, *text, &end) && end) {
				pattern = end;
				break;
			}
			in_set(pattern + 1, '\0', &end);
			if (end || *text != '[')
				return false;
			break;
		case '\\':
			if (pattern[1])
				pattern++;
			/* fallthrough */
		default:
			if (*pattern != *text)
				return false;
		}
	}
	return !*text;
}

struct matches { char **paths; int count; };

static void add(struct matches *m, const char *path)
{
	if (m->count % 16 == 0) {
		m->paths = realloc(m->paths, (m->count + 16) * sizeof(*m->paths));
		if (!m->paths)
			out_of_memory();
	}
	m->paths[m->count++] = take_string(path, strlen(path));
}

static char *join(const char *directory, const char *name, size_t len)
{
	size_t head = strlen(directory);
	char *path = take(head + len + 2);

	memcpy(path, directory, head);
	memcpy(path + head, name, len);
	return path;
}

/* Adds the paths below directory ("" or ending with '/') that match the rest of a pattern. */
static void walk(struct matches *m, const char *directory, const char *pattern)
{
	size_t len = strcspn(pattern, "/"), slashes = strspn(pattern + len, "/");
	char *component = take_string(pattern, len);
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (!len) {
		walk(m, join(directory, pattern, slashes), pattern + slashes);
		return;
	}
	dir = opendir(*directory ? directory : ".");
	while (dir && (entry = readdir(dir))) {
		char *path;

		if ((entry->d_name[0] == '.' && component[0] != '.') || !match(component, entry->d_name))
			continue;
		path = join(directory, entry->d_name, strlen(entry->d_name));
		if (!pattern[len + slashes] && !slashes)
			add(m, path);
		else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			path = join(path, "/", 1);
			if (pattern[len + slashes])
				walk(m, path, pattern + len + slashes);
			else
				add(m, path);
		}
	}
	if (dir)
		closedir(dir);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool glob(const char *pattern, struct word ***tail)
{
	struct matches m = { 0 };

	walk(&m, "", pattern);
	qsort(m.paths, m.count, sizeof(*m.paths), compare);
	for (int i = 0; i < m.count; i++) {
		**tail = take(sizeof(***tail));
		(**tail)->text = m.paths[i];
		*tail = &(**tail)->next;
	}
	free(m.paths);
	return m.count > 0;
}
