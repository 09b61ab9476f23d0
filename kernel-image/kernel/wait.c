/* wait4 and waitid: a parent learns of its children's ends, stops and continuations. */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define WNOHANG		0x00000001
#define WUNTRACED	0x00000002
#define WSTOPPED	WUNTRACED
#define WEXITED		0x00000004
#define WCONTINUED	0x00000008
#define WNOWAIT		0x01000000
#define __WNOTHREAD	0x20000000
#define __WALL		0x40000000
#define __WCLONE	0x80000000

#define P_ALL	0
#define P_PID	1
#define P_PGID	2

struct wait_opts {
	int type;			/* P_* */
	struct pid *pid;
	int flags;
	int error;			/* what to say when no child fits: -ECHILD until one is seen */
	pid_t found;
	uid_t uid;
	int cause;			/* CLD_* */
	int status;			/* as wait4 encodes it */
	struct rusage ru;
};

static bool eligible_child(const struct wait_opts *wo, struct task_struct *p)
{
	if (wo->type == P_PID && task_pid(p) != wo->pid)
		return false;
	if (wo->type == P_PGID && task_pgrp(p) != wo->pid)
		return false;
	return (wo->flags & __WALL) || (p->exit_signal != SIGCHLD) == !!(wo->flags & __WCLONE);
}

static void fill_child(struct wait_opts *wo, struct task_struct *p, int cause, int status)
{
	struct signal_struct *sig = p->signal;

	wo->found = p->pid;
	wo->uid = p->real_cred->uid;
	wo->cause = cause;
	wo->status = status;
	memset(&wo->ru, 0, sizeof(wo->ru));
	wo->ru.ru_utime = ns_to_timeval(sig->utime + p->utime + sig->cutime);
	wo->ru.ru_stime = ns_to_timeval(sig->stime + p->stime + sig->cstime);
	wo->ru.ru_minflt = p->min_flt;
	wo->ru.ru_majflt = p->maj_flt;
	wo->ru.ru_nvcsw = p->nvcsw;
	wo->ru.ru_nivcsw = p->nivcsw;
}

/* These three are called with tasklist_lock read-held, and release it when they return true. */
static bool wait_task_zombie(struct wait_opts *wo, struct task_struct *p)
{
	int code = p->signal->flags & SIGNAL_GROUP_EXIT ? p->signal->group_exit_code : p->exit_code;
	struct signal_struct *mine = current->signal;

	/* Several threads may wait; one gets it. */
	if (!(wo->flags & WNOWAIT) && cmpxchg(&p->exit_state, EXIT_ZOMBIE, EXIT_DEAD) != EXIT_ZOMBIE)
		return false;
	fill_child(wo, p, code & 0x7f ? CLD_KILLED : CLD_EXITED, code);
	if (wo->flags & WNOWAIT) {
		read_unlock(&tasklist_lock);
		return true;
	}
	spin_lock_irq(&current->sighand->siglock);
	mine->cutime += p->signal->utime + p->utime + p->signal->cutime;
	mine->cstime += p->signal->stime + p->stime + p->signal->cstime;
	spin_unlock_irq(&current->sighand->siglock);
	read_unlock(&tasklist_lock);
	release_task(p);
	return true;
}

static bool wait_task_stopped(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	int code = 0;

	spin_lock_irq(&p->sighand->siglock);
	if ((sig->flags & SIGNAL_STOP_STOPPED) && (sig->flags & SIGNAL_STOP_WAITABLE)) {
		code = sig->group_exit_code;
		if (!(wo->flags & WNOWAIT))
			sig->flags &= ~SIGNAL_STOP_WAITABLE;
	}
	spin_unlock_irq(&p->sighand->siglock);
	if (!code)
		return false;
	fill_child(wo, p, CLD_STOPPED, (code << 8) | 0x7f);
	read_unlock(&tasklist_lock);
	return true;
}

static bool wait_task_continued(struct wait_opts *wo, struct task_struct *p)
{
	bool continued;

	spin_lock_irq(&p->sighand->siglock);
	continued = p->signal->flags & SIGNAL_STOP_CONTINUED;
	if (!(wo->flags & WNOWAIT))
		p->signal->flags &= ~SIGNAL_STOP_CONTINUED;
	spin_unlock_irq(&p->sighand->siglock);
	if (!continued)
		return false;
	fill_child(wo, p, CLD_CONTINUED, 0xffff);
	read_unlock(&tasklist_lock);
	return true;
}

