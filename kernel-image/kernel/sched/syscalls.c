/* System calls about scheduling, and what ps and nice need. */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "sched.h"

#define PRIO_PROCESS 0

char task_state_to_char(struct task_struct *t)
{
	unsigned int state = READ_ONCE(t->__state);

	if (t->exit_state & EXIT_ZOMBIE)
		return 'Z';
	if (t->exit_state & EXIT_DEAD)
		return 'X';
	if (state & TASK_STOPPED)
		return 'T';
	if (state & TASK_UNINTERRUPTIBLE)
		return 'D';
	if (state & TASK_PARKED)
		return 'P';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'R';
}

/* With a reference; pid 0 is the caller. */
struct task_struct *sched_find_get_task(pid_t pid)
{
	struct task_struct *p;

	rcu_read_lock();
	p = pid ? find_task_by_vpid(pid) : current;
	if (p)
		get_task_struct(p);
	rcu_read_unlock();
	return p;
}

SYSCALL_DEFINE0(sched_yield)
{
	yield();
	return 0;
}

SYSCALL_DEFINE3(setpriority, int, which, int, who, int, niceval)
{
	struct task_struct *p;
	long err;

	if (which != PRIO_PROCESS)
		return -EINVAL;
	p = sched_find_get_task(who);
	if (!p)
		return -ESRCH;
	err = security_task_setnice(p, niceval);
	if (!err)
		set_user_nice(p, niceval);
	put_task_struct(p);
	return err;
}

/* 20 - nice, so that the answer is never negative. */
SYSCALL_DEFINE2(getpriority, int, which, int, who)
{
	struct task_struct *p;
	long ret;

	if (which != PRIO_PROCESS)
		return -EINVAL;
	p = sched_find_get_task(who);
	if (!p)
		return -ESRCH;
	ret = 20 - task_nice(p);
	put_task_struct(p);
	return ret;
}

SYSCALL_DEFINE3(sched_setaffinity, pid_t, pid, unsigned int, len, const unsigned long *, user_mask)
{
	cpumask_t mask = CPU_MASK_NONE, allowed;
	struct task_struct *p;
	long err;

	if (copy_from_user(&mask, user_mask, min_t(unsigned int, len, sizeof(mask))))
		return -EFAULT;
	p = sched_find_get_task(pid);
	if (!p)
		return -ESRCH;
	cpuset_cpus_allowed(p, &allowed);
	cpumask_and(&mask, &mask, &allowed);
	if (p->flags & PF_NO_SETAFFINITY)
		err = -EINVAL;
	else
		err = security_task_setscheduler(p) ?: set_cpus_allowed_ptr(p, &mask);
	put_task_struct(p);
	return err;
}

SYSCALL_DEFINE3(sched_getaffinity, pid_t, pid, unsigned int, len, unsigned long *, user_mask)
{
	struct task_struct *p;
	cpumask_t mask;

	if (len < sizeof(mask) || (len & (sizeof(long) - 1)))
		return -EINVAL;
	p = sched_find_get_task(pid);
	if (!p)
		return -ESRCH;
	cpumask_and(&mask, &p->cpus_mask, cpu_online_mask);
	put_task_struct(p);
	return copy_to_user(user_mask, &mask, sizeof(mask)) ? -EFAULT : (long)sizeof(mask);
}
