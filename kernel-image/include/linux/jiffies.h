/* Ticks since boot. */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/time.h>
#include <linux/types.h>

#define HZ 100
#define USER_HZ 100
#define TICK_NSEC (1000000000L / HZ)
#define INITIAL_JIFFIES 0

extern volatile unsigned long jiffies;

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

static inline unsigned long msecs_to_jiffies(unsigned int m) { return (m + (1000 / HZ) - 1) / (1000 / HZ); }
static inline unsigned int jiffies_to_msecs(unsigned long j) { return j * (1000 / HZ); }
static inline unsigned long nsecs_to_jiffies(u64 n) { return n / TICK_NSEC; }
/* Never less time than asked for; MAX_SCHEDULE_TIMEOUT when it would not fit. */
static inline long timespec64_to_jiffies(const struct timespec64 *ts)
{
	const time64_t max = (1L << 40);

	return ts->tv_sec >= max ? (long)(~0UL >> 1) : ts->tv_sec * HZ + (ts->tv_nsec + TICK_NSEC - 1) / TICK_NSEC;
}
static inline clock_t jiffies_to_clock_t(unsigned long j) { return j; }
static inline u64 nsec_to_clock_t(u64 ns) { return ns / TICK_NSEC; }

#endif
