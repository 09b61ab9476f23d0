/* Reading the time. */
#ifndef _LINUX_TIMEKEEPING_H
#define _LINUX_TIMEKEEPING_H

#include <linux/time.h>

ktime_t ktime_get(void);		/* ns since boot, monotonic */
ktime_t ktime_get_real(void);		/* ns since 1970 */
void ktime_get_real_ts64(struct timespec64 *ts);
void ktime_get_ts64(struct timespec64 *ts);
int do_settimeofday64(const struct timespec64 *ts);
/* A system call's time-out, counted from base, as a monotonic time; KTIME_MAX without one. */
int get_deadline(const struct timespec64 *user_timeout, ktime_t base, ktime_t *deadline);
static inline u64 ktime_get_ns(void) { return ktime_get(); }
static inline time64_t ktime_get_seconds(void) { return ktime_get() / NSEC_PER_SEC; }
static inline time64_t ktime_get_real_seconds(void) { return ktime_get_real() / NSEC_PER_SEC; }
/* Where a CPU has spent its time. */
u64 get_idle_time_ns(int cpu);
u64 cpu_user_time_ns(int cpu);
u64 cpu_system_time_ns(int cpu);
void timekeeping_init(void);
void sched_clock_init(void);
u64 ktime_to_cycles(ktime_t t);	/* of the time CSR, rounded up */
void time_init(void);

#endif
