/*
 * POSIX timers: any number for each process; each sends a signal to the process, or to one thread, when it goes off.
 *
 * While a timer's signal still waits to be taken, further expirations only count as overruns of it. The list of timers
 * belongs to the threads of the process, who use it under posix_timers_lock; the expiration itself needs no more than
 * the timer, which is cancelled before it goes.
 */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define SIGEV_SIGNAL	0
#define SIGEV_NONE	1
#define SIGEV_THREAD_ID	4
#define TIMER_ABSTIME	1
#define TIMERS_MAX	256

struct sigevent {
	unsigned long sigev_value;
	int sigev_signo;
	int sigev_notify;
	pid_t sigev_tid;
	char pad[44];
};

struct k_itimer {
	struct list_head list;
	int id;
	clockid_t clock;
	struct hrtimer timer;
	ktime_t interval;
	struct sigevent event;
	pid_t tgid;
	bool skipped;			/* it goes off later than after its interval */
	unsigned int overrun, overrun_last;
};

static DEFINE_MUTEX(posix_timers_lock);

/* False if the process would not notice: an earlier signal still waits, or it ignores them. */
static bool send_timer_signal(struct k_itimer *t, unsigned int expirations)
{
	siginfo_t info = { .si_signo = t->event.sigev_signo, .si_code = SI_TIMER };
	bool group = t->event.sigev_notify == SIGEV_SIGNAL, waiting = false, ignored = true;
	struct task_struct *task;
	unsigned long flags;

	read_lock(&tasklist_lock);
	task = find_task_by_vpid(group ? t->tgid : t->event.sigev_tid);
	if (task && task->sighand && task_tgid_nr(task) == t->tgid) {
		struct sigpending *pending = group ? &task->signal->shared_pending : &task->pending;

		spin_lock_irqsave(&task->sighand->siglock, flags);
		waiting = sigismember(&pending->signal, info.si_signo);
		ignored = !sigismember(&task->blocked, info.si_signo) && sig_ignored_by(task, info.si_signo);
		spin_unlock_irqrestore(&task->sighand->siglock, flags);
		t->overrun += expirations - !waiting;
		if (!waiting) {
			t->overrun_last = t->overrun;
			t->overrun = 0;
			info.si_tid = t->id;
			info.si_overrun = t->overrun_last;
			info.si_value = t->event.sigev_value;
			do_send_sig_info(info.si_signo, &info, task, group);
		}
	}
	read_unlock(&tasklist_lock);
	return !waiting && !ignored;
}

/* Expirations of the next tick that nobody would notice are counted at once, or a short interval would leave time for nothing else. */
static void skip_a_tick(struct k_itimer *t)
{
	u64 count = TICK_NSEC / t->interval;

	t->timer.expires = ktime_add_safe(t->timer.expires, count * t->interval);
	t->skipped = count > 0;
	if (t->event.sigev_notify != SIGEV_NONE)
		t->overrun += count;
}

static enum hrtimer_restart posix_timer_fn(struct hrtimer *timer)
{
	struct k_itimer *t = container_of(timer, struct k_itimer, timer);
	unsigned int expirations;

	t->skipped = false;
	expirations = t->interval ? hrtimer_forward_now(timer, t->interval) : 1;

