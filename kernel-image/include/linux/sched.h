/* task_struct and the scheduler's public interface. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/signal_types.h>
#include <linux/spinlock.h>
#include <asm/current.h>
#include <asm/processor.h>
#include <asm/thread_info.h>

#define TASK_RUNNING 0x0
#define TASK_INTERRUPTIBLE 0x1
#define TASK_UNINTERRUPTIBLE 0x2
#define TASK_STOPPED 0x4
#define TASK_DEAD 0x80
#define TASK_PARKED 0x40
#define TASK_WAKEKILL 0x100	/* beside another state: SIGKILL ends the sleep, too */
#define TASK_WAKING 0x200	/* chosen to run, but on no queue yet */
#define TASK_NEW 0x800
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define EXIT_DEAD 0x10
#define EXIT_ZOMBIE 0x20

#define PF_IDLE 0x2
#define PF_EXITING 0x4
#define PF_WQ_WORKER 0x20
#define PF_MEMALLOC 0x800	/* it sets memory free: it may have the last of it */
#define PF_FORKNOEXEC 0x40
#define PF_SIGNALED 0x400
#define PF_POSTCOREDUMP 0x8	/* it has passed the place where a core dump would stop it */
#define PF_NOFREEZE 0x8000
#define PF_KSWAPD 0x20000
#define PF_KTHREAD 0x200000
#define PF_NO_SETAFFINITY 0x4000000

#define CSIGNAL 0xff
#define CLONE_VM 0x100
#define CLONE_FS 0x200
#define CLONE_FILES 0x400
#define CLONE_SIGHAND 0x800
#define CLONE_VFORK 0x4000
#define CLONE_PARENT 0x8000
#define CLONE_THREAD 0x10000
#define CLONE_SETTLS 0x80000
#define CLONE_PARENT_SETTID 0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_UNTRACED 0x800000
#define CLONE_CHILD_SETTID 0x1000000
#define CLONE_CLEAR_SIGHAND 0x100000000UL

#define SCHED_NORMAL 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6
#define SCHED_BATCH 3

#define MAX_DL_PRIO 0
#define MAX_RT_PRIO 100
#define MAX_PRIO (MAX_RT_PRIO + 40)
#define DEFAULT_PRIO (MAX_RT_PRIO + 20)
#define NICE_TO_PRIO(nice) ((nice) + DEFAULT_PRIO)
#define PRIO_TO_NICE(prio) ((prio) - DEFAULT_PRIO)
#define MIN_NICE (-20)
#define MAX_NICE 19

#define TASK_COMM_LEN 16
#define STACK_END_MAGIC 0x57AC6E9D

struct files_struct;
struct fs_struct;
struct signal_struct;
struct sighand_struct;
struct cred;
struct completion;
struct robust_list_head;
struct sched_class;
struct rq;
struct cfs_rq;
struct cgroup;
struct task_group;

struct load_weight {
	unsigned long weight;
	u32 inv_weight;
};

struct sched_entity {
	struct load_weight load;
	struct list_head run_node;	/* in cfs_rq, by virtual run time */
	struct list_head group_node;	/* of a task: all of its CPU's fair tasks */
	bool on_rq;
	int depth;			/* groups above it */
	u64 exec_start;
	u64 sum_exec_runtime;
	u64 prev_sum_exec_runtime;
	u64 vruntime;
	struct sched_entity *parent;	/* NULL in the root group */
	struct cfs_rq *cfs_rq;		/* the queue it waits in */
	struct cfs_rq *my_q;		/* of a group: the queue that it stands for */
};

struct sched_rt_entity {
	struct list_head run_list;
	int time_slice;			/* ticks left, of SCHED_RR */
};

struct sched_dl_entity {
	struct list_head node;
	u64 dl_runtime, dl_deadline, dl_period;	/* ns; the reservation */
	u64 dl_bw;				/* what it was admitted with */
	s64 runtime;				/* left until deadline */
	u64 deadline;				/* absolute */
	bool dl_throttled;			/* budget used up: off the queue until the timer */
	bool replenish;				/* the timer is to be started once the task is off the CPU */
	struct hrtimer dl_timer;
};

/* A sleep that restart_syscall(2) goes on with: until when, and where the rest of the time is to be told. */
struct restart_block {
	s64 expires;
	struct timespec64 *rmtp;
};

struct task_struct {
	struct thread_info thread_info;	/* first: tp points here */
	unsigned long stack_canary;	/* where the compiler looks for it: STACK_CANARY_OFFSET */
	unsigned int __state;
	int exit_state;
	void *stack;
	refcount_t usage;
	unsigned int flags;		/* PF_* */

