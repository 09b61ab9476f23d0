/* The clock source: the time CSR, scaled to nanoseconds; the wall clock is an offset to it. */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <asm/timex.h>

unsigned long riscv_timebase;
unsigned long loops_per_jiffy;
static u64 cycles_at_boot;
static s64 wall_offset;		/* ns from boot's zero to 1970's */

static u64 cycles_to_ns(u64 cycles)
{
	return cycles / riscv_timebase * NSEC_PER_SEC + cycles % riscv_timebase * NSEC_PER_SEC / riscv_timebase;
}

/* 0 until timekeeping_init. */
ktime_t ktime_get(void)
{
	return cycles_at_boot ? cycles_to_ns(get_cycles() - cycles_at_boot) : 0;
}

u64 ktime_to_cycles(ktime_t t)
{
	return cycles_at_boot + t / NSEC_PER_SEC * riscv_timebase +
	       (t % NSEC_PER_SEC * riscv_timebase + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
}

/* The scheduler's and the log's clock: as coarse as jiffies until sched_clock_init. */
static bool sched_clock_running;

u64 sched_clock(void)
{
	return sched_clock_running ? ktime_get() : (u64)jiffies * TICK_NSEC;
}

void __init sched_clock_init(void)
{
	sched_clock_running = true;
}

ktime_t ktime_get_real(void)
{
	return ktime_get() + READ_ONCE(wall_offset);
}

void ktime_get_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get());
}

void ktime_get_real_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get_real());
}

int do_settimeofday64(const struct timespec64 *ts)
{
	if (ts->tv_sec < 0 || (unsigned long)ts->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	WRITE_ONCE(wall_offset, timespec64_to_ns(ts) - ktime_get());
	return 0;
}

void __init timekeeping_init(void)
{
	cycles_at_boot = get_cycles();
}

/* The timer frequency is known, so nothing has to be measured. */
void calibrate_delay(void)
{
	loops_per_jiffy = riscv_timebase / HZ;
	pr_info("Calibrating delay loop (skipped), value calculated using timer frequency.. %lu.%02lu BogoMIPS (lpj=%lu)\n",
		loops_per_jiffy / (500000 / HZ), loops_per_jiffy / (5000 / HZ) % 100, loops_per_jiffy);
}

void udelay(unsigned long usecs)
{
	u64 start = get_cycles(), wait = usecs * riscv_timebase / USEC_PER_SEC;

	while (get_cycles() - start < wait)
		cpu_relax();
}
