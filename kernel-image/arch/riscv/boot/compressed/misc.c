/* What unpacks the kernel before there is one: no memory but the stack, no console but the firmware's. */
#include <asm/sbi.h>
#include "misc.h"

static void putchar(char c)
{
	if (sbi_probe_extension(SBI_EXT_DBCN))
		sbi_ecall(SBI_EXT_DBCN, SBI_EXT_DBCN_CONSOLE_WRITE_BYTE, c, 0, 0, 0, 0);
	else
		sbi_ecall(SBI_EXT_0_1_CONSOLE_PUTCHAR, 0, c, 0, 0, 0, 0);
}

static void putstr(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			putchar('\r');
		putchar(*s);
	}
}

/* Tells why the kernel cannot be had, and stops this hart; the others have not been started. */
static void error(const char *why)
{
	putstr("\n\n");
	putstr(why);
	putstr("\n\n -- System halted\n");
	for (;;)
		__asm__ __volatile__("wfi");
}

void decompress_kernel(void *output, const void *input, size_t input_len, size_t output_len)
{
	const char *problem;

	putstr("Uncompressing Linux...");
	problem = gunzip(output, output_len, input, input_len);
	if (problem)
		error(problem);
	putstr(" done, booting the kernel.\n");
}
