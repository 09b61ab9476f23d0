/* Makes the mistake that its argument names, or takes all memory; says so if it gets away with it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KERNEL_TEXT 0xffffffff80002000UL
#define MEGABYTE (1UL << 20)

static uint32_t data[1] = { 0x00008067 };	/* ret */

static int recurse(int depth)
{
	volatile char frame[1024];

	frame[0] = (char)depth;
	return recurse(depth + 1) + frame[0];
}

/* Touches memory until none is given; then it waits, or is gone. */
static void hog(void)
{
	for (;;) {
		char *p = mmap(NULL, MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			pause();
		memset(p, 1, MEGABYTE);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	volatile uint32_t *kernel = (volatile uint32_t *)KERNEL_TEXT;

	if (!strcmp(what, "null"))
		*(volatile int *)0 = 1;
	else if (!strcmp(what, "text"))
		*(volatile uint32_t *)main = 0;
	else if (!strcmp(what, "data"))
		((void (*)(void))data)();
	else if (!strcmp(what, "read-kernel"))
		(void)*kernel;
	else if (!strcmp(what, "write-kernel"))
		*kernel = 0;
	else if (!strcmp(what, "call-kernel"))
		((void (*)(void))KERNEL_TEXT)();
	else if (!strcmp(what, "stack"))
		recurse(0);
	else if (!strcmp(what, "hog"))
		hog();
	puts("got away with it");
	return 0;
}
