/* Shared by the files of the workqueues. */
#ifndef _KERNEL_WORKQUEUE_INTERNAL_H
#define _KERNEL_WORKQUEUE_INTERNAL_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#define NR_STD_WORKER_POOLS 2
#define HIGHPRI_NICE_LEVEL MIN_NICE
#define WORK_PENDING 0

struct worker_pool {
	spinlock_t lock;
	int cpu;			/* -1: any */
	int nice;
	int next_id;
	struct list_head worklist;	/* work not begun */
	struct list_head idle_list;
	struct list_head busy_list;
	struct list_head workers;	/* all; under wq_pool_attach_mutex */
	int nr_running;			/* workers in the middle of work and awake */
};

struct worker {
	struct list_head entry;		/* on idle_list or busy_list */
	struct list_head node;		/* on workers */
	struct worker_pool *pool;
	struct task_struct *task;
	struct work_struct *current_work;
	work_func_t current_func;
	struct list_head scheduled;	/* queued again while it runs here: for this worker, as no work runs twice at once */
	struct workqueue_struct *current_wq;
	bool sleeping;
};

struct workqueue_struct {
	struct list_head list;
	const char *name;
	unsigned int flags;
	struct task_struct *rescuer;
	bool mayday;
};

extern struct worker_pool unbound_pool;
struct worker_pool *wq_select_pool(struct workqueue_struct *wq, int cpu);
/* Takes one work off the list and does it, or leaves it to who is at it. pool->lock is held, and let go of meanwhile. */
void process_one_work(struct worker_pool *pool, struct worker *worker, struct work_struct *work);

void send_mayday(struct worker_pool *pool);
void start_rescuer(struct workqueue_struct *wq);

#endif
