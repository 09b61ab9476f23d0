/* The core-local interruptor: machine timer and software interrupts (SiFive's layout). */
#include <firmware.h>

#define MSIP		0x0000
#define MTIMECMP	0x4000
#define MTIME		0xbff8

uint64_t clint_time(void)
{
	return *(volatile uint64_t *)(platform.clint + MTIME);
}

void clint_set_timer(unsigned long hartid, uint64_t when)
{
	*(volatile uint64_t *)(platform.clint + MTIMECMP + 8 * hartid) = when;
}

/* What was written before must be seen by the hart that takes the interrupt. */
void clint_send_ipi(unsigned long hartid)
{
	asm volatile("fence w, o" : : : "memory");
	mmio_write32(platform.clint + MSIP + 4 * hartid, 1);
}

void clint_clear_ipi(unsigned long hartid)
{
	mmio_write32(platform.clint + MSIP + 4 * hartid, 0);
	asm volatile("fence o, r" : : : "memory");
}
