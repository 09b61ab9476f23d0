/*
 * Signals: sending, queueing and taking them.
 *
 * sighand->siglock covers a process's pending sets, its actions, its blocked
 * masks and the stop state. It nests inside tasklist_lock and is taken with
 * interrupts off, since the terminal sends signals from its interrupt. A
 * sender must know that the target still has a sighand: it holds
 * tasklist_lock, or the target is current.
 *
 * TIF_SIGPENDING of a thread says "get_signal may find something": senders set
 * it, only the thread itself clears it (recalc_sigpending).
 */
#include <linux/sched/signal.h>
#include <linux/coredump.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define STOP_MASK	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define IGNORE_MASK	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))
#define SYNCHRONOUS_MASK (sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
			  sigmask(SIGFPE) | sigmask(SIGSYS))

struct sigqueue {
	struct list_head list;
	struct signal_struct *charged;
	siginfo_t info;
};

static struct kmem_cache *sigqueue_cache;

/* NULL: no memory, or more signals wait for the process than its limit allows. Of standard signals, few can. */
static struct sigqueue *alloc_sigqueue(struct signal_struct *signal, const siginfo_t *info)
{
	bool limited = info->si_signo >= SIGRTMIN;
	struct sigqueue *q;

	if (atomic_inc_return(&signal->sigpending) > signal->rlim[RLIMIT_SIGPENDING].rlim_cur && limited)
		q = NULL;
	else
		q = kmem_cache_alloc(sigqueue_cache, GFP_ATOMIC);
	if (!q) {
		atomic_dec(&signal->sigpending);
		return NULL;
	}
	q->charged = signal;
	q->info = *info;
	return q;
}

static void free_sigqueue(struct sigqueue *q)
{
	list_del(&q->list);
	atomic_dec(&q->charged->sigpending);
	kmem_cache_free(sigqueue_cache, q);
}

static bool sig_in(int sig, unsigned long mask)
{
	return sigmask(sig) & mask;
}

static unsigned long handler_of(struct task_struct *task, int sig)
{
	return task->sighand->action[sig - 1].sa.sa_handler;
}

/* Whether the signal would do nothing. init never dies of an action that it did not choose. */
bool sig_ignored_by(struct task_struct *task, int sig)
{
	unsigned long handler = handler_of(task, sig);

	return handler == SIG_IGN || (handler == SIG_DFL && (sig_in(sig, IGNORE_MASK) || is_global_init(task)));
}

static bool has_pending(struct task_struct *task)
{
	unsigned long waiting = task->pending.signal.sig[0] | task->signal->shared_pending.signal.sig[0];

	return (waiting & ~task->blocked.sig[0]) || task->stop_pending ||
	       (task->signal->flags & SIGNAL_CLD_CONTINUED);
}

/* siglock is held. */
void recalc_sigpending(void)
{
	if (has_pending(current))
		set_thread_flag(TIF_SIGPENDING);
	else
		clear_thread_flag(TIF_SIGPENDING);
}

/* A fatal signal wakes a stopped task too. */
void signal_wake_up(struct task_struct *task, bool fatal)
{
	set_tsk_thread_flag(task, TIF_SIGPENDING);
	if (!wake_up_state(task, TASK_INTERRUPTIBLE | (fatal ? TASK_STOPPED | TASK_WAKEKILL : 0)))
		kick_process(task);
}

static void drop_pending(struct sigpending *pending, unsigned long mask)
{
	struct sigqueue *q, *next;

	if (!(pending->signal.sig[0] & mask))
		return;
	pending->signal.sig[0] &= ~mask;
	list_for_each_entry_safe(q, next, &pending->list, list) {
		if (sig_in(q->info.si_signo, mask))
			free_sigqueue(q);
	}
}

void drop_pending_signal(struct sigpending *pending, int sig)
{
	drop_pending(pending, sigmask(sig));
}

void flush_sigqueue(struct sigpending *pending)
{
	drop_pending(pending, ~0UL);
}

/* A stop signal and SIGCONT cancel each other; SIGCONT also continues the process, even if it is blocked or ignored. */
static void cancel_opposites(int sig, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct task_struct *t;

	if (sig_in(sig, STOP_MASK)) {
		drop_pending(&signal->shared_pending, sigmask(SIGCONT));
		for_each_thread(task, t)
			drop_pending(&t->pending, sigmask(SIGCONT));
	} else if (sig == SIGCONT) {
		drop_pending(&signal->shared_pending, STOP_MASK);
		for_each_thread(task, t) {
			drop_pending(&t->pending, STOP_MASK);
			t->stop_pending = false;
			wake_up_state(t, TASK_STOPPED);
		}
		if (signal->flags & SIGNAL_STOP_STOPPED) {
			signal->flags &= ~(SIGNAL_STOP_STOPPED | SIGNAL_STOP_WAITABLE);
			signal->flags |= SIGNAL_STOP_CONTINUED | SIGNAL_CLD_CONTINUED;
			for_each_thread(task, t)
				set_tsk_thread_flag(t, TIF_SIGPENDING);
		}
		signal->group_stop_count = 0;
		signal->group_exit_code = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : 0;
	}
}

