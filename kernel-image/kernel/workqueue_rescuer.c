/* Rescuers: threads, made in time, that do a queue's work when there is no memory for another worker. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>

#include "workqueue_internal.h"

void send_mayday(struct worker_pool *pool)
{
	struct work_struct *work;

	spin_lock_irq(&pool->lock);
	list_for_each_entry(work, &pool->worklist, entry) {
		if (work->wq->rescuer) {
			work->wq->mayday = true;
			wake_up_process(work->wq->rescuer);
		}
	}
	spin_unlock_irq(&pool->lock);
}

static void rescue_pool(struct workqueue_struct *wq, struct worker_pool *pool)
{
	struct worker rescuer = { .pool = pool, .task = current,
				  .scheduled = LIST_HEAD_INIT(rescuer.scheduled) };
	struct work_struct *work, *next;

	spin_lock_irq(&pool->lock);
	list_add(&rescuer.entry, &pool->busy_list);
	list_for_each_entry_safe(work, next, &pool->worklist, entry) {
		if (work->wq != wq)
			continue;
		process_one_work(pool, &rescuer, work);
		next = list_first_entry(&pool->worklist, struct work_struct, entry);
	}
	list_del(&rescuer.entry);
	spin_unlock_irq(&pool->lock);
}

static int rescuer_thread(void *data)
{
	struct workqueue_struct *wq = data;
	int cpu;

	set_user_nice(current, HIGHPRI_NICE_LEVEL);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(wq->mayday)) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(wq->mayday, false);
		rescue_pool(wq, &unbound_pool);
		for_each_online_cpu(cpu)
			rescue_pool(wq, wq_select_pool(wq, cpu));
	}
	return 0;
}

void start_rescuer(struct workqueue_struct *wq)
{
	struct task_struct *t;

	if (!(wq->flags & WQ_MEM_RECLAIM) || wq->rescuer)
		return;
	t = kthread_run(rescuer_thread, wq, "%s", wq->name);
	if (IS_ERR(t))
		pr_err("workqueue: no rescuer for %s\n", wq->name);
	else
		wq->rescuer = t;
}
