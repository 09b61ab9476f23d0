/* System calls about the process and the system: identity, process groups and sessions, limits, usage, names. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/nsproxy.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>


SYSCALL_DEFINE0(getpid)
{
	return task_tgid_nr(current);
}

SYSCALL_DEFINE0(gettid)
{
	return task_pid_nr(current);
}

SYSCALL_DEFINE0(getppid)
{
	pid_t pid;

	read_lock(&tasklist_lock);
	pid = task_tgid_nr(current->real_parent);
	read_unlock(&tasklist_lock);
	return pid;
}

SYSCALL_DEFINE1(set_tid_address, int __user *, tidptr)
{
	current->clear_child_tid = tidptr;
	return task_pid_nr(current);
}

/* The process that pid names (0: the caller's); tasklist_lock is held. */
static struct task_struct *find_process(pid_t pid)
{
	struct task_struct *task = pid ? find_task_by_vpid(pid) : current;

	return task ? task->group_leader : NULL;
}

static long get_group_id(pid_t pid, enum pid_type type)
{
	struct task_struct *task;
	long ret = -ESRCH;

	read_lock(&tasklist_lock);
	task = find_process(pid);
	if (task)
		ret = pid_vnr(task->pids[type]);
	read_unlock(&tasklist_lock);
	return ret;
}

SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	return get_group_id(pid, PIDTYPE_PGID);
}

SYSCALL_DEFINE1(getsid, pid_t, pid)
{
	return get_group_id(pid, PIDTYPE_SID);
}

/* POSIX: a process moves itself or a child that has not exec'd yet, within its session, and no session leader. */
static int do_setpgid(struct task_struct *me, struct task_struct *p, pid_t pgid)
{
	struct task_struct *member;
	struct pid *pgrp = task_pid(p);

	if (!p)
		return -ESRCH;
	if (p->real_parent->group_leader == me) {
		if (task_session(p) != task_session(me))
			return -EPERM;
		if (!(p->flags & PF_FORKNOEXEC))
			return -EACCES;
	} else if (p != me) {
		return -ESRCH;
	}
	if (p->signal->leader)
		return -EPERM;
	if (pgid != p->pid) {
		pgrp = find_vpid(pgid);
		member = pgrp ? pid_task(pgrp, PIDTYPE_PGID) : NULL;
		if (!member || task_session(member) != task_session(me))
			return -EPERM;
	}
	if (task_pgrp(p) != pgrp)
		change_pid(p, PIDTYPE_PGID, pgrp);
	return 0;
}

SYSCALL_DEFINE2(setpgid, pid_t, pid, pid_t, pgid)
{
	struct task_struct *p;
	int ret;

	if (pgid < 0)
		return -EINVAL;
	write_lock_irq(&tasklist_lock);
	p = find_process(pid);
	ret = p ? do_setpgid(current->group_leader, p, pgid ? pgid : p->pid) : -ESRCH;
	write_unlock_irq(&tasklist_lock);
	return ret;
}

SYSCALL_DEFINE0(setsid)
{
	struct task_struct *leader = current->group_leader;
	struct pid *sid = task_pid(leader);
	int ret = -EPERM;

	write_lock_irq(&tasklist_lock);
	if (!leader->signal->leader && !pid_task(sid, PIDTYPE_PGID)) {
		leader->signal->leader = true;
		change_pid(leader, PIDTYPE_SID, sid);
		change_pid(leader, PIDTYPE_PGID, sid);
		leader->signal->tty = NULL;
		ret = pid_vnr(sid);
	}
	write_unlock_irq(&tasklist_lock);
	if (ret > 0)
		sched_autogroup_create_attach(leader);
	return ret;
}

/* Of the live threads and those that are gone. */
static void thread_group_cputime(u64 *utime, u64 *stime)
{
	struct task_struct *t;

	read_lock(&tasklist_lock);
	*utime = current->signal->utime;
	*stime = current->signal->stime;
	for_each_thread(current, t) {
		*utime += t->utime;
		*stime += t->stime;
	}
	read_unlock(&tasklist_lock);
}

