/* System calls that read clocks and sleep. */
#include <linux/cred.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define CLOCK_MONOTONIC_RAW	4
#define CLOCK_REALTIME_COARSE	5
#define CLOCK_MONOTONIC_COARSE	6
#define TIMER_ABSTIME		1

static int read_clock(clockid_t clock, struct timespec64 *ts)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		ktime_get_real_ts64(ts);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		ktime_get_ts64(ts);
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ts = ns_to_timespec64(process_sched_runtime());
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ts = ns_to_timespec64(task_sched_runtime(current));
		return 0;
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE2(clock_gettime, clockid_t, clock, struct timespec64 __user *, tp)
{
	struct timespec64 ts;
	int ret = read_clock(clock, &ts);

	return ret ? ret : copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(clock_settime, clockid_t, clock, const struct timespec64 __user *, tp)
{
	struct timespec64 ts;

	if (clock != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(&ts, tp, sizeof(ts)))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	return security_settime64(&ts) ?: do_settimeofday64(&ts);
}

SYSCALL_DEFINE2(settimeofday, const struct timeval __user *, utv, const void __user *, tz)
{
	struct timespec64 ts;
	struct timeval tv;

	if (!utv)
		return 0;
	if (copy_from_user(&tv, utv, sizeof(tv)))
		return -EFAULT;
	ts = (struct timespec64){ tv.tv_sec, tv.tv_usec * NSEC_PER_USEC };
	if (!timespec64_valid(&ts))
		return -EINVAL;
	return security_settime64(&ts) ?: do_settimeofday64(&ts);
}

SYSCALL_DEFINE2(clock_getres, clockid_t, clock, struct timespec64 __user *, tp)
{
	struct timespec64 ts;
	int ret = read_clock(clock, &ts);

	if (ret || !tp)
		return ret;
	ts.tv_sec = 0;
	ts.tv_nsec = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE ? TICK_NSEC : 1;
	return copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(gettimeofday, struct timeval __user *, tv, void __user *, tz)
{
	struct timespec64 ts;
	struct timeval now;
	int zone[2] = { 0, 0 };

	ktime_get_real_ts64(&ts);
	now.tv_sec = ts.tv_sec;
	now.tv_usec = ts.tv_nsec / NSEC_PER_USEC;
	if (tv && copy_to_user(tv, &now, sizeof(now)))
		return -EFAULT;
	return tz && copy_to_user(tz, zone, sizeof(zone)) ? -EFAULT : 0;
}

int get_deadline(const struct timespec64 __user *user_timeout, ktime_t base, ktime_t *deadline)
{
	struct timespec64 ts;

	*deadline = KTIME_MAX;
	if (!user_timeout)
		return 0;
	if (copy_from_user(&ts, user_timeout, sizeof(ts)))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	*deadline = ktime_add_safe(timespec64_to_ktime(&ts), base);
	return 0;
}

/* Sleeps until the monotonic time until; what is left goes to rem. */
static long sleep_until(ktime_t until, struct timespec64 __user *rem)
{
	for (;;) {
		ktime_t left = until - ktime_get();
		struct timespec64 ts;

		if (left <= 0)
			return 0;
		__set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(until);
		if (!signal_pending(current))
			continue;
		left = until - ktime_get();
		if (left <= 0)
			return 0;
		ts = ns_to_timespec64(left);
		if (rem && copy_to_user(rem, &ts, sizeof(ts)))
			return -EFAULT;
		return -ERESTARTNOHAND;
	}
}

static long do_nanosleep(clockid_t clock, int flags, const struct timespec64 __user *rqtp,
			 struct timespec64 __user *rmtp)
{
	struct timespec64 ts;
	ktime_t until;
	long ret;

	if (copy_from_user(&ts, rqtp, sizeof(ts)))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	until = timespec64_to_ktime(&ts);
	if (!(flags & TIMER_ABSTIME))
		until = ktime_add_safe(until, ktime_get());
	else if (clock == CLOCK_REALTIME)
		until -= ktime_get_real() - ktime_get();
	ret = sleep_until(until, flags & TIMER_ABSTIME ? NULL : rmtp);
	if (ret != -ERESTARTNOHAND || (flags & TIMER_ABSTIME))
		return ret;
	/* Started anew, a relative sleep would last too long. */
	current->restart_block.expires = until;
	current->restart_block.rmtp = rmtp;
	return -ERESTART_RESTARTBLOCK;
}

/* Called only by the kernel's own restart of a sleep that a signal without a handler interrupted. */
SYSCALL_DEFINE0(restart_syscall)
{
	long ret = sleep_until(current->restart_block.expires, current->restart_block.rmtp);

	return ret == -ERESTARTNOHAND ? -ERESTART_RESTARTBLOCK : ret;
}

SYSCALL_DEFINE2(nanosleep, const struct timespec64 __user *, rqtp, struct timespec64 __user *, rmtp)
{
	return do_nanosleep(CLOCK_MONOTONIC, 0, rqtp, rmtp);
}

SYSCALL_DEFINE4(clock_nanosleep, clockid_t, clock, int, flags, const struct timespec64 __user *, rqtp,
		struct timespec64 __user *, rmtp)
{
	return do_nanosleep(clock, flags, rqtp, rmtp);
}
