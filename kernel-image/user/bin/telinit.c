/* telinit: asks init for another run level, or (q) to read /etc/inittab again. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	FILE *f;

	getopt(argc, argv, "", "telinit 0-6|S|q");
	if (argc - optind != 1 || strlen(argv[optind]) != 1 || !strchr("0123456SsQq", argv[optind][0]))
		usage("telinit 0-6|S|q");
	if (geteuid() != 0)
		fail("only root may change the run level");
	if (!strchr("Qq", argv[optind][0])) {
		f = fopen("/run/telinit", "w");
		if (!f || fprintf(f, "%c\n", argv[optind][0] == 's' ? 'S' : argv[optind][0]) < 0 || fclose(f) < 0)
			die("/run/telinit");
	}
	if (kill(1, SIGHUP) < 0)
		die("init");
	return 0;
}
