/* What the threads of a process share for signals: its life from clone through exec to exit, and what its parent is told. */
#include <linux/sched/signal.h>
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

struct sighand_struct init_sighand = {
	.siglock = __SPIN_LOCK_UNLOCKED(init_sighand.siglock),
	.count = ATOMIC_INIT(1),
};

#define INIT_RLIMIT(type, cur, max) [RLIMIT_##type] = { cur, max }

struct signal_struct init_signals = {
	.sigcnt = ATOMIC_INIT(1),
	.live = ATOMIC_INIT(1),
	.nr_threads = 1,
	.thread_head = { &init_task.thread_node, &init_task.thread_node },
	.wait_chldexit = __WAIT_QUEUE_HEAD_INITIALIZER(init_signals.wait_chldexit),
	.shared_pending.list = LIST_HEAD_INIT(init_signals.shared_pending.list),
	.cred_guard_mutex = __MUTEX_INITIALIZER(init_signals.cred_guard_mutex),
	.posix_timers = LIST_HEAD_INIT(init_signals.posix_timers),
	.rlim = {
		INIT_RLIMIT(CPU, RLIM_INFINITY, RLIM_INFINITY),
		INIT_RLIMIT(FSIZE, RLIM_INFINITY, RLIM_INFINITY),
		INIT_RLIMIT(DATA, RLIM_INFINITY, RLIM_INFINITY),
		INIT_RLIMIT(STACK, 8UL << 20, RLIM_INFINITY),
		INIT_RLIMIT(CORE, 0, RLIM_INFINITY),
		INIT_RLIMIT(RSS, RLIM_INFINITY, RLIM_INFINITY),
		INIT_RLIMIT(NPROC, RLIM_INFINITY, RLIM_INFINITY),
		INIT_RLIMIT(NOFILE, 1024, 1024),
		INIT_RLIMIT(MEMLOCK, 8UL << 20, 8UL << 20),
		INIT_RLIMIT(AS, RLIM_INFINITY, RLIM_INFINITY),
	},
};

int copy_sighand(unsigned long clone_flags, struct task_struct *tsk)
{
	struct sighand_struct *sighand;

	tsk->stop_pending = tsk->force_fatal = false;
	if (clone_flags & CLONE_SIGHAND) {
		atomic_inc(&current->sighand->count);
		tsk->sighand = current->sighand;
		return 0;
	}
	sighand = kzalloc(sizeof(*sighand), GFP_KERNEL);
	if (!sighand)
		return -ENOMEM;
	spin_lock_init(&sighand->siglock);
	atomic_set(&sighand->count, 1);
	spin_lock_irq(&current->sighand->siglock);
	memcpy(sighand->action, current->sighand->action, sizeof(sighand->action));
	spin_unlock_irq(&current->sighand->siglock);
	tsk->sighand = sighand;
	return 0;
}

void __cleanup_sighand(struct sighand_struct *sighand)
{
	if (atomic_dec_and_test(&sighand->count))
		kfree(sighand);
}

