/* Times as system calls carry them. */
#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/types.h>

#define NSEC_PER_SEC 1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L
#define USEC_PER_SEC 1000000L

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_BOOTTIME 7

struct timespec64 {
	time64_t tv_sec;
	long tv_nsec;
};

struct itimerspec64 {
	struct timespec64 it_interval;	/* 0: once */
	struct timespec64 it_value;	/* 0: off */
};

struct timeval {
	time64_t tv_sec;
	long tv_usec;
};

#define KTIME_MAX ((ktime_t)(~0UL >> 1))

static inline bool timespec64_valid(const struct timespec64 *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < NSEC_PER_SEC;
}
/* Of a valid time; what does not fit is for ever. */
static inline ktime_t timespec64_to_ktime(const struct timespec64 *ts)
{
	return ts->tv_sec >= KTIME_MAX / NSEC_PER_SEC ? KTIME_MAX : ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}
static inline ktime_t ktime_add_safe(ktime_t a, ktime_t b)
{
	return b > 0 && a > KTIME_MAX - b ? KTIME_MAX : a + b;
}
static inline s64 timespec64_to_ns(const struct timespec64 *ts) { return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec; }
static inline struct timeval ns_to_timeval(s64 ns)
{
	return (struct timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}
static inline struct timespec64 ns_to_timespec64(s64 ns)
{
	return (struct timespec64){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
}

#endif
