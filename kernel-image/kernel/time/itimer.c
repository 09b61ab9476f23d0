/* Interval timers: one of real time and two of processor time for each process, and the limit of processor time. */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define ITIMER_REAL	0
#define ITIMER_VIRTUAL	1
#define ITIMER_PROF	2

struct itimerval {
	struct timeval it_interval, it_value;
};

static void signal_process(struct signal_struct *sig, int signo)
{
	siginfo_t info = { .si_signo = signo, .si_code = SI_KERNEL };
	struct task_struct *p;

	read_lock(&tasklist_lock);
	p = list_first_entry_or_null(&sig->thread_head, struct task_struct, thread_node);
	if (p)
		do_send_sig_info(signo, &info, p->group_leader, true);
	read_unlock(&tasklist_lock);
}

/* Who has not taken the last signal needs no further ones: the timer goes on in restart_real_timer. */
enum hrtimer_restart it_real_fn(struct hrtimer *timer)
{
	signal_process(container_of(timer, struct signal_struct, real_timer), SIGALRM);
	return HRTIMER_NORESTART;
}

/* A thread takes SIGALRM; siglock is held. */
void restart_real_timer(struct signal_struct *sig)
{
	if (!sig->it_real_incr || hrtimer_is_queued(&sig->real_timer))
		return;
	hrtimer_forward_now(&sig->real_timer, sig->it_real_incr);
	hrtimer_start(&sig->real_timer, sig->real_timer.expires);
}

static void set_real_timer(struct signal_struct *sig, ktime_t value, ktime_t interval)
{
	/* From here on nobody restarts it. */
	spin_lock_irq(&current->sighand->siglock);
	sig->it_real_incr = 0;
	spin_unlock_irq(&current->sighand->siglock);
	hrtimer_cancel(&sig->real_timer);
	spin_lock_irq(&current->sighand->siglock);
	sig->it_real_incr = interval;
	if (value)
		hrtimer_start(&sig->real_timer, ktime_add_safe(value, ktime_get()));
	spin_unlock_irq(&current->sighand->siglock);
}

static bool runs_out(struct cpu_itimer *it)
{
	if (!it->left)
		return false;
	it->left -= min(it->left, (u64)TICK_NSEC);
	if (it->left)
		return false;
	it->left = it->incr;
	return true;
}

/* A tick of the running process; interrupts are off. */
void run_posix_cpu_timers(struct task_struct *p, bool user)
{
	struct signal_struct *sig = p->signal;
	u64 limit = sig->rlim[RLIMIT_CPU].rlim_cur, used;
	bool virt, prof;

	if ((!sig->it[0].left && !sig->it[1].left && limit == RLIM_INFINITY) || !p->sighand)
		return;
	spin_lock(&p->sighand->siglock);
	virt = user && runs_out(&sig->it[0]);
	prof = runs_out(&sig->it[1]);
	used = sig->cpu_ticks++ * TICK_NSEC;
	spin_unlock(&p->sighand->siglock);
	if (virt)
		signal_process(sig, SIGVTALRM);
	if (prof)
		signal_process(sig, SIGPROF);
	if (limit != RLIM_INFINITY && used % NSEC_PER_SEC == 0 && used / NSEC_PER_SEC >= limit)
		signal_process(sig, used / NSEC_PER_SEC >= sig->rlim[RLIMIT_CPU].rlim_max ? SIGKILL : SIGXCPU);
}

static ktime_t real_left(const struct signal_struct *sig)
{
	return hrtimer_is_queued(&sig->real_timer) ? max(sig->real_timer.expires - ktime_get(), NSEC_PER_USEC) : 0;
}

static void get_itimer(int which, struct itimerval *value)
{
	struct signal_struct *sig = current->signal;
	struct cpu_itimer *it = &sig->it[which - 1];
	u64 left = which == ITIMER_REAL ? (u64)real_left(sig) : it->left;

	value->it_value = ns_to_timeval(left);
	value->it_interval = ns_to_timeval(which == ITIMER_REAL ? (u64)sig->it_real_incr : it->incr);
}

SYSCALL_DEFINE2(getitimer, int, which, struct itimerval __user *, user)
{
	struct itimerval value;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	get_itimer(which, &value);
	return copy_to_user(user, &value, sizeof(value)) ? -EFAULT : 0;
}

static bool timeval_to_ktime(const struct timeval *tv, ktime_t *ns)
{
	struct timespec64 ts = { tv->tv_sec, tv->tv_usec * NSEC_PER_USEC };

	*ns = timespec64_to_ktime(&ts);
	return timespec64_valid(&ts);
}

SYSCALL_DEFINE3(setitimer, int, which, const struct itimerval __user *, user, struct itimerval __user *, user_old)
{
	struct signal_struct *sig = current->signal;
	struct itimerval new = { 0 }, old;
	ktime_t value, interval;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (user && copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	if (!timeval_to_ktime(&new.it_value, &value) || !timeval_to_ktime(&new.it_interval, &interval))
		return -EINVAL;
	get_itimer(which, &old);
	if (which == ITIMER_REAL) {
		set_real_timer(sig, value, interval);
	} else {
		spin_lock_irq(&current->sighand->siglock);
		sig->it[which - 1] = (struct cpu_itimer){ value, interval };
		spin_unlock_irq(&current->sighand->siglock);
	}
	return user_old && copy_to_user(user_old, &old, sizeof(old)) ? -EFAULT : 0;
}
