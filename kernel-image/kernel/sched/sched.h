/* The scheduler's own types: run queues and scheduling classes. */
#ifndef _KERNEL_SCHED_H
#define _KERNEL_SCHED_H

#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#define NICE_0_LOAD 1024
#define ENQUEUE_WAKEUP 1
#define ENQUEUE_INITIAL 2
#define WF_FORK 1
#define WF_EXEC 2
#define WF_TTWU 4
#define TASK_ON_RQ_QUEUED 1
#define TASK_ON_RQ_MIGRATING 2	/* off the queue for a moment, under its lock */
#define DEQUEUE_SLEEP 1
#define RR_TIMESLICE (100 * HZ / 1000)	/* ticks */

#define ROOT_TASK_GROUP_LOAD NICE_0_LOAD

/* One group's queue of one CPU. */
struct cfs_rq {
	struct load_weight load;
	unsigned int nr_running;
	u64 min_vruntime;
	struct sched_entity *curr;
	struct list_head tasks_timeline;	/* waiting entities by vruntime */
	struct rq *rq;
	struct task_group *tg;
	long tg_load_contrib;			/* what of tg->load_avg is this queue's */
};

/* Tasks that compete with others as one. Every task in it, and every group in it, holds it. */
struct task_group {
	struct sched_entity *se[NR_CPUS];	/* what stands for it in its parent's queues; the root has no parent */
	struct cfs_rq *cfs_rq[NR_CPUS];		/* the queues of its own */
	unsigned long shares;			/* its weight among its parent's entities, on all CPUs together */
	atomic_long_t load_avg;			/* sum of its queues' loads */
	struct task_group *parent;
	struct autogroup *autogroup;		/* NULL: a control group's, or the root */
	refcount_t usage;
};

struct rt_rq {
	unsigned long bitmap[2];		/* priorities whose list is not empty */
	struct list_head queue[MAX_RT_PRIO];
	unsigned int nr_running;
	bool rt_throttled, told;
	u64 rt_time, period_start;		/* ns */
	struct hrtimer period_timer;
};

struct dl_rq {
	struct list_head queue;			/* by deadline; the running task stays on it */
	unsigned int nr_running;
};

/* How much of each period real-time tasks may have, ns. */
struct rt_bandwidth {
	u64 rt_period, rt_runtime;
};

/* CPUs among which tasks are balanced. */
struct sched_domain {
	cpumask_t span;
	unsigned int balance_interval;		/* ticks between two looks at the others */
};

/* CPUs over which real-time and deadline tasks are admitted and placed. */
struct root_domain {
	cpumask_t span, online;
};

/* lock guards all of it, and every queued task's position; taken with interrupts off. */
struct rq {
	raw_spinlock_t lock;
	int cpu;
	unsigned int nr_running;
	u64 nr_switches;
	u64 clock;				/* ns, at the last update_rq_clock */
	struct cfs_rq cfs;
	struct rt_rq rt;
	struct dl_rq dl;
	struct list_head cfs_tasks;		/* all fair tasks, of whatever group */
	struct llist_head wake_list;		/* woken by other CPUs, to be queued: ttwu.c */
	struct task_struct *curr, *idle, *stop;
	struct root_domain *rd;
	struct sched_domain *sd;		/* NULL: no balancing */
	unsigned int balance_ticks;
	struct mm_struct *prev_mm;		/* lazily used until the switch is over */
	u64 idle_since, idle_time;
	u64 user_time, system_time;		/* ns, by ticks */
};

DECLARE_PER_CPU(struct rq, runqueues);
#define cpu_rq(cpu) (&per_cpu(runqueues, cpu))
#define this_rq() (&this_cpu(runqueues))
#define task_rq(p) cpu_rq(task_cpu(p))

