/* Physical memory protection: lower modes get all of memory except the firmware's. */
#include <firmware.h>

/* Entry 0 wins over entry 1 and, not being locked, does not bind M-mode (Privileged ISA, 3.7.1). */
void pmp_init(void)
{
	uintptr_t start = (uintptr_t)_fw_start, size = (uintptr_t)_fw_limit - start;
	unsigned long none = PMP_NAPOT, all = PMP_NAPOT | PMP_R | PMP_W | PMP_X;

	/* A machine without PMP has nothing to protect with: it lets everything through. */
	try_write_pmp(all << 8 | none, (start | (size / 2 - 1)) >> 2, -1UL);
}
