/* id: who the user is, and in which groups. */
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <tool.h>
#include <unistd.h>

static void print_group(gid_t gid, bool name_only)
{
	const char *name = group_name(gid);

	if (name_only && name)
		printf("%s", name);
	else if (name)
		printf("%u(%s)", gid, name);
	else
		printf("%u", gid);
}

int main(int argc, char **argv)
{
	bool user_only = false, group_only = false, names = false;
	uid_t uid = geteuid();
	gid_t groups[32] = { getegid() };
	struct passwd *pw;
	int c, count;

	while ((c = getopt(argc, argv, "ugn", "id [-u | -g] [-n] [USER]")) != -1)
		*(c == 'u' ? &user_only : c == 'g' ? &group_only : &names) = true;
	if (argc - optind > 1)
		usage("id [-u | -g] [-n] [USER]");
	pw = optind < argc ? getpwnam(argv[optind]) : getpwuid(uid);
	if (optind < argc) {
		if (!pw)
			fail("no user '%s'", argv[optind]);
		uid = pw->pw_uid;
		count = user_groups(pw->pw_name, pw->pw_gid, groups, 32);
	} else {
		count = getgroups(31, groups + 1) + 1;
	}
	if (user_only) {
		if (names && pw)
			printf("%s\n", pw->pw_name);
		else
			printf("%u\n", uid);
		return 0;
	}
	if (group_only && !names) {
		printf("%u\n", groups[0]);
		return 0;
	}
	if (!group_only) {
		printf("uid=%u", uid);
		if (pw)
			printf("(%s)", pw->pw_name);
		printf(" gid=");
	}
	print_group(groups[0], group_only);
	for (int i = 0; i < count && !group_only; i++) {
		if (i && groups[i] == groups[0])
			continue;
		printf(i ? "," : " groups=");
		print_group(groups[i], false);
	}
	putchar('\n');
	return 0;
}