	int on_cpu;			/* its registers are live on a CPU */
	int on_rq;
	struct llist_node wake_entry;	/* in its CPU's wake_list */
	int prio, static_prio, normal_prio;
	unsigned int policy, rt_priority;
	bool sched_reset_on_fork;
	const struct sched_class *sched_class;
	struct sched_entity se;
	struct sched_rt_entity rt;
	struct sched_dl_entity dl;
	struct task_group *sched_task_group;	/* counted */
	spinlock_t pi_lock;		/* serialises wake-ups and affinity changes */
	cpumask_t cpus_mask;
	int nr_cpus_allowed;
	unsigned long mems_allowed;	/* memory nodes that it may allocate from */
	u64 utime, stime;		/* ns */
	u64 start_time;			/* ns since boot */
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	unsigned long last_switch_count, last_switch_time;	/* hung_task.c */

	struct cgroup *cgroup;		/* counted */
	struct list_head cg_list;	/* its tasks; empty once this one exits */

	struct list_head tasks;		/* all thread-group leaders, from init_task */
	struct mm_struct *mm;		/* NULL: kernel thread */
	struct mm_struct *active_mm;	/* the page tables in use */

	pid_t pid, tgid;
	struct task_struct *real_parent;
	struct task_struct *parent;
	struct list_head children;
	struct list_head sibling;
	struct task_struct *group_leader;
	struct list_head thread_node;
	struct list_head dead_node;	/* exit: children that nobody will wait for */
	struct pid *pids[PIDTYPE_MAX];
	struct hlist_node pid_links[PIDTYPE_MAX];

	int exit_code, exit_signal, pdeath_signal;
	u64 self_exec_id, parent_exec_id;	/* how often it had execed; how often its parent had, when it was made */
	struct completion *vfork_done;
	int *set_child_tid;
	int *clear_child_tid;
	struct robust_list_head *robust_list;
	void *worker_private;		/* struct kthread of a kernel thread */

	char comm[TASK_COMM_LEN];
	spinlock_t alloc_lock;		/* task_lock: the pointers mm, files and fs; comm */
	struct fs_struct *fs;
	struct files_struct *files;
	struct scm_fp_list *scm_work;	/* files to let go of */
	bool scm_busy;			/* it does so now */
	struct nsproxy *nsproxy;	/* NULL once the task exits */
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	const struct cred *cred;
	const struct cred *real_cred;
	struct restart_block restart_block;
	sigset_t blocked, real_blocked, saved_sigmask;
	struct sigpending pending;
	bool stop_pending;		/* a group stop waits for this thread */
	bool force_fatal;		/* a forced signal: its default action kills even init */
	unsigned long sas_ss_sp;
	size_t sas_ss_size;
	unsigned in_execve : 1;
	unsigned no_new_privs : 1;

	unsigned int lockdep_depth;
	struct held_lock held_locks[MAX_LOCK_DEPTH];

	bool rcu_tasks_holdout;		/* call_rcu_tasks waits for it */
	unsigned long rcu_tasks_nvcsw;
	struct list_head rcu_tasks_holdout_list;
	struct rcu_head rcu;
	struct thread_struct thread;
};

extern struct task_struct init_task;
extern unsigned long init_stack[THREAD_SIZE / sizeof(unsigned long)];
extern rwlock_t tasklist_lock;		/* the task tree: children, tasks, pid links */

#define task_thread_info(t) (&(t)->thread_info)
#define current_thread_info() ((struct thread_info *)current)
#define task_cpu(t) ((t)->thread_info.cpu)
#define end_of_stack(t) ((unsigned long *)(t)->stack)
#define current_pt_regs() task_pt_regs(current)
#define task_lock(t) spin_lock(&(t)->alloc_lock)
#define task_unlock(t) spin_unlock(&(t)->alloc_lock)
#define is_idle_task(t) ((t)->flags & PF_IDLE)
#define is_global_init(t) ((t)->tgid == 1)
#define thread_group_leader(t) ((t)->pid == (t)->tgid)

#define __set_current_state(s) WRITE_ONCE(current->__state, (s))
#define set_current_state(s) do { WRITE_ONCE(current->__state, (s)); smp_mb(); } while (0)

static inline void set_tsk_thread_flag(struct task_struct *t, int f) { set_bit(f, &t->thread_info.flags); }
static inline void clear_tsk_thread_flag(struct task_struct *t, int f) { clear_bit(f, &t->thread_info.flags); }
static inline bool test_tsk_thread_flag(struct task_struct *t, int f) { return test_bit(f, &t->thread_info.flags); }
#define set_thread_flag(f) set_tsk_thread_flag(current, f)
#define clear_thread_flag(f) clear_tsk_thread_flag(current, f)
#define test_thread_flag(f) test_tsk_thread_flag(current, f)
static inline bool need_resched(void) { return test_thread_flag(TIF_NEED_RESCHED); }
static inline bool signal_pending(struct task_struct *t)
{
	return READ_ONCE(t->thread_info.flags) & _TIF_SIGPENDING;
}

