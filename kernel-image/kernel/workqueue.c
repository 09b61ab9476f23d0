/*
 * Workqueues: queues of work over shared pools of worker threads.
 *
 * Each CPU has two pools, kworker/N:M at nice 0 and kworker/N:MH at nice -20;
 * one more serves all CPUs, kworker/uP:M. A pool runs one work at a time (the
 * last one as many as there are CPUs): only when its worker falls asleep in the middle (the scheduler tells us) does the
 * next idle worker go on with the list. A worker about to be the last idle one
 * makes another first, so that there always is one to wake. Should that fail
 * for want of memory, the rescuer of a WQ_MEM_RECLAIM queue does its work
 * (workqueue_rescuer.c).
 *
 * pool->lock guards the pool's lists and counts, and the work on them.
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "workqueue_internal.h"

/* A work at the end of a pool's list; when it runs, what was before it has at least begun. */
struct wq_barrier {
	struct work_struct work;
	struct completion done;
};

static DEFINE_PER_CPU(struct worker_pool, cpu_worker_pools[NR_STD_WORKER_POOLS]);
struct worker_pool unbound_pool;
static LIST_HEAD(workqueues);
static DEFINE_SPINLOCK(workqueues_lock);
static DEFINE_MUTEX(wq_pool_attach_mutex);
static bool wq_online;

struct workqueue_struct *system_wq, *system_highpri_wq, *system_unbound_wq;

void INIT_WORK(struct work_struct *work, work_func_t func)
{
	*work = (struct work_struct){ .func = func };
	INIT_LIST_HEAD(&work->entry);
}

static void init_worker_pool(struct worker_pool *pool, int cpu, int nice)
{
	spin_lock_init(&pool->lock);
	pool->cpu = cpu;
	pool->nice = nice;
	INIT_LIST_HEAD(&pool->worklist);
	INIT_LIST_HEAD(&pool->idle_list);
	INIT_LIST_HEAD(&pool->busy_list);
	INIT_LIST_HEAD(&pool->workers);
}

static int max_running(const struct worker_pool *pool)
{
	return pool->cpu < 0 ? num_online_cpus() : 1;
}

static bool pool_full(const struct worker_pool *pool)
{
	return pool->nr_running >= max_running(pool);
}

static void wake_up_worker(struct worker_pool *pool)
{
	struct worker *worker = list_first_entry_or_null(&pool->idle_list, struct worker, entry);

	if (worker)
		wake_up_process(worker->task);
}

struct worker_pool *wq_select_pool(struct workqueue_struct *wq, int cpu)
{
	if (wq->flags & WQ_UNBOUND)
		return &unbound_pool;
	return &per_cpu(cpu_worker_pools, cpu)[wq->flags & WQ_HIGHPRI ? 1 : 0];
}

/* Who is in the middle of this work. Another work that has been put in its place has another function, or waits. */
static struct worker *find_worker_executing_work(struct worker_pool *pool, struct work_struct *work)
{
	struct worker *worker;

	list_for_each_entry(worker, &pool->busy_list, entry)
		if (worker->current_work == work && worker->current_func == work->func)
			return worker;
	return NULL;
}

/* The pool that a work goes to, locked: where it still runs, as it must not run twice at once; else the CPU's own. */
static struct worker_pool *lock_pool_for(struct worker_pool *pool, struct work_struct *work, unsigned long *flags)
{
	struct worker_pool *last = work->pool;

	if (last && last != pool) {
		spin_lock_irqsave(&last->lock, *flags);
		if (find_worker_executing_work(last, work))
			return last;
		spin_unlock_irqrestore(&last->lock, *flags);
	}
	spin_lock_irqsave(&pool->lock, *flags);
	return pool;
}

