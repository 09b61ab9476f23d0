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

static inline unsigned long msecs_to_jiffies(unsigned int m) { return (m + (1000 / HZ) - 1) / (1000 / HZ); }

#endif
