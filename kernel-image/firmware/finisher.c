/* The end of the machine: SiFive's test finisher takes shutdown, reboot and failure. */
#include <firmware.h>

#define FINISHER_FAIL	0x3333	/* the exit status in the upper half */
#define FINISHER_PASS	0x5555
#define FINISHER_RESET	0x7777

bool finisher_present(void)
{
	return platform.finisher;
}

void finish(enum ending ending)
{
	static const uint32_t values[] = {
		[ENDING_SHUTDOWN] = FINISHER_PASS,
		[ENDING_REBOOT] = FINISHER_RESET,
		[ENDING_FAILURE] = 1 << 16 | FINISHER_FAIL,
	};

	if (platform.finisher)
		mmio_write32(platform.finisher, values[ending]);
	for (;;)
		asm volatile("wfi");
}

void panic(const char *message)
{
	print("firmware: ");
	print(message);
	print("\n");
	finish(ENDING_FAILURE);
}
