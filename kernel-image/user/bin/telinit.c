/* telinit: asks init for another run level, or (q) to read /etc/inittab again.
 *
 * The level gets its name only when it is written: init may look for one at any time, because of another telinit.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

static void leave_level(char level)
{
	char name[40];
	FILE *f;

	snprintf(name, sizeof(name), "/run/telinit.%d", getpid());
	f = fopen(name, "w");
	if (!f || fprintf(f, "%c\n", level) < 0 || fclose(f) < 0 || rename(name, "/run/telinit") < 0)
		die(name);
}

int main(int argc, char **argv)
{
	getopt(argc, argv, "", "telinit 0-6|S|q");
	if (argc - optind != 1 || strlen(argv[optind]) != 1 || !strchr("0123456SsQq", argv[optind][0]))
		usage("telinit 0-6|S|q");
	if (geteuid() != 0)
		fail("only root may change the run level");
	if (!strchr("Qq", argv[optind][0]))
		leave_level(argv[optind][0] == 's' ? 'S' : argv[optind][0]);
	if (kill(1, SIGHUP) < 0)
		die("init");
	return 0;
}
