/* uname: the names of the system, machine and kernel. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <tool.h>

int main(int argc, char **argv)
{
	static const char order[] = "snrvmo";
	struct utsname names;
	const char *fields[] = { names.sysname, names.nodename, names.release, names.version, names.machine,
				 "GNU/Linux" };
	unsigned int wanted = 0;
	int c, printed = 0;

	while ((c = getopt(argc, argv, "asnrvmo", "uname [-asnrvmo]")) != -1)
		wanted |= c == 'a' ? ~0U : 1U << (strchr(order, c) - order);
	if (optind < argc)
		usage("uname [-asnrvmo]");
	if (uname(&names) < 0)
		die("uname");
	fields[5] = names.sysname;
	for (int i = 0; i < 6; i++)
		if ((wanted ? wanted : 1) >> i & 1)
			printf("%s%s", printed++ ? " " : "", fields[i]);
	putchar('\n');
	return 0;
}