static void __queue_work(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	struct worker_pool *pool;
	unsigned long flags;

	if (cpu == WORK_CPU_UNBOUND || !cpu_online(cpu))
		cpu = raw_smp_processor_id();
	pool = lock_pool_for(wq_select_pool(wq, cpu), work, &flags);
	work->wq = wq;
	work->pool = pool;
	list_add_tail(&work->entry, &pool->worklist);
	if (!pool_full(pool))
		wake_up_worker(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (test_and_set_bit(WORK_PENDING, &work->pending))
		return false;
	__queue_work(cpu, wq, work);
	return true;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

bool schedule_work(struct work_struct *work)
{
	return queue_work(system_wq, work);
}

static void delayed_work_timer_fn(struct timer_list *t)
{
	struct delayed_work *dwork = from_timer(dwork, t, timer);

	__queue_work(dwork->cpu, dwork->work.wq, &dwork->work);
}

void INIT_DELAYED_WORK(struct delayed_work *dwork, work_func_t func)
{
	INIT_WORK(&dwork->work, func);
	timer_setup(&dwork->timer, delayed_work_timer_fn, 0);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	if (test_and_set_bit(WORK_PENDING, &dwork->work.pending))
		return false;
	dwork->work.wq = wq;
	dwork->cpu = raw_smp_processor_id();
	mod_timer(&dwork->timer, jiffies + delay);
	return true;
}

/* One that waits already, waits so long from now; one that is queued is on its way. */
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	if (queue_delayed_work(wq, dwork, delay))
		return false;
	if (timer_pending(&dwork->timer))
		mod_timer(&dwork->timer, jiffies + delay);
	return true;
}

static int worker_thread(void *data);

static struct worker *create_worker(struct worker_pool *pool)
{
	struct worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	struct task_struct *task;
	int id;

	if (!worker)
		return NULL;
	spin_lock_irq(&pool->lock);
	id = pool->next_id++;
	spin_unlock_irq(&pool->lock);
	if (pool->cpu >= 0)
		task = kthread_create(worker_thread, worker, "kworker/%d:%d%s", pool->cpu, id, pool->nice < 0 ? "H" : "");
	else
		task = kthread_create(worker_thread, worker, "kworker/u%d:%d", nr_cpu_ids, id);
	if (IS_ERR(task)) {
		kfree(worker);
		return NULL;
	}
	set_user_nice(task, pool->nice);
	worker->pool = pool;
	worker->task = task;
	INIT_LIST_HEAD(&worker->scheduled);
	mutex_lock(&wq_pool_attach_mutex);
	if (pool->cpu >= 0 && cpu_online(pool->cpu))
		kthread_bind(task, pool->cpu);
	list_add(&worker->node, &pool->workers);
	mutex_unlock(&wq_pool_attach_mutex);
	set_kthread_data(task, worker);
	task->flags |= PF_WQ_WORKER;
	spin_lock_irq(&pool->lock);
	list_add(&worker->entry, &pool->idle_list);
	spin_unlock_irq(&pool->lock);
	wake_up_process(task);
	return worker;
}

static void execute_work(struct worker_pool *pool, struct worker *worker, struct work_struct *work)
{
	work_func_t func = work->func;

	worker->current_work = work;
	worker->current_func = func;
	worker->current_wq = work->wq;
	list_del_init(&work->entry);
	/* From here on it may be queued again, or be freed by its function. */
	clear_bit(WORK_PENDING, &work->pending);
	spin_unlock_irq(&pool->lock);
	func(work);
	if (in_atomic())
		pr_err("BUG: workqueue leaked atomic context: %s %d\n", current->comm, preempt_count());
	spin_lock_irq(&pool->lock);
	worker->current_work = NULL;
	worker->current_wq = NULL;
}

void process_one_work(struct worker_pool *pool, struct worker *worker, struct work_struct *work)
{
	struct worker *collision = find_worker_executing_work(pool, work);

	if (collision) {
		list_move_tail(&work->entry, &collision->scheduled);
		return;
	}
	do
		execute_work(pool, worker, work);
	while ((work = list_first_entry_or_null(&worker->scheduled, struct work_struct, entry)));
}

static int worker_thread(void *data)
{
	struct worker *worker = data;
	struct worker_pool *pool = worker->pool;

	spin_lock_irq(&pool->lock);
	for (;;) {
		struct work_struct *work;

		if (list_empty(&pool->worklist) || pool_full(pool)) {
			set_current_state(TASK_INTERRUPTIBLE);
			spin_unlock_irq(&pool->lock);
			schedule();
			spin_lock_irq(&pool->lock);
			continue;
		}
		if (list_is_singular(&pool->idle_list)) {
			spin_unlock_irq(&pool->lock);
			if (!create_worker(pool))
				send_mayday(pool);
			spin_lock_irq(&pool->lock);
			if (list_empty(&pool->worklist) || pool_full(pool))
				continue;
		}
		list_move(&worker->entry, &pool->busy_list);
		pool->nr_running++;
		while (pool->nr_running <= max_running(pool) &&
		       (work = list_first_entry_or_null(&pool->worklist, struct work_struct, entry))) {
			if (!list_is_singular(&pool->worklist) && !pool_full(pool))
				wake_up_worker(pool);
			process_one_work(pool, worker, work);
		}
		pool->nr_running--;
		list_move(&worker->entry, &pool->idle_list);
	}
	return 0;
}

/* A pool that runs nothing for a while because its worker waits goes on with another. */
void wq_worker_sleeping(struct task_struct *task)
{
	struct worker *worker = kthread_data(task);
	struct worker_pool *pool = worker->pool;
	unsigned long flags;

	if (!worker->current_work)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	worker->sleeping = true;
	pool->nr_running--;
	if (!pool_full(pool) && !list_empty(&pool->worklist))
		wake_up_worker(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
}

void wq_worker_running(struct task_struct *task)
{
	struct worker *worker = kthread_data(task);
	struct worker_pool *pool = worker->pool;
	unsigned long flags;

	if (!worker->sleeping)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	worker->sleeping = false;
	pool->nr_running++;
	spin_unlock_irqrestore(&pool->lock, flags);
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);

	if (!wq)
		return NULL;
	wq->name = name;
	wq->flags = flags;
	spin_lock(&workqueues_lock);
	list_add_tail(&wq->list, &workqueues);
	spin_unlock(&workqueues_lock);
	if (wq_online)
		start_rescuer(wq);
	return wq;
}

static void barrier_func(struct work_struct *work)
{
	complete(&container_of(work, struct wq_barrier, work)->done);
}

/* Queues a barrier behind everything in the pool and waits until all that stood there has begun. */
static void wait_for_queue(struct worker_pool *pool)
{
	struct wq_barrier barr;
	struct workqueue_struct wq = { .flags = 0 };

	INIT_WORK(&barr.work, barrier_func);
	init_completion(&barr.done);
	spin_lock_irq(&pool->lock);
	barr.work.wq = &wq;
	list_add_tail(&barr.work.entry, &pool->worklist);
	if (!pool_full(pool))
		wake_up_worker(pool);
	spin_unlock_irq(&pool->lock);
	wait_for_completion(&barr.done);
}

/* Whether a worker is in the middle of this work, or of any of this queue. */
static bool is_busy(struct worker_pool *pool, struct work_struct *work, struct workqueue_struct *wq)
{
	struct worker *worker;
	bool busy = false;

	spin_lock_irq(&pool->lock);
	list_for_each_entry(worker, &pool->busy_list, entry)
		busy |= work ? worker->current_work == work : worker->current_wq == wq;
	spin_unlock_irq(&pool->lock);
	return busy;
}

static void flush_pool(struct worker_pool *pool, struct work_struct *work, struct workqueue_struct *wq)
{
	wait_for_queue(pool);
	while (is_busy(pool, work, wq))
		schedule_timeout_uninterruptible(1);
}

/* On return the work neither waits nor runs, unless it was queued again. False: it did neither before. */
bool flush_work(struct work_struct *work)
{
	struct worker_pool *pool = READ_ONCE(work->pool);

	if (!pool || (!test_bit(WORK_PENDING, &work->pending) && !is_busy(pool, work, NULL)))
		return false;
	flush_pool(pool, work, NULL);
	return true;
}

void flush_workqueue(struct workqueue_struct *wq)
{
	int cpu;

	if (wq->flags & WQ_UNBOUND) {
		flush_pool(&unbound_pool, NULL, wq);
		return;
	}
	for_each_online_cpu(cpu)
		flush_pool(wq_select_pool(wq, cpu), NULL, wq);
}

/* A worker, and a second where the first soon has to be replaced: which threads there are shall not depend on timing. */
static int start_pool(struct worker_pool *pool)
{
	if (!wq_online || !list_empty(&pool->workers))
		return 0;
	return create_worker(pool) && (pool->nice < 0 || create_worker(pool)) ? 0 : -ENOMEM;
}

/* A CPU comes up: its pools get their first workers. */
int workqueue_prepare_cpu(unsigned int cpu)
{
	struct worker_pool *pools = per_cpu(cpu_worker_pools, cpu);

	return start_pool(&pools[0]) ?: start_pool(&pools[1]);
}

/* The workers of a CPU's pools run there as long as it is there, else anywhere. */
static void set_pools_affinity(unsigned int cpu, const struct cpumask *mask, unsigned int flag)
{
	struct worker *worker;

	mutex_lock(&wq_pool_attach_mutex);
	for (int i = 0; i < NR_STD_WORKER_POOLS; i++) {
		list_for_each_entry(worker, &per_cpu(cpu_worker_pools, cpu)[i].workers, node) {
			worker->task->flags = (worker->task->flags & ~PF_NO_SETAFFINITY) | flag;
			set_cpus_allowed_ptr(worker->task, mask);
		}
	}
	mutex_unlock(&wq_pool_attach_mutex);
}

int workqueue_online_cpu(unsigned int cpu)
{
	set_pools_affinity(cpu, cpumask_of(cpu), PF_NO_SETAFFINITY);
	return 0;
}

int workqueue_offline_cpu(unsigned int cpu)
{
	set_pools_affinity(cpu, cpu_possible_mask, 0);
	return 0;
}

/* Work may be queued from here on; it waits for workqueue_init. */
void __init workqueue_init_early(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		init_worker_pool(&per_cpu(cpu_worker_pools, cpu)[0], cpu, 0);
		init_worker_pool(&per_cpu(cpu_worker_pools, cpu)[1], cpu, HIGHPRI_NICE_LEVEL);
	}
	init_worker_pool(&unbound_pool, -1, 0);
	system_wq = alloc_workqueue("events", 0);
	system_highpri_wq = alloc_workqueue("events_highpri", WQ_HIGHPRI);
	system_unbound_wq = alloc_workqueue("events_unbound", WQ_UNBOUND);
	if (!system_wq || !system_highpri_wq || !system_unbound_wq)
		panic("workqueue: no memory for the system's queues");
}

/* Kernel threads can be made: the first workers, and the rescuers of queues that exist already. */
void __init workqueue_init(void)
{
	struct workqueue_struct *wq;
	int cpu;

	wq_online = true;
	for_each_online_cpu(cpu)
		if (workqueue_prepare_cpu(cpu))
			panic("workqueue: no worker for CPU%d", cpu);
	if (start_pool(&unbound_pool))
		panic("workqueue: no unbound worker");
	list_for_each_entry(wq, &workqueues, list)
		start_rescuer(wq);
}
