/* /etc/passwd, /etc/group and /etc/shadow: lines of fields between colons. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 8

/* Splits the next line of a database into fields; missing ones are "". False at the end. */
static int next_line(FILE *f, char *line, size_t size, char *fields[FIELDS])
{
	char *rest = line;

	if (!fgets(line, size, f))
		return 0;
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < FIELDS; i++) {
		char *word = strsep(&rest, ":");

		fields[i] = word ? word : "";
	}
	return 1;
}

static struct passwd *find(const char *name, uid_t uid)
{
	static char line[256];
	static struct passwd pw;
	char *fields[FIELDS];
	FILE *f = fopen("/etc/passwd", "r");
	int found = 0;

	if (!f)
		return NULL;
	while (!found && next_line(f, line, sizeof(line), fields))
		found = name ? !strcmp(fields[0], name) : fields[2][0] && (uid_t)atoi(fields[2]) == uid;
	fclose(f);
	if (!found)
		return NULL;
	pw = (struct passwd){ .pw_name = fields[0], .pw_passwd = fields[1], .pw_uid = atoi(fields[2]),
			      .pw_gid = atoi(fields[3]), .pw_gecos = fields[4], .pw_dir = fields[5],
			      .pw_shell = fields[6] };
	return &pw;
}

struct passwd *getpwnam(const char *name)
{
	return find(name, 0);
}

struct passwd *getpwuid(uid_t uid)
{
	return find(NULL, uid);
}

const char *group_name(gid_t gid)
{
	static char line[256];
	char *fields[FIELDS];
	FILE *f = fopen("/etc/group", "r");
	const char *name = NULL;

	while (f && !name && next_line(f, line, sizeof(line), fields))
		if (fields[2][0] && (gid_t)atoi(fields[2]) == gid)
			name = fields[0];
	if (f)
		fclose(f);
	return name;
}

int user_groups(const char *name, gid_t gid, gid_t *list, int max)
{
	char line[256], *fields[FIELDS], *member;
	FILE *f = fopen("/etc/group", "r");
	int count = 0;

	list[count++] = gid;
	while (f && next_line(f, line, sizeof(line), fields))
		while (fields[3] && (member = strsep(&fields[3], ",")))
			if (!strcmp(member, name) && (gid_t)atoi(fields[2]) != gid && count < max)
				list[count++] = atoi(fields[2]);
	if (f)
		fclose(f);
	return count;
}

char *shadow_password(const char *name)
{
	static char line[256];
	char *fields[FIELDS], *hash = NULL;
	FILE *f = fopen("/etc/shadow", "r");

	while (f && !hash && next_line(f, line, sizeof(line), fields))
		if (!strcmp(fields[0], name))
			hash = fields[1];
	if (f)
		fclose(f);
	return hash;
}