static bool wait_consider_task(struct wait_opts *wo, struct task_struct *p)
{
	int state = READ_ONCE(p->exit_state);

	if (state == EXIT_DEAD || !eligible_child(wo, p))
		return false;
	wo->error = 0;
	if (state == EXIT_ZOMBIE)
		return p->signal->nr_threads == 1 && (wo->flags & WEXITED) && wait_task_zombie(wo, p);
	if ((wo->flags & WSTOPPED) && wait_task_stopped(wo, p))
		return true;
	return (wo->flags & WCONTINUED) && wait_task_continued(wo, p);
}

static bool look_at_children(struct wait_opts *wo)
{
	struct task_struct *t, *p;

	read_lock(&tasklist_lock);
	for_each_thread(current, t) {
		if ((wo->flags & __WNOTHREAD) && t != current)
			continue;
		list_for_each_entry(p, &t->children, sibling)
			if (wait_consider_task(wo, p))
				return true;
	}
	read_unlock(&tasklist_lock);
	return false;
}

static long do_wait(struct wait_opts *wo)
{
	DEFINE_WAIT_FUNC(wait, default_wake_function);
	long ret;

	add_wait_queue(&current->signal->wait_chldexit, &wait);
	for (;;) {
		wo->error = -ECHILD;
		set_current_state(TASK_INTERRUPTIBLE);
		if (look_at_children(wo)) {
			ret = wo->found;
			break;
		}
		ret = wo->error;
		if (ret || (wo->flags & WNOHANG))
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&current->signal->wait_chldexit, &wait);
	return ret;
}

pid_t kernel_wait(pid_t nr, int *status)
{
	struct wait_opts wo = { .type = P_PID, .pid = find_get_pid(nr), .flags = WEXITED };
	long ret;

	if (!wo.pid)
		return -ECHILD;
	ret = do_wait(&wo);
	put_pid(wo.pid);
	if (ret > 0)
		*status = wo.status;
	return ret;
}

static struct pid *get_own_pgrp(void)
{
	struct pid *pid;

	read_lock(&tasklist_lock);
	pid = get_pid(task_pgrp(current->group_leader));
	read_unlock(&tasklist_lock);
	return pid;
}

SYSCALL_DEFINE4(wait4, pid_t, upid, int __user *, stat_addr, int, options, struct rusage __user *, ru)
{
	struct wait_opts wo = { .type = P_ALL, .flags = options | WEXITED };
	long ret;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (upid == INT_MIN)
		return -ESRCH;
	if (upid != -1) {
		wo.type = upid > 0 ? P_PID : P_PGID;
		wo.pid = upid ? find_get_pid(upid > 0 ? upid : -upid) : get_own_pgrp();
		if (!wo.pid)
			return -ECHILD;
	}
	ret = do_wait(&wo);
	if (wo.pid)
		put_pid(wo.pid);
	if (ret > 0 && stat_addr && put_user(wo.status, stat_addr))
		ret = -EFAULT;
	if (ret > 0 && ru && copy_to_user(ru, &wo.ru, sizeof(wo.ru)))
		ret = -EFAULT;
	return ret;
}

SYSCALL_DEFINE5(waitid, int, which, pid_t, upid, siginfo_t __user *, infop, int, options, struct rusage __user *, ru)
{
	struct wait_opts wo = { .type = which, .flags = options };
	siginfo_t info;
	long ret;

	if ((options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL)) ||
	    !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	if (which == P_PID || which == P_PGID) {
		if (upid < 0 || (which == P_PID && !upid))
			return -EINVAL;
		wo.pid = upid ? find_get_pid(upid) : get_own_pgrp();
		if (!wo.pid)
			return -ECHILD;
	} else if (which != P_ALL) {
		return -EINVAL;
	}
	ret = do_wait(&wo);
	if (wo.pid)
		put_pid(wo.pid);
	memset(&info, 0, sizeof(info));
	if (ret > 0) {
		info.si_signo = SIGCHLD;
		info.si_code = wo.cause;
		info.si_pid = wo.found;
		info.si_uid = wo.uid;
		if (wo.cause == CLD_EXITED || wo.cause == CLD_STOPPED)
			info.si_status = (wo.status >> 8) & 0xff;
		else
			info.si_status = wo.cause == CLD_CONTINUED ? SIGCONT : wo.status & 0x7f;
		if (ru && copy_to_user(ru, &wo.ru, sizeof(wo.ru)))
			return -EFAULT;
		ret = 0;
	}
	if (!ret && infop && copy_to_user(infop, &info, sizeof(info)))
		return -EFAULT;
	return ret;
}
