/* Work that a kernel thread does later, in process context. */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

struct work_struct;
struct workqueue_struct;
struct task_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	unsigned long pending;		/* bit 0: queued, or waiting for its timer */
	struct list_head entry;
	work_func_t func;
	struct workqueue_struct *wq;
	struct worker_pool *pool;	/* the last one it was queued on */
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	int cpu;
};

void INIT_WORK(struct work_struct *work, work_func_t func);
void INIT_DELAYED_WORK(struct delayed_work *dwork, work_func_t func);

#define WQ_UNBOUND 2		/* any CPU will do */
#define WQ_MEM_RECLAIM 8	/* has a rescuer, so that it gets on when no worker can be made */
#define WQ_HIGHPRI 16
#define WORK_CPU_UNBOUND NR_CPUS

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags);
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool schedule_work(struct work_struct *work);
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);	/* whatever it was */
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);
bool flush_work(struct work_struct *work);
void flush_workqueue(struct workqueue_struct *wq);

extern struct workqueue_struct *system_wq, *system_highpri_wq, *system_unbound_wq;

void workqueue_init_early(void);
void workqueue_init(void);
int workqueue_prepare_cpu(unsigned int cpu);
int workqueue_online_cpu(unsigned int cpu);
int workqueue_offline_cpu(unsigned int cpu);
/* From the scheduler: a worker goes to sleep in the middle of its work. */
void wq_worker_sleeping(struct task_struct *task);
void wq_worker_running(struct task_struct *task);

#endif
