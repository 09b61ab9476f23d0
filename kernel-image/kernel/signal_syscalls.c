/* The system calls about signals. */
#include <linux/sched/signal.h>
#include <linux/cred.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

/* SIGCONT may go anywhere in the session. */
static int check_kill_permission(int sig, struct task_struct *task)
{
	const struct cred *cred = current_cred(), *target = get_task_cred(task);
	bool ok = cred->euid == 0 || cred->euid == target->suid || cred->euid == target->uid ||
		  cred->uid == target->suid || cred->uid == target->uid ||
		  (sig == SIGCONT && task_session(task) == task_session(current));

	put_cred(target);
	return ok ? 0 : -EPERM;
}

/* tasklist_lock is held. Signal 0 only asks whether one could be sent. */
static int kill_task(int sig, siginfo_t *info, struct task_struct *task, bool group)
{
	int ret = check_kill_permission(sig, task);

	return ret || !sig ? ret : do_send_sig_info(sig, info, task, group);
}

static int kill_group(int sig, siginfo_t *info, struct pid *pgrp)
{
	bool sent = false;
	int ret = -ESRCH;
	struct task_struct *task;

	if (!pgrp)
		return -ESRCH;
	do_each_pid_task(pgrp, PIDTYPE_PGID, task)
		ret = kill_task(sig, info, task, true);
		sent |= !ret;
	while_each_pid_task(pgrp, PIDTYPE_PGID, task)
	return sent ? 0 : ret;
}

/* Everybody but init and the caller's own process. */
static int kill_all(int sig, siginfo_t *info)
{
	struct task_struct *task;
	bool sent = false;
	int ret = -ESRCH;

	for_each_process(task) {
		if (task->tgid <= 1 || task->group_leader == current->group_leader || (task->flags & PF_KTHREAD))
			continue;
		ret = kill_task(sig, info, task, true);
		sent |= !ret;
	}
	return sent ? 0 : ret;
}

static void user_info(siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = task_tgid_nr(current);
	info->si_uid = current_uid();
}

SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = -ESRCH;

	if (!valid_signal(sig))
		return -EINVAL;
	if (pid == INT_MIN)
		return -ESRCH;
	user_info(&info, sig, SI_USER);
	read_lock(&tasklist_lock);
	if (pid > 0) {
		task = find_task_by_vpid(pid);
		if (task)
			ret = kill_task(sig, &info, task, true);
	} else if (pid == -1) {
		ret = kill_all(sig, &info);
	} else {
		ret = kill_group(sig, &info, pid ? find_vpid(-pid) : task_pgrp(current->group_leader));
	}
	read_unlock(&tasklist_lock);
	return ret;
}

static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = -ESRCH;

	if (!valid_signal(sig) || pid <= 0)
		return -EINVAL;
	user_info(&info, sig, SI_TKILL);
	read_lock(&tasklist_lock);
	task = find_task_by_vpid(pid);
	if (task && (tgid <= 0 || task_tgid_nr(task) == tgid))
		ret = kill_task(sig, &info, task, false);
	read_unlock(&tasklist_lock);
	return ret;
}

SYSCALL_DEFINE2(tkill, pid_t, pid, int, sig)
{
	return do_tkill(0, pid, sig);
}

SYSCALL_DEFINE3(tgkill, pid_t, tgid, pid_t, pid, int, sig)
{
	return tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

/* The caller words the information itself, but may pass for the kernel or another sender only towards itself. */
static int queue_info(siginfo_t *info, pid_t pid, int sig, const siginfo_t __user *uinfo)
{
	if (!valid_signal(sig))
		return -EINVAL;
	if (copy_from_user(info, uinfo, sizeof(*info)))
		return -EFAULT;
	info->si_signo = sig;
	return (info->si_code >= 0 || info->si_code == SI_TKILL) && task_pid_vnr(current) != pid ? -EPERM : 0;
}

SYSCALL_DEFINE3(rt_sigqueueinfo, pid_t, pid, int, sig, const siginfo_t __user *, uinfo)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = queue_info(&info, pid, sig, uinfo);

	if (ret)
		return ret;
	read_lock(&tasklist_lock);
	task = find_task_by_vpid(pid);
	ret = task ? kill_task(sig, &info, task, true) : -ESRCH;
	read_unlock(&tasklist_lock);
	return ret;
}

SYSCALL_DEFINE4(rt_tgsigqueueinfo, pid_t, tgid, pid_t, pid, int, sig, const siginfo_t __user *, uinfo)
{
	struct task_struct *task;
	siginfo_t info;
	int ret = tgid <= 0 || pid <= 0 ? -EINVAL : queue_info(&info, pid, sig, uinfo);

	if (ret)
		return ret;
	read_lock(&tasklist_lock);
	task = find_task_by_vpid(pid);
	ret = task && task_tgid_nr(task) == tgid ? kill_task(sig, &info, task, false) : -ESRCH;
	read_unlock(&tasklist_lock);
	return ret;
}

void set_current_blocked(sigset_t *set)
{
	struct task_struct *t;
	unsigned long newly, waiting;

	sigdelset(set, SIGKILL);
	sigdelset(set, SIGSTOP);
	spin_lock_irq(&current->sighand->siglock);
	/* What this thread no longer takes, another may. */
	newly = set->sig[0] & ~current->blocked.sig[0];
	waiting = current->signal->shared_pending.signal.sig[0] & newly;
	if (waiting)
		for_each_thread(current, t)
			if (t != current && !(t->flags & PF_EXITING) && (waiting & ~t->blocked.sig[0]))
				signal_wake_up(t, false);
	current->blocked = *set;
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
}