	if ((t->event.sigev_notify == SIGEV_NONE || !send_timer_signal(t, expirations)) && t->interval)
		skip_a_tick(t);
	return t->interval ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static struct k_itimer *find_timer(int id)
{
	struct k_itimer *t;

	list_for_each_entry(t, &current->signal->posix_timers, list)
		if (t->id == id)
			return t;
	return NULL;
}

static int read_event(const struct sigevent __user *user, int id, struct sigevent *event)
{
	*event = (struct sigevent){ .sigev_value = id, .sigev_signo = SIGALRM };
	if (!user)
		return 0;
	if (copy_from_user(event, user, sizeof(*event)))
		return -EFAULT;
	if (event->sigev_notify != SIGEV_SIGNAL && event->sigev_notify != SIGEV_NONE &&
	    event->sigev_notify != SIGEV_THREAD_ID)
		return -EINVAL;
	return event->sigev_notify != SIGEV_NONE && (event->sigev_signo < 1 || event->sigev_signo > _NSIG) ? -EINVAL : 0;
}

SYSCALL_DEFINE3(timer_create, clockid_t, clock, const struct sigevent __user *, user_event, int __user *, user_id)
{
	struct k_itimer *t;
	int id = 0, ret;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	mutex_lock(&posix_timers_lock);
	while (id < TIMERS_MAX && find_timer(id))
		id++;
	ret = id < TIMERS_MAX ? read_event(user_event, id, &t->event) : -EAGAIN;
	if (!ret)
		ret = put_user(id, user_id);
	if (!ret) {
		t->id = id;
		t->clock = clock;
		t->tgid = task_tgid_nr(current);
		hrtimer_init(&t->timer, posix_timer_fn);
		list_add_tail(&t->list, &current->signal->posix_timers);
	}
	mutex_unlock(&posix_timers_lock);
	if (ret)
		kfree(t);
	return ret;
}

static void get_setting(const struct k_itimer *t, struct itimerspec64 *value)
{
	ktime_t left = hrtimer_is_queued(&t->timer) ? max(t->timer.expires - ktime_get(), (ktime_t)1) : 0;

	if (t->skipped)
		left = (left - 1) % t->interval + 1;
	*value = (struct itimerspec64){ ns_to_timespec64(t->interval), ns_to_timespec64(left) };
}

static void set_timer(struct k_itimer *t, int flags, const struct itimerspec64 *value)
{
	ktime_t expires = timespec64_to_ktime(&value->it_value);

	hrtimer_cancel(&t->timer);
	t->interval = timespec64_to_ktime(&value->it_interval);
	t->overrun = t->overrun_last = 0;
	t->skipped = false;
	if (!expires)
		return;
	if (!(flags & TIMER_ABSTIME))
		expires = ktime_add_safe(expires, ktime_get());
	else if (t->clock == CLOCK_REALTIME)
		expires -= ktime_get_real() - ktime_get();
	hrtimer_start(&t->timer, expires);
}

SYSCALL_DEFINE4(timer_settime, int, id, int, flags, const struct itimerspec64 __user *, user,
		struct itimerspec64 __user *, user_old)
{
	struct itimerspec64 new, old;
	struct k_itimer *t;

	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	if (!timespec64_valid(&new.it_value) || !timespec64_valid(&new.it_interval))
		return -EINVAL;
	mutex_lock(&posix_timers_lock);
	t = find_timer(id);
	if (t) {
		get_setting(t, &old);
		set_timer(t, flags, &new);
	}
	mutex_unlock(&posix_timers_lock);
	return !t ? -EINVAL : user_old && copy_to_user(user_old, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(timer_gettime, int, id, struct itimerspec64 __user *, user)
{
	struct itimerspec64 value;
	struct k_itimer *t;

	mutex_lock(&posix_timers_lock);
	t = find_timer(id);
	if (t)
		get_setting(t, &value);
	mutex_unlock(&posix_timers_lock);
	return !t ? -EINVAL : copy_to_user(user, &value, sizeof(value)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(timer_getoverrun, int, id)
{
	struct k_itimer *t;
	int ret;

	mutex_lock(&posix_timers_lock);
	t = find_timer(id);
	ret = t ? (int)t->overrun_last : -EINVAL;
	mutex_unlock(&posix_timers_lock);
	return ret;
}

static void delete_timer(struct k_itimer *t)
{
	hrtimer_cancel(&t->timer);
	list_del(&t->list);
	kfree(t);
}

SYSCALL_DEFINE1(timer_delete, int, id)
{
	struct k_itimer *t;

	mutex_lock(&posix_timers_lock);
	t = find_timer(id);
	if (t)
		delete_timer(t);
	mutex_unlock(&posix_timers_lock);
	return t ? 0 : -EINVAL;
}

/* At exec, and with the last thread. */
void exit_itimers(struct signal_struct *sig)
{
	struct k_itimer *t, *next;

	list_for_each_entry_safe(t, next, &sig->posix_timers, list)
		delete_timer(t);
}
