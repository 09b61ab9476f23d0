/* Creating tasks: kernel_clone, and the life of task_structs and their kernel stacks. */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

DEFINE_RWLOCK(tasklist_lock);
static struct kmem_cache *task_struct_cachep;
static atomic_t nr_threads;
static int max_threads;
unsigned long total_forks;	/* processes and threads since boot */

void __init fork_init(void)
{
	task_struct_cachep = KMEM_CACHE(task_struct, SLAB_PANIC);
	/* Kernel stacks may take an eighth of memory. */
	max_threads = totalram_pages() / (8 * THREAD_SIZE / PAGE_SIZE);
	init_signals.rlim[RLIMIT_NPROC] = (struct rlimit){ max_threads / 2, max_threads / 2 };
	init_signals.rlim[RLIMIT_SIGPENDING] = init_signals.rlim[RLIMIT_NPROC];
}

static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *tsk = kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);

	if (!tsk)
		return NULL;
	*tsk = *orig;
	tsk->stack = (void *)__get_free_pages(GFP_KERNEL, THREAD_SIZE_ORDER);
	if (!tsk->stack) {
		kmem_cache_free(task_struct_cachep, tsk);
		return NULL;
	}
	*end_of_stack(tsk) = STACK_END_MAGIC;
	tsk->stack_canary = get_random_canary();
	sched_copy_group(tsk);
	tsk->thread_info.flags = 0;
	tsk->lockdep_depth = 0;
	/* One for whoever reaps it, one for the scheduler until it is off its CPU for good. */
	refcount_set(&tsk->usage, 2);
	atomic_inc(&nr_threads);
	return tsk;
}

static void free_task(struct task_struct *tsk)
{
	atomic_dec(&nr_threads);
	sched_put_group(tsk->sched_task_group);
	free_kthread_struct(tsk);
	free_pages((unsigned long)tsk->stack, THREAD_SIZE_ORDER);
	kmem_cache_free(task_struct_cachep, tsk);
}

void __put_task_struct(struct task_struct *tsk)
{
	exit_creds(tsk);
	cgroup_free(tsk);
	put_signal_struct(tsk->signal);
	free_task(tsk);
}

void set_task_comm(struct task_struct *t, const char *from)
{
	task_lock(t);
	strscpy(t->comm, from, sizeof(t->comm));
	task_unlock(t);
}

static int copy_mm(unsigned long clone_flags, struct task_struct *tsk)
{
	struct mm_struct *oldmm = current->mm, *mm;

	tsk->min_flt = tsk->maj_flt = 0;
	tsk->nvcsw = tsk->nivcsw = 0;
	tsk->mm = tsk->active_mm = NULL;
	if (!oldmm)
		return 0;
	if (clone_flags & CLONE_VM) {
		mmget(oldmm);
		mm = oldmm;
	} else {
		mm = dup_mm(oldmm);
		if (IS_ERR(mm))
			return PTR_ERR(mm);
	}
	tsk->mm = tsk->active_mm = mm;
	return 0;
}

static int check_clone_flags(u64 flags)
{
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_PARENT) && is_global_init(current))
		return -EINVAL;
	return 0;
}

/* A fresh task that shares nothing yet but has nothing of its own to undo, either. */
static void init_new_task(struct task_struct *p, struct kernel_clone_args *args)
{
	p->flags &= ~(PF_MEMALLOC | PF_KSWAPD | PF_KTHREAD | PF_IDLE | PF_NO_SETAFFINITY | PF_SIGNALED | PF_WQ_WORKER);
	p->flags |= PF_FORKNOEXEC | (args->fn ? PF_KTHREAD : 0);
	p->worker_private = NULL;
	p->vfork_done = NULL;
	p->exit_state = 0;
	p->utime = p->stime = 0;
	p->start_time = ktime_get_ns();
	p->in_execve = 0;
	p->rcu_tasks_holdout = false;
	p->exit_signal = args->exit_signal;
	p->pdeath_signal = 0;
	p->set_child_tid = args->flags & CLONE_CHILD_SETTID ? args->child_tid : NULL;
	p->clear_child_tid = args->flags & CLONE_CHILD_CLEARTID ? args->child_tid : NULL;
	p->robust_list = NULL;
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->pending.list);
	p->pending.signal.sig[0] = 0;
	p->sas_ss_sp = p->sas_ss_size = 0;
	spin_lock_init(&p->alloc_lock);
	for (int i = 0; i < PIDTYPE_MAX; i++)
		INIT_HLIST_NODE(&p->pid_links[i]);
}