static inline pid_t task_pid_nr(struct task_struct *t) { return t->pid; }
static inline pid_t task_tgid_nr(struct task_struct *t) { return t->tgid; }
#define task_pid_vnr(t) task_pid_nr(t)
#define task_tgid_vnr(t) task_tgid_nr(t)
static inline struct pid *task_pid(struct task_struct *t) { return t->pids[PIDTYPE_PID]; }
static inline struct pid *task_tgid(struct task_struct *t) { return t->pids[PIDTYPE_TGID]; }
static inline struct pid *task_pgrp(struct task_struct *t) { return t->pids[PIDTYPE_PGID]; }
static inline struct pid *task_session(struct task_struct *t) { return t->pids[PIDTYPE_SID]; }

static inline struct task_struct *get_task_struct(struct task_struct *t)
{
	refcount_inc(&t->usage);
	return t;
}
void __put_task_struct(struct task_struct *t);
static inline void put_task_struct(struct task_struct *t)
{
	if (refcount_dec_and_test(&t->usage))
		__put_task_struct(t);
}

/* Callers hold rcu_read_lock or tasklist_lock. */
#define next_task(p) list_entry_rcu((p)->tasks.next, struct task_struct, tasks)
#define for_each_process(p) for (p = &init_task; (p = next_task(p)) != &init_task; )

void schedule(void);
void schedule_preempt_disabled(void);
#define MAX_SCHEDULE_TIMEOUT LONG_MAX
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
int cond_resched(void);
void yield(void);
int wake_up_process(struct task_struct *p);
int wake_up_state(struct task_struct *p, unsigned int state);
void wake_up_new_task(struct task_struct *p);
void resched_cpu(int cpu);
void scheduler_ipi(void);
void kick_process(struct task_struct *p);	/* makes p, if it runs, enter the kernel */
void do_task_dead(void) __noreturn;	/* the last call of do_exit */
void sched_exec(void);
int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *mask);
void set_user_nice(struct task_struct *p, long nice);
static inline int task_nice(const struct task_struct *p) { return PRIO_TO_NICE(p->static_prio); }
char task_state_to_char(struct task_struct *t);	/* R S D T Z X I, as ps shows it */
void set_task_comm(struct task_struct *t, const char *from);
int idle_cpu(int cpu);
extern unsigned long total_forks;
unsigned long nr_running(void);
u64 nr_context_switches(void);
void get_avenrun(unsigned long loads[3]);
#define FSHIFT 11
#define FIXED_1 (1 << FSHIFT)
u64 sched_clock(void);
void init_idle(struct task_struct *idle, int cpu);
void sched_init(void);
void sched_init_smp(void);
void sched_fork(struct task_struct *p);
void sched_move_task(struct task_struct *p);	/* to the task group that it belongs to now */
void sched_put_group(struct task_group *tg);
void sched_copy_group(struct task_struct *p);	/* a new task begins in current's */
void preempt_schedule_irq(void);
asmlinkage void schedule_tail(struct task_struct *prev);

struct kernel_clone_args {
	u64 flags;
	int *parent_tid;
	int *child_tid;
	int exit_signal;
	unsigned long stack;		/* child's user sp, 0: the parent's */
	unsigned long tls;
	int (*fn)(void *);		/* kernel thread body, else NULL */
	void *fn_arg;
	int idle;
};

pid_t kernel_clone(struct kernel_clone_args *args);
pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);
struct task_struct *copy_process(struct pid *pid, struct kernel_clone_args *args);
struct task_struct *fork_idle(int cpu);

/* Address spaces. */
struct mm_struct *mm_alloc(void);
struct mm_struct *get_task_mm(struct task_struct *task);	/* NULL or with a reference */
void mmput(struct mm_struct *mm);
void __mmdrop(struct mm_struct *mm);
void exit_mm(void);			/* do_exit: leave the address space */
void mm_release(struct task_struct *tsk);	/* wakes the vfork parent, clears clear_child_tid */
int exec_mmap(struct mm_struct *mm);	/* point of no return: current takes mm, drops its old one */

void copy_thread(struct task_struct *p, const struct kernel_clone_args *args);
struct mm_struct *dup_mm(struct mm_struct *oldmm);
void fork_init(void);
void proc_caches_init(void);

/* Provided by the process side (exit, signal, files). */
void do_exit(long code) __noreturn;
void release_task(struct task_struct *p);
int copy_files(unsigned long clone_flags, struct task_struct *tsk);
int copy_fs(unsigned long clone_flags, struct task_struct *tsk);
int copy_sighand(unsigned long clone_flags, struct task_struct *tsk);
int copy_signal(unsigned long clone_flags, struct task_struct *tsk);
int copy_creds(struct task_struct *tsk, unsigned long clone_flags);
void exit_files(struct task_struct *tsk);
void exit_fs(struct task_struct *tsk);
void exit_creds(struct task_struct *tsk);
void put_signal_struct(struct signal_struct *sig);
void force_sig_fault(int sig, int code, void *addr);
int send_sig(int sig, struct task_struct *p, int priv);

#endif
