/* sync: writes to the disks what memory still holds of them. */
#include <tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("sync");
	sync();
	return 0;
}
