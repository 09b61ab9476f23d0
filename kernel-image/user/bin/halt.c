/* halt, poweroff, reboot: ask init to end the system, or with -f the kernel at once. */
#include <signal.h>
#include <string.h>
#include <sys/reboot.h>
#include <tool.h>
#include <unistd.h>

#define PATIENCE 30

static const struct { const char *name; int signal; unsigned int command; } ways[] = {
	{ "halt", SIGUSR1, RB_HALT_SYSTEM },
	{ "poweroff", SIGUSR2, RB_POWER_OFF },
	{ "reboot", SIGTERM, RB_AUTOBOOT },
};

int main(int argc, char **argv)
{
	int force = 0, way = 0;

	while (getopt(argc, argv, "f", "halt|poweroff|reboot [-f]") != -1)
		force = 1;
	if (optind < argc)
		usage("halt|poweroff|reboot [-f]");
	while (way < 2 && strcmp(ways[way].name, program_name))
		way++;
	if (geteuid() != 0)
		fail("only root may end the system");
	if (force) {
		sync();
		reboot(ways[way].command);
		die("reboot");
	}
	if (kill(1, ways[way].signal) < 0)
		die("init");
	/* init ends this process too; until then the shell shall not prompt into its messages. */
	sleep(PATIENCE);
	fail("init did not end the system in %d seconds", PATIENCE);
}
