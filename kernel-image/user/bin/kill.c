/* kill: sends a signal to processes. */
#include <applet.h>

static pid_t no_jobs(const char *job)
{
	(void)job;
	return 0;
}

int main(int argc, char **argv)
{
	return kill_command(argc, argv, no_jobs);
}
