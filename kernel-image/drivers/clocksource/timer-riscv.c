/* The clock event of every hart: its timer comparator, set through the SBI. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>
#include <asm/sbi.h>

void timer_clock_event_program(u64 cycles)
{
	sbi_set_timer(cycles);
}

/* Starts the boot CPU's tick; secondaries start theirs in smp_callin. */
void __init time_init(void)
{
	tick_setup_cpu();
}