/* Makes the task findable: in the tree, in the list, by its pids. */
static int link_task(struct task_struct *p, struct pid *pid, u64 clone_flags)
{
	write_lock_irq(&tasklist_lock);
	if (!(p->flags & PF_KTHREAD) && signal_pending(current)) {
		write_unlock_irq(&tasklist_lock);
		return -ERESTARTNOINTR;
	}
	if (clone_flags & (CLONE_PARENT | CLONE_THREAD)) {
		/* A parent that did not clone it need not bear a signal of the child's choice. */
		p->real_parent = current->real_parent;
		p->parent_exec_id = current->parent_exec_id;
		p->exit_signal = clone_flags & CLONE_THREAD ? -1 : current->group_leader->exit_signal;
	} else {
		p->real_parent = current;
		p->parent_exec_id = current->self_exec_id;
	}
	p->parent = p->real_parent;
	p->pids[PIDTYPE_PID] = pid;
	p->pids[PIDTYPE_PGID] = task_pgrp(current);
	p->pids[PIDTYPE_SID] = task_session(current);
	attach_pid(p, PIDTYPE_PID);
	if (clone_flags & CLONE_THREAD) {
		p->group_leader = current->group_leader;
		p->tgid = current->tgid;
		p->pids[PIDTYPE_TGID] = task_tgid(current);
		p->signal->nr_threads++;
		atomic_inc(&p->signal->live);
		atomic_inc(&p->signal->sigcnt);
	} else {
		p->group_leader = p;
		p->tgid = p->pid;
		p->pids[PIDTYPE_TGID] = pid;
		attach_pid(p, PIDTYPE_TGID);
		attach_pid(p, PIDTYPE_PGID);
		attach_pid(p, PIDTYPE_SID);
		list_add_tail(&p->sibling, &p->real_parent->children);
		list_add_tail_rcu(&p->tasks, &init_task.tasks);
	}
	list_add_tail(&p->thread_node, &p->signal->thread_head);
	cgroup_post_fork(p);
	total_forks++;
	write_unlock_irq(&tasklist_lock);
	return 0;
}

/* Whether the user has as many tasks as RLIMIT_NPROC allows; root's are not counted. */
static bool too_many_of_user(void)
{
	unsigned long limit = current->signal->rlim[RLIMIT_NPROC].rlim_cur, count = 0;
	struct task_struct *p, *t;

	if (limit == RLIM_INFINITY || capable_root())
		return false;
	read_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t)
			count += t->cred->uid == current->cred->uid;
	read_unlock(&tasklist_lock);
	if (count < limit)
		return false;
	/* A fork bomb tries again at once: it would leave no time, and no lock, to those who want to end it. */
	schedule_timeout_uninterruptible(1);
	return true;
}

/* Returns the new task, not yet woken; pid NULL allocates one. */
struct task_struct *copy_process(struct pid *pid, struct kernel_clone_args *args)
{
	u64 clone_flags = args->flags;
	struct task_struct *p;
	int retval = check_clone_flags(clone_flags);

