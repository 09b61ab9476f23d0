/* chown: changes the owner, and after a colon the group, of files. */
#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

static uid_t user_id(const char *name)
{
	struct passwd *pw = getpwnam(name);

	if (pw)
		return pw->pw_uid;
	return number(name);
}

static gid_t group_id(const char *name)
{
	for (gid_t gid = 0; gid < 65536; gid++) {
		const char *known = group_name(gid);

		if (known && !strcmp(known, name))
			return gid;
	}
	return number(name);
}

int main(int argc, char **argv)
{
	uid_t uid = -1;
	gid_t gid = -1;
	char *owner, *colon;
	int failed = 0;

	getopt(argc, argv, "", "chown USER[:GROUP] FILE...");
	if (argc - optind < 2)
		usage("chown USER[:GROUP] FILE...");
	owner = argv[optind];
	colon = strchr(owner, ':');
	if (colon)
		*colon++ = '\0';
	if (*owner)
		uid = user_id(owner);
	if (colon && *colon)
		gid = isdigit(*colon) ? (gid_t)number(colon) : group_id(colon);
	for (int i = optind + 1; i < argc; i++)
		if (chown(argv[i], uid, gid) < 0) {
			warn(argv[i]);
			failed = 1;
		}
	return failed;
}
