/* Signals as the kernel keeps them: what the threads of a process share, and the calls that send and take signals. */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/signal.h>
#include <linux/pid.h>
#include <linux/resource.h>

struct core_state;
struct pt_regs;
struct tty_struct;

struct sighand_struct {
	spinlock_t siglock;
	atomic_t count;
	struct k_sigaction action[_NSIG];
};

#define SIGNAL_STOP_STOPPED	0x1	/* all threads stopped */
#define SIGNAL_GROUP_EXIT	0x4	/* group_exit_code is final */
#define SIGNAL_CLD_CONTINUED	0x20	/* tell the parent of a continue */
#define SIGNAL_STOP_CONTINUED	0x40	/* waitable: continued */
#define SIGNAL_STOP_WAITABLE	0x80	/* waitable: stopped */

/* Counts processor time down; ns, 0: off. */
struct cpu_itimer {
	u64 left, incr;
};

struct signal_struct {
	atomic_t sigcnt;		/* users of this structure */
	atomic_t live;			/* threads not yet in do_exit */
	int nr_threads;
	struct list_head thread_head;
	wait_queue_head_t wait_chldexit;
	struct sigpending shared_pending;
	unsigned int flags;
	int group_exit_code;
	int group_stop_count;
	struct core_state *core_state;	/* a core is being dumped */
	struct task_struct *group_exec_task;	/* waits in de_thread until it is alone */
	bool leader;
	struct tty_struct *tty;
	u64 utime, stime;		/* of threads that are gone */
	u64 sum_sched_runtime;
	u64 cutime, cstime;		/* of children waited for */
	struct autogroup *autogroup;	/* counted; changed under tasklist_lock */
	struct mutex cred_guard_mutex;	/* held over an exec, until the new credentials are in force */
	atomic_t sigpending;		/* signals that wait, of all threads */
	struct rlimit rlim[RLIM_NLIMITS];
	struct hrtimer real_timer;
	ktime_t it_real_incr;
	struct cpu_itimer it[2];	/* of time in user mode, and of all time */
	u64 cpu_ticks;			/* while one of these or a limit counts */
	struct list_head posix_timers;
};

extern struct signal_struct init_signals;
extern struct sighand_struct init_sighand;

void signals_init(void);
int de_thread(struct task_struct *task);
int unshare_sighand(struct task_struct *task);
void exit_signals(struct task_struct *task);
void __cleanup_sighand(struct sighand_struct *sighand);
#define for_each_thread(p, t) list_for_each_entry(t, &(p)->signal->thread_head, thread_node)

/* kernel/sched/autogroup.c */
struct autogroup;
struct seq_file;
void sched_autogroup_create_attach(struct task_struct *p);
void sched_autogroup_fork(struct signal_struct *sig);
void sched_autogroup_exit(struct signal_struct *sig);
void proc_sched_autogroup_show_task(struct task_struct *p, struct seq_file *m);
int proc_sched_autogroup_set_nice(struct task_struct *p, int nice);

void recalc_sigpending(void);
void signal_wake_up(struct task_struct *task, bool fatal);
void drop_pending_signal(struct sigpending *pending, int sig);
void flush_sigqueue(struct sigpending *pending);
void flush_signal_handlers(struct task_struct *task, bool force_default);
void ignore_signals(struct task_struct *task);
void kernel_sigaction(int sig, unsigned long handler);	/* of the kernel thread that calls it */
pid_t kernel_wait(pid_t pid, int *status);		/* for the end of a child: pid, or an error */

static inline bool valid_signal(int sig) { return sig >= 0 && sig <= _NSIG; }
void force_sig(int sig);
extern int show_unhandled_signals;
static inline bool fatal_signal_pending(struct task_struct *task)
{
	return signal_pending(task) &&
	       (sigismember(&task->pending.signal, SIGKILL) || sigismember(&task->signal->shared_pending.signal, SIGKILL) ||
		(task->signal->flags & SIGNAL_GROUP_EXIT));
}
/* Whether a signal forbids the task to sleep in this state. */
static inline bool signal_pending_state(unsigned int state, struct task_struct *task)
{
	if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))
		return false;
	return state & TASK_INTERRUPTIBLE ? signal_pending(task) : fatal_signal_pending(task);
}
/* It would end the process. */
bool unhandled_signal(struct task_struct *task, int sig);
int do_send_sig_info(int sig, siginfo_t *info, struct task_struct *task, bool group);
int kill_pgrp(struct pid *pgrp, int sig, int priv);
int kill_pid(struct pid *pid, int sig, int priv);
bool do_notify_parent(struct task_struct *task, int sig);
void do_notify_parent_cldstop(struct task_struct *task, int why);
void zap_other_threads(struct task_struct *task);

int dequeue_signal(unsigned long blocked, siginfo_t *info);
bool get_signal(struct ksignal *ksig);
void set_current_blocked(sigset_t *set);
int do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old);
bool sig_ignored_by(struct task_struct *task, int sig);
bool is_current_pgrp_orphaned(void);
bool will_become_orphaned_pgrp(struct pid *pgrp, struct task_struct *ignored);
bool has_stopped_jobs(struct pid *pgrp);

enum hrtimer_restart it_real_fn(struct hrtimer *timer);
void restart_real_timer(struct signal_struct *sig);
void run_posix_cpu_timers(struct task_struct *p, bool user);
void exit_itimers(struct signal_struct *sig);

void do_notify_resume(struct pt_regs *regs, unsigned long thread_info_flags);
void __attribute__((noreturn)) do_group_exit(int code);

#endif
