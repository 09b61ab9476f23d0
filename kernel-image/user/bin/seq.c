/* seq: a row of numbers: from FIRST (1) by STEP (1) to LAST. */
#include <stdio.h>
#include <stdlib.h>
#include <tool.h>

int main(int argc, char **argv)
{
	long first = 1, step = 1, last;

	/* Negative numbers look like options: there are none. */
	if (argc < 2 || argc > 4)
		usage("seq [FIRST [STEP]] LAST");
	last = number(argv[argc - 1]);
	if (argc > 2)
		first = number(argv[1]);
	if (argc > 3)
		step = number(argv[2]);
	if (!step)
		fail("the step must not be 0");
	for (long i = first; step > 0 ? i <= last : i >= last; i += step)
		printf("%ld\n", i);
	return 0;
}
