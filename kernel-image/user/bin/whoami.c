/* whoami: the name of the effective user. */
#include <pwd.h>
#include <stdio.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct passwd *pw = getpwuid(geteuid());

	getopt(argc, argv, "", "whoami");
	if (optind < argc)
		usage("whoami");
	if (!pw)
		fail("no name for user id %u", geteuid());
	puts(pw->pw_name);
	return 0;
}