static bool wants_signal(int sig, struct task_struct *task)
{
	if (sigismember(&task->blocked, sig) || (task->flags & PF_EXITING))
		return false;
	return sig == SIGKILL || READ_ONCE(task->__state) != TASK_STOPPED;
}

/* siglock is held. The signal of a group goes to any thread that does not block it. */
static int __send_signal(int sig, const siginfo_t *info, struct task_struct *task, bool group, bool force)
{
	struct sigpending *pending = group ? &task->signal->shared_pending : &task->pending;
	struct task_struct *target = NULL, *t;
	struct sigqueue *q;

	cancel_opposites(sig, task);
	if (!force && !sigismember(&task->blocked, sig) && !sigismember(&task->real_blocked, sig) &&
	    sig_ignored_by(task, sig))
		return 0;
	/* A standard signal that already waits is not queued twice. */
	if (sig < SIGRTMIN && sigismember(&pending->signal, sig))
		return 0;
	q = alloc_sigqueue(task->signal, info);
	if (q)
		list_add_tail(&q->list, &pending->list);
	else if (sig >= SIGRTMIN && info->si_code != SI_USER)
		return -EAGAIN;
	sigaddset(&pending->signal, sig);
	if (wants_signal(sig, task)) {
		target = task;
	} else if (group) {
		for_each_thread(task, t)
			if (!target && wants_signal(sig, t))
				target = t;
	}
	if (target)
		signal_wake_up(target, sig == SIGKILL);
	return 0;
}

static void fill_info(siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	if (code == SI_USER || code == SI_TKILL) {
		info->si_pid = task_tgid_nr(current);
		info->si_uid = current_uid();
	}
}

int do_send_sig_info(int sig, siginfo_t *info, struct task_struct *task, bool group)
{
	unsigned long flags;
	int ret = -ESRCH;

	if (!task->sighand)
		return ret;
	spin_lock_irqsave(&task->sighand->siglock, flags);
	ret = __send_signal(sig, info, task, group, false);
	spin_unlock_irqrestore(&task->sighand->siglock, flags);
	return ret;
}

/* priv: sent by the kernel, not in the name of current. */
int send_sig(int sig, struct task_struct *task, int priv)
{
	siginfo_t info;

	fill_info(&info, sig, priv ? SI_KERNEL : SI_USER);
	return do_send_sig_info(sig, &info, task, false);
}

/* From interrupt or process context. */
int kill_pgrp(struct pid *pgrp, int sig, int priv)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = -ESRCH;

	fill_info(&info, sig, priv ? SI_KERNEL : SI_USER);
	read_lock(&tasklist_lock);
	do_each_pid_task(pgrp, PIDTYPE_PGID, task)
		ret = do_send_sig_info(sig, &info, task, true);
	while_each_pid_task(pgrp, PIDTYPE_PGID, task)
	read_unlock(&tasklist_lock);
	return ret;
}

int kill_pid(struct pid *pid, int sig, int priv)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = -ESRCH;

	fill_info(&info, sig, priv ? SI_KERNEL : SI_USER);
	read_lock(&tasklist_lock);
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		ret = do_send_sig_info(sig, &info, task, true);
	read_unlock(&tasklist_lock);
	return ret;
}

/* A fault of current's own: if the signal is blocked or ignored, it falls back to killing, init included. */
static void force_sig_info(siginfo_t *info)
{
	int sig = info->si_signo;
	struct k_sigaction *action = &current->sighand->action[sig - 1];
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	if (action->sa.sa_handler == SIG_IGN || sigismember(&current->blocked, sig)) {
		action->sa.sa_handler = SIG_DFL;
		sigdelset(&current->blocked, sig);
	}
	current->force_fatal = action->sa.sa_handler == SIG_DFL;
	__send_signal(sig, info, current, false, true);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

void force_sig(int sig)
{
	siginfo_t info;

	fill_info(&info, sig, SI_KERNEL);
	force_sig_info(&info);
}

int show_unhandled_signals = 1;

bool unhandled_signal(struct task_struct *task, int sig)
{
	unsigned long handler = task->sighand->action[sig - 1].sa.sa_handler;

	return is_global_init(task) || handler == SIG_DFL || handler == SIG_IGN || sigismember(&task->blocked, sig);
}

void force_sig_fault(int sig, int code, void __user *addr)
{
	siginfo_t info;

	fill_info(&info, sig, code);
	info.si_addr = (unsigned long)addr;
	force_sig_info(&info);
}

static void collect_signal(int sig, struct sigpending *pending, siginfo_t *info)
{
	struct sigqueue *q, *first = NULL;
	bool more = false;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		sigdelset(&pending->signal, sig);
	if (first) {
		*info = first->info;
		free_sigqueue(first);
	} else {
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
	}
}

/* Faults first, then by number: SIGKILL among the lowest. */
static int next_signal(const struct sigpending *pending, unsigned long blocked)
{
	unsigned long ready = pending->signal.sig[0] & ~blocked;

	if (ready & SYNCHRONOUS_MASK)
		ready &= SYNCHRONOUS_MASK;
	return ready ? __builtin_ctzl(ready) + 1 : 0;
}

/* siglock is held. */
int dequeue_signal(unsigned long blocked, siginfo_t *info)
{
	struct sigpending *pending = &current->pending;
	int sig = next_signal(pending, blocked);

	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(pending, blocked);
		if (sig == SIGALRM)
			restart_real_timer(current->signal);
	}
	if (sig)
		collect_signal(sig, pending, info);
	recalc_sigpending();
	return sig;
}

