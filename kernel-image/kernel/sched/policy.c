/* Changing how a task is scheduled: nice values, policies, priorities, reservations, and the system calls for them. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/security.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "sched.h"

#define SCHED_RESET_ON_FORK 0x40000000
#define SCHED_FLAG_RESET_ON_FORK 1
#define DL_PERIOD_MAX (1ULL << 32)	/* ns; the shares of reservations are computed with 20 bits behind the point */

struct sched_param {
	int sched_priority;
};

struct sched_attr {
	u32 size, sched_policy;
	u64 sched_flags;
	int sched_nice;
	u32 sched_priority;
	u64 sched_runtime, sched_deadline, sched_period;
};

void begin_change(struct task_struct *p, struct change *c)
{
	raw_spin_lock_irqsave(&p->pi_lock, c->flags);
	c->rq = __task_rq_lock(p);
	update_rq_clock(c->rq);
	c->queued = p->on_rq;
	c->running = c->rq->curr == p;
	if (c->queued)
		deactivate_task(c->rq, p, 0);
	if (c->running)
		p->sched_class->put_prev_task(c->rq, p);
}

void end_change(struct task_struct *p, struct change *c)
{
	if (c->queued)
		activate_task(c->rq, p, 0);
	if (c->running && p->sched_class->set_curr_task)
		p->sched_class->set_curr_task(c->rq, p);
	if (c->rq->curr != c->rq->idle || c->queued)
		resched_curr(c->rq);
	raw_spin_unlock(&c->rq->lock);
	raw_spin_unlock_irqrestore(&p->pi_lock, c->flags);
}

void set_user_nice(struct task_struct *p, long nice)
{
	struct change c;

	begin_change(p, &c);
	p->static_prio = NICE_TO_PRIO(clamp(nice, (long)MIN_NICE, (long)MAX_NICE));
	if (p->policy == SCHED_NORMAL || p->policy == SCHED_BATCH || p->policy == SCHED_IDLE)
		p->normal_prio = p->prio = p->static_prio;
	set_load_weight(p);
	end_change(p, &c);
}

