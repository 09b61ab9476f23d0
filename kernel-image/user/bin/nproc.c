/* nproc: how many CPUs this process may run on. */
#include <sched.h>
#include <stdio.h>
#include <tool.h>

int main(int argc, char **argv)
{
	unsigned char mask[128] = { 0 };
	int size, count = 0;

	getopt(argc, argv, "", "nproc");
	if (optind < argc)
		usage("nproc");
	size = sched_getaffinity(0, sizeof(mask), mask);
	if (size < 0)
		die("sched_getaffinity");
	for (int i = 0; i < size * 8; i++)
		count += mask[i / 8] >> i % 8 & 1;
	printf("%d\n", count);
	return 0;
}
