/* The load averages over 1, 5 and 15 minutes, and the counts behind them. */
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "sched.h"

#define LOAD_FREQ (5 * HZ)
static const unsigned long decay[3] = { 1884, 2014, 2037 };	/* exp(-5 s / period), fixed point */
static unsigned long avenrun[3];
static unsigned long ticks_left = LOAD_FREQ;

unsigned long nr_running(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += READ_ONCE(cpu_rq(cpu)->nr_running);
	return sum;
}

u64 nr_context_switches(void)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(cpu_rq(cpu)->nr_switches);
	return sum;
}

/* Called under jiffies_lock with the ticks that have passed; after a long idle time they are many. */
void calc_global_load(unsigned long ticks)
{
	for (; ticks >= ticks_left; ticks_left = LOAD_FREQ) {
		unsigned long active = nr_running() * FIXED_1;

		ticks -= ticks_left;
		for (int i = 0; i < 3; i++)
			avenrun[i] = (avenrun[i] * decay[i] + active * (FIXED_1 - decay[i])) >> FSHIFT;
	}
	ticks_left -= ticks;
}

void get_avenrun(unsigned long loads[3])
{
	for (int i = 0; i < 3; i++)
		loads[i] = READ_ONCE(avenrun[i]);
}