/* siglock is held; released to sleep. sig starts a stop of the whole process, 0 joins one that another thread began. */
static void do_signal_stop(int sig)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *t;

	if (sig) {
		if (signal->flags & SIGNAL_GROUP_EXIT)
			return;
		signal->group_exit_code = sig;
		signal->group_stop_count = 0;
		for_each_thread(current, t) {
			if ((t->flags & PF_EXITING) || READ_ONCE(t->__state) == TASK_STOPPED)
				continue;
			t->stop_pending = true;
			signal->group_stop_count++;
			if (t != current)
				signal_wake_up(t, false);
		}
	}
	current->stop_pending = false;
	if (signal->group_stop_count > 0 && --signal->group_stop_count == 0) {
		signal->flags &= ~(SIGNAL_STOP_CONTINUED | SIGNAL_CLD_CONTINUED);
		signal->flags |= SIGNAL_STOP_STOPPED | SIGNAL_STOP_WAITABLE;
		sig = -1;
	} else {
		sig = 0;
	}
	set_current_state(TASK_STOPPED);
	spin_unlock_irq(&current->sighand->siglock);
	if (sig) {
		read_lock(&tasklist_lock);
		do_notify_parent_cldstop(current->group_leader, CLD_STOPPED);
		read_unlock(&tasklist_lock);
	}
	schedule();
	spin_lock_irq(&current->sighand->siglock);
}

static void report_continued(void)
{
	current->signal->flags &= ~SIGNAL_CLD_CONTINUED;
	spin_unlock_irq(&current->sighand->siglock);
	read_lock(&tasklist_lock);
	do_notify_parent_cldstop(current->group_leader, CLD_CONTINUED);
	read_unlock(&tasklist_lock);
	spin_lock_irq(&current->sighand->siglock);
}

/* A stop from the keyboard or the terminal is dropped where no shell could ever continue it. */
static bool may_stop(int sig)
{
	bool orphaned;

	if (sig == SIGSTOP)
		return true;
	spin_unlock_irq(&current->sighand->siglock);
	orphaned = is_current_pgrp_orphaned();
	spin_lock_irq(&current->sighand->siglock);
	return !orphaned;
}

/* Takes signals until one has a handler (true) or none is left. Default actions happen here. */
bool get_signal(struct ksignal *ksig)
{
	struct sighand_struct *sighand = current->sighand;
	int sig;

	spin_lock_irq(&sighand->siglock);
	for (;;) {
		struct k_sigaction *ka;

		if (current->signal->flags & SIGNAL_CLD_CONTINUED)
			report_continued();
		if (current->stop_pending) {
			do_signal_stop(0);
			continue;
		}
		if (current->signal->flags & SIGNAL_GROUP_EXIT) {
			sig = current->signal->group_exit_code & 0x7f;
			goto fatal;
		}
		sig = dequeue_signal(current->blocked.sig[0], &ksig->info);
		if (!sig)
			break;
		ka = &sighand->action[sig - 1];
		if (ka->sa.sa_handler == SIG_IGN)
			continue;
		if (ka->sa.sa_handler != SIG_DFL) {
			ksig->ka = *ka;
			ksig->sig = sig;
			if (ka->sa.sa_flags & SA_RESETHAND)
				ka->sa.sa_handler = SIG_DFL;
			break;
		}
		if (sig_in(sig, IGNORE_MASK))
			continue;
		if (is_global_init(current) && !current->force_fatal)
			continue;
		if (sig_in(sig, STOP_MASK)) {
			if (may_stop(sig))
				do_signal_stop(sig);
			continue;
		}
		spin_unlock_irq(&sighand->siglock);
		current->flags |= PF_SIGNALED;
		if (sig_kernel_coredump(sig))
			do_coredump(&ksig->info);
		do_group_exit(sig);
	}
	spin_unlock_irq(&sighand->siglock);
	return sig > 0;
fatal:
	spin_unlock_irq(&sighand->siglock);
	current->flags |= PF_SIGNALED;
	do_group_exit(sig);
}

void signals_init(void)
{
	sigqueue_cache = KMEM_CACHE(sigqueue, SLAB_PANIC);
}
