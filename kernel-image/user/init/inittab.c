/* Reads /etc/inittab: lines of id:runlevels:action:process. */
#include "init.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry *inittab;

static const char *const actions[] = {
	[OFF] = "off", [INITDEFAULT] = "initdefault", [SYSINIT] = "sysinit", [BOOT] = "boot",
	[BOOTWAIT] = "bootwait", [WAIT] = "wait", [ONCE] = "once", [RESPAWN] = "respawn",
	[CTRLALTDEL] = "ctrlaltdel", [SHUTDOWN] = "shutdown",
};

static int action_number(const char *name)
{
	for (unsigned int i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strcmp(actions[i], name))
			return i;
	return -1;
}

static struct entry *find_or_add(const char *id)
{
	struct entry **link = &inittab;

	while (*link && strcmp((*link)->id, id))
		link = &(*link)->next;
	if (!*link) {
		*link = calloc(1, sizeof(**link));
		if (*link)
			strlcpy((*link)->id, id, sizeof((*link)->id));
	}
	return *link;
}

static void add_line(char *line, int line_number)
{
	char *rest = line, *id = strsep(&rest, ":"), *levels = strsep(&rest, ":"), *name = strsep(&rest, ":");
	int action = name ? action_number(name) : -1;
	struct entry *entry;

	if (!*id || action < 0 || strlen(id) >= sizeof(entry->id) || strlen(levels) >= sizeof(entry->levels) ||
	    (rest && strlen(rest) >= sizeof(entry->process))) {
		message("/etc/inittab line %d: expected id:runlevels:action:process, line ignored", line_number);
		return;
	}
	entry = find_or_add(id);
	if (!entry)
		return;
	if (entry->listed) {
		message("/etc/inittab line %d: second entry named %s, line ignored", line_number, id);
		return;
	}
	strlcpy(entry->levels, levels, sizeof(entry->levels));
	strlcpy(entry->process, rest ? rest : "", sizeof(entry->process));
	entry->action = action;
	entry->listed = true;
}

/* Without a file there is still a way in. */
static void add_default(void)
{
	char line[] = "1:12345:respawn:/bin/sh";

	message("cannot read /etc/inittab, starting a shell");
	add_line(line, 0);
}

void read_inittab(void)
{
	FILE *f = fopen("/etc/inittab", "r");
	char *line = NULL;
	size_t capacity = 0;
	int line_number = 0;

	for (struct entry *e = inittab; e; e = e->next)
		e->listed = false;
	if (!f)
		add_default();
	while (f && getline(&line, &capacity, f) >= 0) {
		char *start = line + strspn(line, " \t");

		line_number++;
		start[strcspn(start, "\n")] = '\0';
		if (*start && *start != '#')
			add_line(start, line_number);
	}
	if (f)
		fclose(f);
	free(line);
	/* An entry that left the file stays until its process has ended. */
	for (struct entry *e = inittab; e; e = e->next)
		if (!e->listed)
			e->action = OFF;
}