static bool fair_policy(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

static bool rt_policy(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static int check_attr(const struct sched_attr *attr)
{
	int policy = attr->sched_policy;

	if (policy == SCHED_DEADLINE)
		return attr->sched_runtime >= 1024 && attr->sched_runtime <= attr->sched_deadline &&
		       attr->sched_deadline <= attr->sched_period && attr->sched_period <= DL_PERIOD_MAX ? 0 : -EINVAL;
	if (!fair_policy(policy) && !rt_policy(policy))
		return -EINVAL;
	return rt_policy(policy) == (attr->sched_priority != 0) && attr->sched_priority < MAX_RT_PRIO ? 0 : -EINVAL;
}

static void __setscheduler(struct task_struct *p, const struct sched_attr *attr)
{
	p->policy = attr->sched_policy;
	p->rt_priority = attr->sched_priority;
	p->sched_reset_on_fork = attr->sched_flags & SCHED_FLAG_RESET_ON_FORK;
	if (p->policy == SCHED_DEADLINE) {
		p->dl.dl_runtime = attr->sched_runtime;
		p->dl.dl_deadline = attr->sched_deadline;
		p->dl.dl_period = attr->sched_period;
		p->dl.deadline = 0;
		p->dl.dl_throttled = false;
		p->prio = p->normal_prio = MAX_DL_PRIO - 1;
		p->sched_class = &dl_sched_class;
	} else if (rt_policy(p->policy)) {
		p->prio = p->normal_prio = MAX_RT_PRIO - 1 - (int)p->rt_priority;
		p->sched_class = &rt_sched_class;
	} else {
		p->static_prio = p->prio = p->normal_prio = NICE_TO_PRIO(attr->sched_nice);
		p->sched_class = &fair_sched_class;
	}
	set_load_weight(p);
}

static int sched_setattr_checked(struct task_struct *p, struct sched_attr *attr)
{
	struct change c;

	if (attr->sched_policy == SCHED_DEADLINE && !attr->sched_period)
		attr->sched_period = attr->sched_deadline;
	if (check_attr(attr))
		return -EINVAL;
	if (!dl_admit(p, attr->sched_policy == SCHED_DEADLINE ? attr->sched_runtime : 0, attr->sched_period))
		return -EBUSY;
	begin_change(p, &c);
	p->dl.replenish = false;
	__setscheduler(p, attr);
	end_change(p, &c);
	if (attr->sched_policy != SCHED_DEADLINE)
		hrtimer_cancel(&p->dl.dl_timer);
	return 0;
}

/* For kernel threads: no permission is asked. */
int sched_setscheduler_nocheck(struct task_struct *p, int policy, int priority)
{
	struct sched_attr attr = { .sched_policy = policy, .sched_priority = priority, .sched_nice = task_nice(p) };

	return sched_setattr_checked(p, &attr);
}

void sched_dead(struct task_struct *p)
{
	if (p->policy == SCHED_DEADLINE)
		sched_setscheduler_nocheck(p, SCHED_NORMAL, 0);
}

/* More than root grants: real time, reservations, a better nice value. */
static int may_set(struct task_struct *p, const struct sched_attr *attr)
{
	int err = security_task_setscheduler(p);

	if (err || capable_root())
		return err;
	if (!fair_policy(attr->sched_policy))
		return -EPERM;
	return attr->sched_nice < task_nice(p) ? -EPERM : 0;
}

static long set_attr(pid_t pid, struct sched_attr *attr, bool keep_nice)
{
	struct task_struct *p;
	long err;

	if (pid < 0)
		return -EINVAL;
	p = sched_find_get_task(pid);
	if (!p)
		return -ESRCH;
	attr->sched_nice = keep_nice ? task_nice(p) : clamp(attr->sched_nice, MIN_NICE, MAX_NICE);
	err = may_set(p, attr) ?: sched_setattr_checked(p, attr);
	put_task_struct(p);
	return err;
}

SYSCALL_DEFINE3(sched_setscheduler, pid_t, pid, int, policy, const struct sched_param __user *, uparam)
{
	struct sched_attr attr = { .sched_policy = policy & ~SCHED_RESET_ON_FORK };
	struct sched_param param;

	if (copy_from_user(&param, uparam, sizeof(param)))
		return -EFAULT;
	attr.sched_priority = param.sched_priority;
	attr.sched_flags = policy & SCHED_RESET_ON_FORK ? SCHED_FLAG_RESET_ON_FORK : 0;
	return set_attr(pid, &attr, true);
}

SYSCALL_DEFINE2(sched_setparam, pid_t, pid, const struct sched_param __user *, uparam)
{
	struct sched_attr attr = { 0 };
	struct sched_param param;
	struct task_struct *p;

	if (copy_from_user(&param, uparam, sizeof(param)))
		return -EFAULT;
	p = sched_find_get_task(pid);
	if (!p)
		return -ESRCH;
	attr.sched_policy = p->policy;
	attr.sched_priority = param.sched_priority;
	put_task_struct(p);
	return set_attr(pid, &attr, true);
}

SYSCALL_DEFINE1(sched_getscheduler, pid_t, pid)
{
	struct task_struct *p = sched_find_get_task(pid);
	long ret;

	if (!p)
		return -ESRCH;
	ret = p->policy | (p->sched_reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	put_task_struct(p);
	return ret;
}

SYSCALL_DEFINE2(sched_getparam, pid_t, pid, struct sched_param __user *, uparam)
{
	struct task_struct *p = sched_find_get_task(pid);
	struct sched_param param;

	if (!p)
		return -ESRCH;
	param.sched_priority = p->rt_priority;
	put_task_struct(p);
	return copy_to_user(uparam, &param, sizeof(param)) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(sched_setattr, pid_t, pid, struct sched_attr __user *, uattr, unsigned int, flags)
{
	struct sched_attr attr;

	if (flags)
		return -EINVAL;
	if (copy_from_user(&attr, uattr, sizeof(attr)))
		return -EFAULT;
	if (attr.size && attr.size < sizeof(attr))
		return -E2BIG;
	return set_attr(pid, &attr, false);
}

SYSCALL_DEFINE4(sched_getattr, pid_t, pid, struct sched_attr __user *, uattr, unsigned int, size, unsigned int, flags)
{
	struct sched_attr attr = { .size = sizeof(attr) };
	struct task_struct *p;

	if (flags || pid < 0 || size < sizeof(attr))
		return -EINVAL;
	p = sched_find_get_task(pid);
	if (!p)
		return -ESRCH;
	attr.sched_policy = p->policy;
	attr.sched_flags = p->sched_reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0;
	attr.sched_nice = task_nice(p);
	attr.sched_priority = p->rt_priority;
	if (p->policy == SCHED_DEADLINE) {
		attr.sched_runtime = p->dl.dl_runtime;
		attr.sched_deadline = p->dl.dl_deadline;
		attr.sched_period = p->dl.dl_period;
	}
	put_task_struct(p);
	return copy_to_user(uattr, &attr, sizeof(attr)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(sched_rr_get_interval, pid_t, pid, struct timespec64 __user *, interval)
{
	struct task_struct *p = sched_find_get_task(pid);
	struct timespec64 ts = { 0, 0 };

	if (!p)
		return -ESRCH;
	if (p->policy != SCHED_FIFO)
		ts.tv_nsec = p->policy == SCHED_RR ? RR_TIMESLICE * TICK_NSEC : TICK_NSEC;
	put_task_struct(p);
	return copy_to_user(interval, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(sched_get_priority_max, int, policy)
{
	if (rt_policy(policy))
		return MAX_RT_PRIO - 1;
	return fair_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

SYSCALL_DEFINE1(sched_get_priority_min, int, policy)
{
	if (rt_policy(policy))
		return 1;
	return fair_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}