struct sched_class {
	const struct sched_class *next;		/* of the next lower rank */
	void (*enqueue_task)(struct rq *rq, struct task_struct *p, int flags);
	void (*dequeue_task)(struct rq *rq, struct task_struct *p);
	void (*yield_task)(struct rq *rq);
	void (*check_preempt_curr)(struct rq *rq, struct task_struct *p);
	struct task_struct *(*pick_next_task)(struct rq *rq);
	void (*put_prev_task)(struct rq *rq, struct task_struct *p);
	/* Optional: p, which runs already, joins the class. */
	void (*set_curr_task)(struct rq *rq, struct task_struct *p);
	void (*task_tick)(struct rq *rq, struct task_struct *p);
	void (*task_fork)(struct task_struct *p);
	int (*select_task_rq)(struct task_struct *p, int cpu, int flags);
	void (*migrate_task_rq)(struct task_struct *p, int new_cpu);
};

extern const struct sched_class stop_sched_class, dl_sched_class, rt_sched_class, fair_sched_class, idle_sched_class;
#define sched_class_highest (&stop_sched_class)

extern const int sched_prio_to_weight[40];
extern bool scheduler_running;

static inline void update_rq_clock(struct rq *rq) { rq->clock = sched_clock(); }
void resched_curr(struct rq *rq);
void wake_up_idle_cpu(int cpu);
void sched_ttwu_pending(void);
struct rq *__task_rq_lock(struct task_struct *p);	/* the queue that p is on */
void set_load_weight(struct task_struct *p);
int select_task_rq(struct task_struct *p, int flags);
int stop_one_cpu(unsigned int cpu, int (*fn)(void *), void *arg);
void set_task_cpu(struct task_struct *p, int new_cpu);
void activate_task(struct rq *rq, struct task_struct *p, int flags);
void deactivate_task(struct rq *rq, struct task_struct *p, int flags);
void move_queued_task(struct rq *rq, struct task_struct *p, struct rq *dest);	/* both are locked */
void init_cfs_rq(struct cfs_rq *cfs, struct rq *rq, struct task_group *tg);
void sched_group_reweight(struct task_group *tg);

/* group.c */
extern struct task_group root_task_group;
void init_root_task_group(void);
struct task_group *sched_create_group(struct task_group *parent);	/* with one reference, or NULL */
int sched_group_set_shares(struct task_group *tg, unsigned long shares);
u64 sched_group_runtime(struct task_group *tg);	/* ns that its tasks have run */
static inline struct task_group *sched_get_group(struct task_group *tg)
{
	refcount_inc(&tg->usage);
	return tg;
}

/* A task's queue and the entity above it are its group's of that CPU. */
static inline void set_task_rq(struct task_struct *p, int cpu)
{
	struct task_group *tg = p->sched_task_group;

	p->se.cfs_rq = tg->cfs_rq[cpu];
	p->se.parent = tg->se[cpu];
	p->se.depth = p->se.parent ? p->se.parent->depth + 1 : 0;
}

/* policy.c: takes the task off its queue, if it is on one, for as long as its parameters change. */
struct change {
	unsigned long flags;
	struct rq *rq;
	bool queued, running;
};
void begin_change(struct task_struct *p, struct change *c);
void end_change(struct task_struct *p, struct change *c);

/* autogroup.c: the group that p should be in, where tg would be the root's. */
struct task_group *autogroup_task_group(struct task_struct *p, struct task_group *tg);
void autogroup_init(struct task_struct *init_task);
void init_rt_rq(struct rt_rq *rt);
void init_dl_rq(struct dl_rq *dl);
void init_rt_bandwidth(struct rt_bandwidth *b, u64 period, u64 runtime);
void init_dl_task(struct task_struct *p);
bool dl_admit(struct task_struct *p, u64 runtime, u64 period);
extern struct rt_bandwidth def_rt_bandwidth;
struct task_struct *sched_find_get_task(pid_t pid);	/* 0: the caller */
int sched_setscheduler_nocheck(struct task_struct *p, int policy, int priority);
void sched_dead(struct task_struct *p);	/* gives back what a policy holds */
void newidle_balance(struct rq *this_rq);
void trigger_load_balance(struct rq *rq);
void init_sched_fair_class(void);
void sched_init_granularity(void);
void init_defrootdomain(void);
extern struct root_domain def_root_domain;
void migrate_task_to(struct task_struct *p, int dest_cpu);
void wait_bit_init(void);
void calc_global_load(unsigned long ticks);
void scheduler_tick(void);

#endif