SYSCALL_DEFINE2(getrusage, int, who, struct rusage __user *, uru)
{
	struct rusage ru;
	u64 utime, stime;

	memset(&ru, 0, sizeof(ru));
	if (who == RUSAGE_SELF) {
		thread_group_cputime(&utime, &stime);
	} else if (who == RUSAGE_CHILDREN) {
		utime = current->signal->cutime;
		stime = current->signal->cstime;
	} else if (who == RUSAGE_THREAD) {
		utime = current->utime;
		stime = current->stime;
	} else {
		return -EINVAL;
	}
	ru.ru_utime = ns_to_timeval(utime);
	ru.ru_stime = ns_to_timeval(stime);
	if (who != RUSAGE_CHILDREN) {
		ru.ru_minflt = current->min_flt;
		ru.ru_majflt = current->maj_flt;
		ru.ru_nvcsw = current->nvcsw;
		ru.ru_nivcsw = current->nivcsw;
	}
	return copy_to_user(uru, &ru, sizeof(ru)) ? -EFAULT : 0;
}

struct tms {
	clock_t tms_utime, tms_stime, tms_cutime, tms_cstime;
};

static clock_t ns_to_clock_t(u64 ns)
{
	return ns / (NSEC_PER_SEC / USER_HZ);
}

SYSCALL_DEFINE1(times, struct tms __user *, tbuf)
{
	u64 utime, stime;
	struct tms tms;

	thread_group_cputime(&utime, &stime);
	tms.tms_utime = ns_to_clock_t(utime);
	tms.tms_stime = ns_to_clock_t(stime);
	tms.tms_cutime = ns_to_clock_t(current->signal->cutime);
	tms.tms_cstime = ns_to_clock_t(current->signal->cstime);
	if (tbuf && copy_to_user(tbuf, &tms, sizeof(tms)))
		return -EFAULT;
	return ns_to_clock_t(ktime_get_ns());
}

/* The process that prlimit names, referenced; only one's own kind may be looked at, or anybody by root. */
static struct task_struct *get_limit_target(pid_t pid)
{
	struct task_struct *task;
	const struct cred *cred;

	read_lock(&tasklist_lock);
	task = find_process(pid);
	if (task)
		get_task_struct(task);
	read_unlock(&tasklist_lock);
	if (!task)
		return ERR_PTR(-ESRCH);
	cred = get_task_cred(task);
	if (!capable_root() && (cred->uid != current_uid() || cred->suid != current_uid())) {
		put_task_struct(task);
		task = ERR_PTR(-EPERM);
	}
	put_cred(cred);
	return task;
}

static int set_rlimit(struct task_struct *task, struct rlimit *rlim, const struct rlimit *new)
{
	int ret = 0;

	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	task_lock(task);
	if (new->rlim_max > rlim->rlim_max && !capable_root())
		ret = -EPERM;
	else
		*rlim = *new;
	task_unlock(task);
	return ret;
}

SYSCALL_DEFINE4(prlimit64, pid_t, pid, unsigned int, resource, const struct rlimit __user *, new_rlim,
		struct rlimit __user *, old_rlim)
{
	struct rlimit new, old, *rlim;
	struct task_struct *task;
	int ret = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new_rlim && copy_from_user(&new, new_rlim, sizeof(new)))
		return -EFAULT;
	task = get_limit_target(pid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	rlim = &task->signal->rlim[resource];
	old = *rlim;
	if (new_rlim)
		ret = set_rlimit(task, rlim, &new);
	put_task_struct(task);
	if (!ret && old_rlim && copy_to_user(old_rlim, &old, sizeof(old)))
		ret = -EFAULT;
	return ret;
}

static struct rlimit *own_limit(unsigned int resource)
{
	return resource < RLIM_NLIMITS ? &current->signal->rlim[resource] : NULL;
}

SYSCALL_DEFINE2(getrlimit, unsigned int, resource, struct rlimit __user *, user)
{
	struct rlimit *rlim = own_limit(resource);

	return !rlim ? -EINVAL : copy_to_user(user, rlim, sizeof(*rlim)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(setrlimit, unsigned int, resource, const struct rlimit __user *, user)
{
	struct rlimit *rlim = own_limit(resource), new;

	if (!rlim)
		return -EINVAL;
	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	return set_rlimit(current, rlim, &new);
}

SYSCALL_DEFINE1(uname, struct new_utsname __user *, name)
{
	struct new_utsname copy;

	mutex_lock(&uts_lock);
	copy = *utsname();
	mutex_unlock(&uts_lock);
	return copy_to_user(name, &copy, sizeof(copy)) ? -EFAULT : 0;
}

static int set_uts_name(char *field, const char __user *name, int len)
{
	char copy[__NEW_UTS_LEN + 1] = { 0 };

	if (!capable_root())
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(copy, name, len))
		return -EFAULT;
	mutex_lock(&uts_lock);
	memcpy(field, copy, sizeof(copy));
	mutex_unlock(&uts_lock);
	return 0;
}

SYSCALL_DEFINE2(sethostname, const char __user *, name, int, len)
{
	return set_uts_name(utsname()->nodename, name, len);
}

SYSCALL_DEFINE2(setdomainname, const char __user *, name, int, len)
{
	return set_uts_name(utsname()->domainname, name, len);
}

struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	unsigned short procs, pad;
	unsigned long totalhigh, freehigh;
	unsigned int mem_unit;
};