	if (retval)
		return ERR_PTR(retval);
	if (atomic_read(&nr_threads) >= max_threads || too_many_of_user())
		return ERR_PTR(-EAGAIN);
	p = dup_task_struct(current);
	if (!p)
		return ERR_PTR(-ENOMEM);
	init_new_task(p, args);
	retval = copy_creds(p, clone_flags);
	if (retval)
		goto bad_fork_free;
	sched_fork(p);
	retval = copy_files(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_creds;
	retval = copy_fs(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_files;
	retval = copy_sighand(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_fs;
	if (clone_flags & CLONE_CLEAR_SIGHAND)
		flush_signal_handlers(p, false);
	retval = copy_signal(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_sighand;
	retval = copy_mm(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_signal;
	retval = copy_namespaces(clone_flags, p);
	if (retval)
		goto bad_fork_cleanup_mm;
	copy_thread(p, args);
	if (!pid) {
		pid = alloc_pid(&init_pid_ns);
		if (IS_ERR(pid)) {
			retval = PTR_ERR(pid);
			goto bad_fork_cleanup_namespaces;
		}
	}
	p->pid = pid_nr(pid);
	p->tgid = p->pid;
	if (args->idle)
		return p;
	retval = cgroup_can_fork(p);
	if (retval)
		goto bad_fork_free_pid;
	retval = link_task(p, pid, clone_flags);
	if (retval)
		goto bad_fork_cancel_cgroup;
	if (clone_flags & CLONE_PARENT_SETTID)
		(void)put_user(p->pid, args->parent_tid);
	return p;

bad_fork_cancel_cgroup:
	cgroup_cancel_fork(p);
bad_fork_free_pid:
	free_pid(pid);
bad_fork_cleanup_namespaces:
	exit_task_namespaces(p);
bad_fork_cleanup_mm:
	if (p->mm)
		mmput(p->mm);
bad_fork_cleanup_signal:
	if (!(clone_flags & CLONE_THREAD))
		put_signal_struct(p->signal);
bad_fork_cleanup_sighand:
	__cleanup_sighand(p->sighand);
bad_fork_cleanup_fs:
	exit_fs(p);
bad_fork_cleanup_files:
	exit_files(p);
bad_fork_cleanup_creds:
	exit_creds(p);
bad_fork_free:
	free_task(p);
	return ERR_PTR(retval);
}

/* The idle task of a CPU: pid 0, on no list, runs when the CPU comes up. */
struct task_struct *__init fork_idle(int cpu)
{
	struct kernel_clone_args args = { .flags = CLONE_VM, .fn = (int (*)(void *))1, .idle = 1 };
	struct task_struct *idle = copy_process(&init_struct_pid, &args);

	if (!IS_ERR(idle)) {
		for (int i = 0; i < PIDTYPE_MAX; i++)
			idle->pids[i] = &init_struct_pid;
		idle->real_parent = idle->parent = idle->group_leader = idle;
		init_idle(idle, cpu);
	}
	return idle;
}

/* Who is killed meanwhile takes back what the child would wake him by. */
static void wait_for_vfork_done(struct task_struct *child, struct completion *vfork)
{
	if (wait_for_completion_killable(vfork)) {
		task_lock(child);
		child->vfork_done = NULL;
		task_unlock(child);
	}
	put_task_struct(child);
}

pid_t kernel_clone(struct kernel_clone_args *args)
{
	struct completion vfork;
	struct task_struct *p = copy_process(NULL, args);
	pid_t nr;

	if (IS_ERR(p))
		return PTR_ERR(p);
	nr = p->pid;
	if (args->flags & CLONE_VFORK) {
		p->vfork_done = &vfork;
		init_completion(&vfork);
		get_task_struct(p);
	}
	wake_up_new_task(p);
	if (args->flags & CLONE_VFORK) {
		wait_for_vfork_done(p, &vfork);
	}
	return nr;
}

pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct kernel_clone_args args = {
		.flags = (flags | CLONE_VM | CLONE_UNTRACED) & ~(u64)CSIGNAL,
		.exit_signal = flags & CSIGNAL,
		.fn = fn,
		.fn_arg = arg,
	};

	return kernel_clone(&args);
}

struct clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

#define CLONE_ARGS_SIZE_VER0	64
#define CLONE_KNOWN (CSIGNAL | CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VFORK | CLONE_PARENT |	\
		     CLONE_THREAD | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_UNTRACED | \
		     CLONE_CHILD_SETTID | CLONE_NEWUTS | 0x40000 /* CLONE_SYSVSEM */ | 0x400000 /* CLONE_DETACHED */)

SYSCALL_DEFINE5(clone, unsigned long, clone_flags, unsigned long, newsp, int *, parent_tid,
		unsigned long, tls, int *, child_tid)
{
	struct kernel_clone_args args = {
		.flags = clone_flags & ~(unsigned long)CSIGNAL,
		.exit_signal = clone_flags & CSIGNAL,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.stack = newsp,
		.tls = tls,
	};

	if (clone_flags & ~(unsigned long)CLONE_KNOWN)
		return -EINVAL;
	return kernel_clone(&args);
}

SYSCALL_DEFINE2(clone3, const struct clone_args __user *, uargs, size_t, size)
{
	struct clone_args user = { 0 };
	struct kernel_clone_args args = { 0 };

	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > sizeof(user))
		return -E2BIG;
	if (copy_from_user(&user, uargs, size))
		return -EFAULT;
	args.flags = user.flags;
	args.exit_signal = user.exit_signal;
	args.parent_tid = (int *)user.parent_tid;
	args.child_tid = (int *)user.child_tid;
	args.stack = user.stack + user.stack_size;
	args.tls = user.tls;
	if ((user.flags & ~((CLONE_KNOWN & ~(u64)CSIGNAL) | CLONE_CLEAR_SIGHAND)) || user.exit_signal > _NSIG ||
	    ((user.flags & (CLONE_THREAD | CLONE_PARENT)) && user.exit_signal) ||
	    !user.stack != !user.stack_size || user.set_tid_size || user.cgroup)
		return -EINVAL;
	return kernel_clone(&args);
}