int copy_signal(unsigned long clone_flags, struct task_struct *tsk)
{
	struct signal_struct *sig;

	if (clone_flags & CLONE_THREAD)
		return 0;
	sig = kzalloc(sizeof(*sig), GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	atomic_set(&sig->sigcnt, 1);
	atomic_set(&sig->live, 1);
	sig->nr_threads = 1;
	INIT_LIST_HEAD(&sig->thread_head);
	mutex_init(&sig->cred_guard_mutex);
	init_waitqueue_head(&sig->wait_chldexit);
	INIT_LIST_HEAD(&sig->shared_pending.list);
	memcpy(sig->rlim, current->signal->rlim, sizeof(sig->rlim));
	hrtimer_init(&sig->real_timer, it_real_fn);
	INIT_LIST_HEAD(&sig->posix_timers);
	sig->tty = current->signal->tty;
	sched_autogroup_fork(sig);
	tsk->signal = sig;
	return 0;
}

/* A task holds its signal_struct until the task itself is freed. */
void put_signal_struct(struct signal_struct *sig)
{
	if (!atomic_dec_and_test(&sig->sigcnt))
		return;
	sched_autogroup_exit(sig);
	kfree(sig);
}

void ignore_signals(struct task_struct *task)
{
	spin_lock_irq(&task->sighand->siglock);
	for (int i = 0; i < _NSIG; i++)
		task->sighand->action[i].sa.sa_handler = SIG_IGN;
	flush_sigqueue(&task->pending);
	flush_sigqueue(&task->signal->shared_pending);
	spin_unlock_irq(&task->sighand->siglock);
}

void kernel_sigaction(int sig, unsigned long handler)
{
	spin_lock_irq(&current->sighand->siglock);
	current->sighand->action[sig - 1].sa.sa_handler = handler;
	spin_unlock_irq(&current->sighand->siglock);
}

/* For a new program: handlers fall back to the default, what was ignored stays so unless force_default. */
void flush_signal_handlers(struct task_struct *task, bool force_default)
{
	for (int i = 0; i < _NSIG; i++) {
		struct sigaction *sa = &task->sighand->action[i].sa;

		if (force_default || sa->sa_handler != SIG_IGN)
			sa->sa_handler = SIG_DFL;
		sa->sa_flags = 0;
		sigemptyset(&sa->sa_mask);
	}
}

/* A new program's handlers are its own. */
int unshare_sighand(struct task_struct *task)
{
	struct sighand_struct *old = task->sighand, *sighand;

	if (atomic_read(&old->count) == 1)
		return 0;
	sighand = kzalloc(sizeof(*sighand), GFP_KERNEL);
	if (!sighand)
		return -ENOMEM;
	spin_lock_init(&sighand->siglock);
	atomic_set(&sighand->count, 1);
	write_lock_irq(&tasklist_lock);
	spin_lock(&old->siglock);
	memcpy(sighand->action, old->action, sizeof(sighand->action));
	task->sighand = sighand;
	spin_unlock(&old->siglock);
	write_unlock_irq(&tasklist_lock);
	__cleanup_sighand(old);
	return 0;
}

/* siglock is held. Kills every other thread of the process. */
void zap_other_threads(struct task_struct *task)
{
	struct task_struct *t;

	task->signal->group_stop_count = 0;
	for_each_thread(task, t) {
		t->stop_pending = false;
		if (t == task || t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

/* The thread that execs becomes the process's leader: takes the old leader's pid and place in the task tree. */
static void become_leader(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader, *t;
	pid_t old_pid = task->pid;

	change_pid(task, PIDTYPE_PID, task_pid(leader));
	task->pid = leader->pid;
	leader->pid = old_pid;
	for (int type = PIDTYPE_TGID; type < PIDTYPE_MAX; type++) {
		attach_pid(task, type);
		detach_pid(leader, type);
	}
	list_add_tail_rcu(&task->tasks, &leader->tasks);
	list_del_rcu(&leader->tasks);
	list_add(&task->sibling, &leader->sibling);
	list_del_init(&leader->sibling);
	for_each_thread(task, t)
		t->group_leader = task;
	task->exit_signal = SIGCHLD;
	leader->exit_signal = -1;
	leader->exit_state = EXIT_DEAD;
}

/* exec: the calling thread outlives all others of its process. */
int de_thread(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct task_struct *old_leader = NULL;

	if (signal->nr_threads == 1)
		return 0;
	spin_lock_irq(&task->sighand->siglock);
	if ((signal->flags & SIGNAL_GROUP_EXIT) || signal->group_exec_task) {
		spin_unlock_irq(&task->sighand->siglock);
		return -EAGAIN;
	}
	signal->group_exec_task = task;
	zap_other_threads(task);
	spin_unlock_irq(&task->sighand->siglock);

	write_lock_irq(&tasklist_lock);
	for (;;) {
		bool leader_gone = thread_group_leader(task) || task->group_leader->exit_state;

		if (leader_gone && signal->nr_threads == (thread_group_leader(task) ? 1 : 2))
			break;
		__set_current_state(TASK_UNINTERRUPTIBLE);
		write_unlock_irq(&tasklist_lock);
		schedule();
		write_lock_irq(&tasklist_lock);
	}
	signal->group_exec_task = NULL;
	if (!thread_group_leader(task)) {
		old_leader = task->group_leader;
		become_leader(task);
	}
	write_unlock_irq(&tasklist_lock);
	if (old_leader)
		release_task(old_leader);
	return 0;
}

/* do_exit: from here on no signal is given to the thread; one that it might have taken goes to another. */
void exit_signals(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	bool stopped = false;
	struct task_struct *t;

	spin_lock_irq(&task->sighand->siglock);
	task->flags |= PF_EXITING;
	if (signal->shared_pending.signal.sig[0] && !(signal->flags & SIGNAL_GROUP_EXIT))
		for_each_thread(task, t)
			if (t != task && !(t->flags & PF_EXITING))
				signal_wake_up(t, false);
	if (task->stop_pending) {
		task->stop_pending = false;
		if (signal->group_stop_count > 0 && --signal->group_stop_count == 0) {
			signal->flags |= SIGNAL_STOP_STOPPED | SIGNAL_STOP_WAITABLE;
			stopped = true;
		}
	}
	spin_unlock_irq(&task->sighand->siglock);
	if (stopped) {
		read_lock(&tasklist_lock);
		do_notify_parent_cldstop(task->group_leader, CLD_STOPPED);
		read_unlock(&tasklist_lock);
	}
}

static void child_info(siginfo_t *info, struct task_struct *child)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = SIGCHLD;
	info->si_pid = child->pid;
	info->si_uid = child->real_cred->uid;
	info->si_utime = (child->signal->utime + child->utime) / (NSEC_PER_SEC / USER_HZ);
	info->si_stime = (child->signal->stime + child->stime) / (NSEC_PER_SEC / USER_HZ);
}

/* tasklist_lock is held. True if the parent does not want to wait for its children: then nobody will. */
bool do_notify_parent(struct task_struct *task, int sig)
{
	struct task_struct *parent = task->parent;
	struct sighand_struct *sighand = parent->sighand;
	bool autoreap = false;
	unsigned long flags, handler;
	siginfo_t info;

	/* Another program than the one that asked for the signal does not get it. */
	if (task->parent_exec_id != parent->self_exec_id)
		sig = SIGCHLD;
	child_info(&info, task);
	info.si_signo = sig;
	info.si_status = task->exit_code & 0x7f;
	if (!(task->exit_code & 0x7f)) {
		info.si_code = CLD_EXITED;
		info.si_status = task->exit_code >> 8;
	} else {
		info.si_code = task->exit_code & 0x80 ? CLD_DUMPED : CLD_KILLED;
	}
	spin_lock_irqsave(&sighand->siglock, flags);
	handler = sighand->action[SIGCHLD - 1].sa.sa_handler;
	if (sig == SIGCHLD &&
	    (handler == SIG_IGN || (sighand->action[SIGCHLD - 1].sa.sa_flags & SA_NOCLDWAIT))) {
		autoreap = true;
		if (handler == SIG_IGN)
			sig = 0;
	}
	spin_unlock_irqrestore(&sighand->siglock, flags);
	if (valid_signal(sig) && sig)
		do_send_sig_info(sig, &info, parent, true);
	wake_up_interruptible_all(&parent->signal->wait_chldexit);
	return autoreap;
}

/* tasklist_lock is held. */
void do_notify_parent_cldstop(struct task_struct *task, int why)
{
	struct task_struct *parent = task->parent;
	struct sigaction *sa = &parent->sighand->action[SIGCHLD - 1].sa;
	siginfo_t info;

	child_info(&info, task);
	info.si_code = why;
	info.si_status = why == CLD_STOPPED ? task->signal->group_exit_code & 0x7f : SIGCONT;
	if (sa->sa_handler != SIG_IGN && !(sa->sa_flags & SA_NOCLDSTOP))
		do_send_sig_info(SIGCHLD, &info, parent, true);
	wake_up_interruptible_all(&parent->signal->wait_chldexit);
}
