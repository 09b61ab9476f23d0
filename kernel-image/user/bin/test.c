/* test: the status of a condition. */
#include <applet.h>

int main(int argc, char **argv)
{
	return test_command(argc, argv);
}