int do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old)
{
	struct k_sigaction *action;
	struct task_struct *t;

	if (sig < 1 || sig > _NSIG || (act && (sig == SIGKILL || sig == SIGSTOP)))
		return -EINVAL;
	action = &current->sighand->action[sig - 1];
	spin_lock_irq(&current->sighand->siglock);
	if (old)
		*old = *action;
	if (act) {
		*action = *act;
		sigdelset(&action->sa.sa_mask, SIGKILL);
		sigdelset(&action->sa.sa_mask, SIGSTOP);
		/* POSIX: setting a signal to be ignored discards a pending one. */
		if (sig_ignored_by(current, sig)) {
			drop_pending_signal(&current->signal->shared_pending, sig);
			for_each_thread(current, t)
				drop_pending_signal(&t->pending, sig);
		}
	}
	spin_unlock_irq(&current->sighand->siglock);
	return 0;
}

SYSCALL_DEFINE4(rt_sigaction, int, sig, const struct sigaction __user *, act, struct sigaction __user *, oact,
		size_t, sigsetsize)
{
	struct k_sigaction new, old;
	int ret;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new.sa, act, sizeof(new.sa)))
		return -EFAULT;
	ret = do_sigaction(sig, act ? &new : NULL, &old);
	if (!ret && oact && copy_to_user(oact, &old.sa, sizeof(old.sa)))
		return -EFAULT;
	return ret;
}

SYSCALL_DEFINE4(rt_sigprocmask, int, how, const sigset_t __user *, set, sigset_t __user *, oset, size_t, sigsetsize)
{
	sigset_t new, old = current->blocked;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (set) {
		if (copy_from_user(&new, set, sizeof(new)))
			return -EFAULT;
		if (how == SIG_BLOCK)
			new.sig[0] |= old.sig[0];
		else if (how == SIG_UNBLOCK)
			new.sig[0] = old.sig[0] & ~new.sig[0];
		else if (how != SIG_SETMASK)
			return -EINVAL;
		set_current_blocked(&new);
	}
	return oset && copy_to_user(oset, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(rt_sigpending, sigset_t __user *, uset, size_t, sigsetsize)
{
	sigset_t set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	set.sig[0] = (current->pending.signal.sig[0] | current->signal->shared_pending.signal.sig[0]) &
		     current->blocked.sig[0];
	spin_unlock_irq(&current->sighand->siglock);
	return copy_to_user(uset, &set, sizeof(set)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(rt_sigsuspend, const sigset_t __user *, unewset, size_t, sigsetsize)
{
	sigset_t set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, unewset, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&set);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	set_thread_flag(TIF_RESTORE_SIGMASK);
	return -ERESTARTNOHAND;
}

SYSCALL_DEFINE4(rt_sigtimedwait, const sigset_t __user *, uthese, siginfo_t __user *, uinfo,
		const struct timespec64 __user *, uts, size_t, sigsetsize)
{
	ktime_t deadline;
	sigset_t these;
	siginfo_t info;
	int sig;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	sig = get_deadline(uts, ktime_get(), &deadline);
	if (sig)
		return sig;
	sigdelset(&these, SIGKILL);
	sigdelset(&these, SIGSTOP);
	spin_lock_irq(&current->sighand->siglock);
	sig = dequeue_signal(~these.sig[0], &info);
	if (!sig && deadline > ktime_get()) {
		/* While it sleeps the signals count as unblocked, so that they wake it, and yet are not dropped as ignored. */
		current->real_blocked = current->blocked;
		current->blocked.sig[0] &= ~these.sig[0];
		recalc_sigpending();
		__set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock_irq(&current->sighand->siglock);
		if (!signal_pending(current))
			schedule_hrtimeout(deadline);
		__set_current_state(TASK_RUNNING);
		spin_lock_irq(&current->sighand->siglock);
		current->blocked = current->real_blocked;
		sigemptyset(&current->real_blocked);
		sig = dequeue_signal(~these.sig[0], &info);
	}
	spin_unlock_irq(&current->sighand->siglock);
	if (!sig)
		return deadline > ktime_get() ? -EINTR : -EAGAIN;
	return uinfo && copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : sig;
}

SYSCALL_DEFINE2(sigaltstack, const stack_t __user *, uss, stack_t __user *, uoss)
{
	unsigned long sp = current_pt_regs()->sp;
	bool on_stack = sp - current->sas_ss_sp < current->sas_ss_size;
	stack_t new, old = { 0 };

	old.ss_sp = current->sas_ss_sp;
	old.ss_size = current->sas_ss_size;
	old.ss_flags = !current->sas_ss_size ? SS_DISABLE : on_stack ? SS_ONSTACK : 0;
	if (uss) {
		if (copy_from_user(&new, uss, sizeof(new)))
			return -EFAULT;
		if (on_stack)
			return -EPERM;
		if (new.ss_flags & ~(SS_DISABLE | SS_ONSTACK))
			return -EINVAL;
		if (!(new.ss_flags & SS_DISABLE) && new.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		current->sas_ss_sp = new.ss_flags & SS_DISABLE ? 0 : new.ss_sp;
		current->sas_ss_size = new.ss_flags & SS_DISABLE ? 0 : new.ss_size;
	}
	return uoss && copy_to_user(uoss, &old, sizeof(old)) ? -EFAULT : 0;
}
