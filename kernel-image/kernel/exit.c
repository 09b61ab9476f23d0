/*
 * The end of a task: do_exit, orphans, and the release of what is left.
 *
 * A task that exits gives up its resources first, then, under tasklist_lock,
 * hands its children on, tells its parent and becomes a zombie: only its
 * task_struct, pid and exit code are left, for wait (kernel/wait.c). Whoever
 * changes exit_state from EXIT_ZOMBIE to EXIT_DEAD calls release_task, once.
 */
#include <linux/cgroup.h>
#include <linux/completion.h>
#include <linux/coredump.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/tty.h>

static void delayed_put_task_struct(struct rcu_head *rcu)
{
	put_task_struct(container_of(rcu, struct task_struct, rcu));
}

/* tasklist_lock is held for writing: takes p out of every list that leads to it. */
static void __exit_signal(struct task_struct *p)
{
	struct sighand_struct *sighand = p->sighand;
	struct signal_struct *signal = p->signal;

	spin_lock(&sighand->siglock);
	detach_pid(p, PIDTYPE_PID);
	if (thread_group_leader(p)) {
		detach_pid(p, PIDTYPE_TGID);
		detach_pid(p, PIDTYPE_PGID);
		detach_pid(p, PIDTYPE_SID);
		list_del_rcu(&p->tasks);
		list_del_init(&p->sibling);
		flush_sigqueue(&signal->shared_pending);
	}
	list_del(&p->thread_node);
	signal->nr_threads--;
	signal->utime += p->utime;
	signal->stime += p->stime;
	signal->sum_sched_runtime += p->se.sum_exec_runtime;
	flush_sigqueue(&p->pending);
	p->sighand = NULL;
	spin_unlock(&sighand->siglock);
	__cleanup_sighand(sighand);
}

void release_task(struct task_struct *p)
{
	struct task_struct *leader;

	while (p) {
		struct task_struct *next = NULL;

		write_lock_irq(&tasklist_lock);
		leader = p->group_leader;
		__exit_signal(p);
		/* The last thread gone lets a leader that has been a zombie for a while report its end. */
		if (leader != p && leader->signal->nr_threads == 1 && leader->exit_state == EXIT_ZOMBIE &&
		    do_notify_parent(leader, leader->exit_signal)) {
			leader->exit_state = EXIT_DEAD;
			next = leader;
		}
		if (leader->signal->group_exec_task)
			wake_up_process(leader->signal->group_exec_task);
		write_unlock_irq(&tasklist_lock);
		cgroup_release(p);
		call_rcu(&p->rcu, delayed_put_task_struct);
		p = next;
	}
}

/* A process group is orphaned when no member's parent is in another group of the same session. */
bool will_become_orphaned_pgrp(struct pid *pgrp, struct task_struct *ignored)
{
	struct task_struct *p;

	do_each_pid_task(pgrp, PIDTYPE_PGID, p)
		if (p == ignored || (p->exit_state && p->signal->nr_threads <= 1) || is_global_init(p->real_parent))
			continue;
		if (task_pgrp(p->real_parent->group_leader) != pgrp &&
		    task_session(p->real_parent->group_leader) == task_session(p))
			return false;
	while_each_pid_task(pgrp, PIDTYPE_PGID, p)
	return true;
}

bool is_current_pgrp_orphaned(void)
{
	bool ret;

	read_lock(&tasklist_lock);
	ret = will_become_orphaned_pgrp(task_pgrp(current->group_leader), NULL);
	read_unlock(&tasklist_lock);
	return ret;
}

bool has_stopped_jobs(struct pid *pgrp)
{
	struct task_struct *p;

	do_each_pid_task(pgrp, PIDTYPE_PGID, p)
		if (p->signal->flags & SIGNAL_STOP_STOPPED)
			return true;
	while_each_pid_task(pgrp, PIDTYPE_PGID, p)
	return false;
}

static void signal_group(struct pid *pgrp, int sig)
{
	struct task_struct *p;
	siginfo_t info = { .si_signo = sig, .si_code = SI_KERNEL };

	do_each_pid_task(pgrp, PIDTYPE_PGID, p)
		do_send_sig_info(sig, &info, p, true);
	while_each_pid_task(pgrp, PIDTYPE_PGID, p)
}

/* POSIX: a stopped process group that becomes orphaned gets SIGHUP and SIGCONT. */
static void kill_orphaned_pgrp(struct task_struct *task, struct task_struct *parent)
{
	struct pid *pgrp = task_pgrp(task);
	struct task_struct *ignored = task;

	if (parent)
		ignored = NULL;		/* it is the parent that exits: the child still counts */
	else
		parent = task->real_parent;
	if (task_pgrp(parent->group_leader) != pgrp &&
	    task_session(parent->group_leader) == task_session(task) &&
	    will_become_orphaned_pgrp(pgrp, ignored) && has_stopped_jobs(pgrp)) {
		signal_group(pgrp, SIGHUP);
		signal_group(pgrp, SIGCONT);
	}
}

