/* echo: prints its arguments; -n without a newline, -e with escapes. */
#include <applet.h>

int main(int argc, char **argv)
{
	return echo_command(argc, argv);
}
