/* Variables, and the environment made of the exported ones. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct variable *variables;
char **positional;
int positional_count;
const char *shell_name = "sh";

size_t name_length(const char *text)
{
	size_t len = 0;

	if (isdigit(*text))
		return 0;
	while (isalnum(text[len]) || text[len] == '_')
		len++;
	return len;
}

/* The list is kept sorted by name. */
static struct variable **place(const char *name)
{
	struct variable **link = &variables;

	while (*link && strcmp((*link)->name, name) < 0)
		link = &(*link)->next;
	return link;
}

static struct variable *find(const char *name)
{
	struct variable *v = *place(name);

	return v && !strcmp(v->name, name) ? v : NULL;
}

static struct variable *find_or_add(const char *name)
{
	struct variable *v = find(name), **link;

	if (v)
		return v;
	link = place(name);
	v = calloc(1, sizeof(*v));
	if (!v || !(v->name = strdup(name)))
		out_of_memory();
	v->next = *link;
	return *link = v;
}

const char *get_variable(const char *name)
{
	struct variable *v = find(name);

	return v ? v->value : NULL;
}

void set_variable(const char *name, const char *value)
{
	struct variable *v = find_or_add(name);
	char *copy = strdup(value);	/* value may be the old one */

	if (!copy)
		out_of_memory();
	free(v->value);
	v->value = copy;
}

void export_variable(const char *name)
{
	find_or_add(name)->exported = true;
}

void unset_variable(const char *name)
{
	struct variable **link = place(name), *v = *link;

	if (!v || strcmp(v->name, name))
		return;
	*link = v->next;
	free(v->name);
	free(v->value);
	free(v);
}

void save_variable(struct saved_variable **saved, const char *name)
{
	struct variable *v = find(name);
	struct saved_variable *s = calloc(1, sizeof(*s));

	if (!s || !(s->name = strdup(name)) || (v && v->value && !(s->value = strdup(v->value))))
		out_of_memory();
	s->exported = v && v->exported;
	s->next = *saved;
	*saved = s;
}

void restore_variables(struct saved_variable *s)
{
	while (s) {
		struct saved_variable *next = s->next;

		unset_variable(s->name);
		if (s->value)
			set_variable(s->name, s->value);
		if (s->exported)
			export_variable(s->name);
		free(s->name);
		free(s->value);
		free(s);
		s = next;
	}
}

void import_environment(void)
{
	for (char **e = environ; *e; e++) {
		size_t len = name_length(*e);
		char *name;

		if (!len || (*e)[len] != '=')
			continue;
		name = strndup(*e, len);
		if (!name)
			out_of_memory();
		set_variable(name, *e + len + 1);
		export_variable(name);
		free(name);
	}
}

char **make_environment(void)
{
	size_t count = 0;
	char **list, **out;

	for (struct variable *v = variables; v; v = v->next)
		count++;
	list = out = take((count + 1) * sizeof(*list));
	for (struct variable *v = variables; v; v = v->next) {
		if (!v->exported || !v->value)
			continue;
		*out = take(strlen(v->name) + strlen(v->value) + 2);
		strcat(strcat(strcpy(*out++, v->name), "="), v->value);
	}
	return list;
}

/* In a form that the shell can read back. */
void print_variables(bool exported_only)
{
	for (struct variable *v = variables; v; v = v->next) {
		if ((exported_only && !v->exported) || (!exported_only && !v->value))
			continue;
		printf("%s%s", exported_only ? "export " : "", v->name);
		if (v->value) {
			printf("='");
			for (const char *p = v->value; *p; p++)
				*p == '\'' ? printf("'\\''") : putchar(*p);
			putchar('\'');
		}
		putchar('\n');
	}
}