/* Another live thread of the process, else init. */
static struct task_struct *find_new_reaper(struct task_struct *father)
{
	struct task_struct *t;

	for_each_thread(father, t)
		if (!(t->flags & PF_EXITING))
			return t;
	return find_task_by_vpid(1);
}

static void reparent_leader(struct task_struct *father, struct task_struct *p, struct list_head *dead)
{
	if (p->exit_state == EXIT_DEAD)
		return;
	p->exit_signal = SIGCHLD;
	if (p->exit_state == EXIT_ZOMBIE && p->signal->nr_threads == 1 && do_notify_parent(p, p->exit_signal)) {
		p->exit_state = EXIT_DEAD;
		list_add(&p->dead_node, dead);
	}
	kill_orphaned_pgrp(p, father);
}

static void forget_original_parent(struct task_struct *father, struct list_head *dead)
{
	struct task_struct *reaper, *p, *next, *t;

	if (list_empty(&father->children))
		return;
	reaper = find_new_reaper(father);
	list_for_each_entry_safe(p, next, &father->children, sibling) {
		for_each_thread(p, t) {
			t->real_parent = t->parent = reaper;
			if (t->pdeath_signal) {
				siginfo_t info = { .si_signo = t->pdeath_signal, .si_code = SI_KERNEL };

				do_send_sig_info(t->pdeath_signal, &info, t, true);
			}
		}
		list_move_tail(&p->sibling, &reaper->children);
		if (reaper->group_leader != father->group_leader)
			reparent_leader(father, p, dead);
	}
}

static void exit_notify(struct task_struct *tsk, bool group_dead)
{
	struct task_struct *p, *next;
	bool autoreap;
	LIST_HEAD(dead);

	write_lock_irq(&tasklist_lock);
	forget_original_parent(tsk, &dead);
	if (group_dead)
		kill_orphaned_pgrp(tsk->group_leader, NULL);
	tsk->exit_state = EXIT_ZOMBIE;
	if (thread_group_leader(tsk))
		autoreap = tsk->signal->nr_threads == 1 && do_notify_parent(tsk, tsk->exit_signal);
	else
		autoreap = true;
	if (autoreap)
		tsk->exit_state = EXIT_DEAD;
	if (tsk->signal->group_exec_task)
		wake_up_process(tsk->signal->group_exec_task);
	write_unlock_irq(&tasklist_lock);

	list_for_each_entry_safe(p, next, &dead, dead_node) {
		list_del_init(&p->dead_node);
		release_task(p);
	}
	if (autoreap)
		release_task(tsk);
}

void do_exit(long code)
{
	struct task_struct *tsk = current;
	bool group_dead;

	if (in_interrupt())
		panic("Aiee, killing interrupt handler!");
	if (!tsk->pid)
		panic("Attempted to kill the idle task!");
	coredump_task_exit(tsk);
	exit_signals(tsk);
	group_dead = atomic_dec_and_test(&tsk->signal->live);
	if (group_dead && is_global_init(tsk))
		panic("Attempted to kill init! exitcode=0x%08x",
		      tsk->signal->group_exit_code ? tsk->signal->group_exit_code : (int)code);
	tsk->exit_code = code;
	if (group_dead) {
		hrtimer_cancel(&tsk->signal->real_timer);
		exit_itimers(tsk->signal);
	}
	exit_mm();
	exit_files(tsk);
	exit_fs(tsk);
	exit_task_namespaces(tsk);
	if (group_dead && tsk->signal->leader)
		disassociate_ctty(true);
	cgroup_exit(tsk);
	lockdep_no_locks_held("exits");
	exit_notify(tsk, group_dead);
	do_task_dead();
}

/* Ends all threads. The first caller's code counts. */
void do_group_exit(int code)
{
	struct signal_struct *sig = current->signal;

	spin_lock_irq(&current->sighand->siglock);
	if (sig->flags & SIGNAL_GROUP_EXIT) {
		code = sig->group_exit_code;
	} else if (sig->group_exec_task && sig->group_exec_task != current) {
		code = SIGKILL;
	} else {
		sig->group_exit_code = code;
		sig->flags = SIGNAL_GROUP_EXIT;
		zap_other_threads(current);
	}
	spin_unlock_irq(&current->sighand->siglock);
	do_exit(code);
}

SYSCALL_DEFINE1(exit, int, code)
{
	do_exit((code & 0xff) << 8);
}

SYSCALL_DEFINE1(exit_group, int, code)
{
	do_group_exit((code & 0xff) << 8);
}