SYSCALL_DEFINE1(sysinfo, struct sysinfo __user *, uinfo)
{
	struct sysinfo_mem mem;
	struct task_struct *p, *t;
	struct sysinfo info;

	memset(&info, 0, sizeof(info));
	si_meminfo(&mem);
	info.uptime = ktime_get_seconds();
	get_avenrun(info.loads);
	/* Linux scales the averages to 16 bits of fraction. */
	for (int i = 0; i < 3; i++)
		info.loads[i] <<= 16 - FSHIFT;
	info.totalram = mem.totalram;
	info.freeram = mem.freeram;
	info.mem_unit = PAGE_SIZE;
	read_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t)
			info.procs++;
	read_unlock(&tasklist_lock);
	return copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : 0;
}

#define GRND_NONBLOCK	1
#define GRND_RANDOM	2
#define GRND_INSECURE	4

SYSCALL_DEFINE3(getrandom, char __user *, buf, size_t, count, unsigned int, flags)
{
	char chunk[64];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	count = min_t(size_t, count, 0x1ffffff);
	while (done < count) {
		size_t bytes = min_t(size_t, count - done, sizeof(chunk)), left;

		get_random_bytes(chunk, bytes);
		left = copy_to_user(buf + done, chunk, bytes);
		done += bytes - left;
		if (left)
			return done ? (long)done : -EFAULT;
		if (signal_pending(current))
			break;
	}
	return done;
}

/* Of the ways of execution there is one. */
SYSCALL_DEFINE1(personality, unsigned int, persona)
{
	return persona == 0 || persona == 0xffffffff ? 0 : -EINVAL;
}

SYSCALL_DEFINE3(getcpu, unsigned int __user *, cpu, unsigned int __user *, node, void __user *, unused)
{
	if (cpu && put_user((unsigned int)raw_smp_processor_id(), cpu))
		return -EFAULT;
	return node && put_user(0U, node) ? -EFAULT : 0;
}

#define PR_SET_PDEATHSIG	1
#define PR_GET_PDEATHSIG	2
#define PR_GET_DUMPABLE		3
#define PR_SET_DUMPABLE		4
#define PR_SET_NAME		15
#define PR_GET_NAME		16
#define PR_CAPBSET_READ		23
#define PR_SET_TIMERSLACK	29
#define PR_GET_TIMERSLACK	30
#define PR_SET_NO_NEW_PRIVS	38
#define PR_GET_NO_NEW_PRIVS	39

SYSCALL_DEFINE5(prctl, int, option, unsigned long, arg2, unsigned long, arg3, unsigned long, arg4, unsigned long, arg5)
{
	char comm[TASK_COMM_LEN] = { 0 };
	long len;

	switch (option) {
	case PR_SET_PDEATHSIG:
		if (arg2 > _NSIG)
			return -EINVAL;
		current->pdeath_signal = arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(current->pdeath_signal, (int __user *)arg2);
	case PR_SET_NAME:
		len = strncpy_from_user(comm, (const char __user *)arg2, sizeof(comm) - 1);
		if (len < 0)
			return len;
		set_task_comm(current, comm);
		return 0;
	case PR_GET_NAME:
		return copy_to_user((char __user *)arg2, current->comm, TASK_COMM_LEN) ? -EFAULT : 0;
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1)
			return -EINVAL;
		current->no_new_privs = 1;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return current->no_new_privs;
	case PR_GET_DUMPABLE:
		return current->mm->dumpable;
	case PR_SET_DUMPABLE:
		if (arg2 > 1)
			return -EINVAL;
		current->mm->dumpable = arg2;
		return 0;
	case PR_GET_TIMERSLACK:		/* timers are exact */
	case PR_SET_TIMERSLACK:
		return 0;
	case PR_CAPBSET_READ:
		return arg2 <= CAP_LAST_CAP ? 1 : -EINVAL;
	default:
		return -EINVAL;
	}
}
