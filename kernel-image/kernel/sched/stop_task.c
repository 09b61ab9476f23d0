/* The stop class: one thread per CPU, migration/N, that nothing can preempt, and what it is used for. */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/mutex.h>
#include <linux/init.h>
#include <linux/smpboot.h>

#include "sched.h"

static struct task_struct *pick_next_task_stop(struct rq *rq)
{
	return rq->stop && rq->stop->on_rq ? rq->stop : NULL;
}

static void enqueue_task_stop(struct rq *rq, struct task_struct *p, int flags)
{
}

static void dequeue_task_stop(struct rq *rq, struct task_struct *p)
{
}

static void yield_task_stop(struct rq *rq)
{
}

static void check_preempt_curr_stop(struct rq *rq, struct task_struct *p)
{
}

static void put_prev_task_stop(struct rq *rq, struct task_struct *p)
{
}

static void task_tick_stop(struct rq *rq, struct task_struct *p)
{
}

static int select_task_rq_stop(struct task_struct *p, int cpu, int flags)
{
	return cpu;
}

const struct sched_class stop_sched_class = {
	.next = &dl_sched_class,
	.enqueue_task = enqueue_task_stop,
	.dequeue_task = dequeue_task_stop,
	.yield_task = yield_task_stop,
	.check_preempt_curr = check_preempt_curr_stop,
	.pick_next_task = pick_next_task_stop,
	.put_prev_task = put_prev_task_stop,
	.task_tick = task_tick_stop,
	.select_task_rq = select_task_rq_stop,
};

struct cpu_stop_work {
	struct list_head list;
	int (*fn)(void *arg);
	void *arg;
	int ret;
	struct completion done;
};

struct cpu_stopper {
	struct task_struct *thread;
	spinlock_t lock;
	struct list_head works;
};

static DEFINE_PER_CPU(struct cpu_stopper, cpu_stopper);

/*
 * False if the CPU is off. What is queued before it goes is still done: with interrupts off nobody is between the look
 * and the list while the machine stands still and the CPU goes, and the stopper parks with an empty list only.
 */
static bool queue_stop_work(unsigned int cpu, struct cpu_stop_work *work, int (*fn)(void *), void *arg)
{
	struct cpu_stopper *stopper = &per_cpu(cpu_stopper, cpu);
	bool online;

	*work = (struct cpu_stop_work){ .fn = fn, .arg = arg };
	init_completion(&work->done);
	spin_lock_irq(&stopper->lock);
	online = cpu_online(cpu);
	if (online)
		list_add_tail(&work->list, &stopper->works);
	spin_unlock_irq(&stopper->lock);
	if (online)
		wake_up_process(stopper->thread);
	return online;
}

/* Runs fn on a CPU, in its stopper thread, with everything else on that CPU standing still. */
int stop_one_cpu(unsigned int cpu, int (*fn)(void *), void *arg)
{
	struct cpu_stop_work work;

	if (!per_cpu(cpu_stopper, cpu).thread || !queue_stop_work(cpu, &work, fn, arg))
		return -ENOENT;
	wait_for_completion(&work.done);
	return work.ret;
}

/*
 * The machine stands still: all stoppers go through these steps together. The
 * first makes sure that each CPU is in its stopper, so that none waits for
 * another in the middle of something, before interrupts go off.
 */
enum multi_stop_state { MULTI_STOP_PREPARE, MULTI_STOP_DISABLE_IRQ, MULTI_STOP_RUN, MULTI_STOP_EXIT };

struct multi_stop_data {
	int (*fn)(void *data);
	void *data;
	const struct cpumask *active;
	unsigned int num_threads;
	enum multi_stop_state state;
	atomic_t thread_ack;
	int ret;
};

static int multi_cpu_stop(void *arg)
{
	struct multi_stop_data *msd = arg;
	enum multi_stop_state mine = MULTI_STOP_PREPARE;

	for (;;) {
		/* The last to finish a step begins the next. */
		if (atomic_dec_and_test(&msd->thread_ack)) {
			atomic_set(&msd->thread_ack, msd->num_threads);
			smp_store_release(&msd->state, mine + 1);
		}
		if (mine == MULTI_STOP_RUN)
			break;
		while (smp_load_acquire(&msd->state) == mine)
			cpu_relax();
		mine = msd->state;
		if (mine == MULTI_STOP_DISABLE_IRQ)
			local_irq_disable();
		else if (mine == MULTI_STOP_RUN && cpumask_test_cpu(smp_processor_id(), msd->active))
			msd->ret = msd->fn(msd->data);
	}
	while (smp_load_acquire(&msd->state) != MULTI_STOP_EXIT)
		cpu_relax();
	local_irq_enable();
	return 0;
}

int stop_machine(int (*fn)(void *data), void *data, const struct cpumask *cpus)
{
	static DEFINE_MUTEX(stop_machine_mutex);
	struct multi_stop_data msd = { .fn = fn, .data = data, .active = cpus };
	struct cpu_stop_work works[NR_CPUS];
	cpumask_t online;
	int cpu;

	mutex_lock(&stop_machine_mutex);
	online = *cpu_online_mask;
	msd.num_threads = cpumask_weight(&online);
	atomic_set(&msd.thread_ack, msd.num_threads);
	preempt_disable();	/* our own stopper must not come before the others have been told */
	for_each_cpu(cpu, &online)
		queue_stop_work(cpu, &works[cpu], multi_cpu_stop, &msd);
	preempt_enable();
	for_each_cpu(cpu, &online)
		wait_for_completion(&works[cpu].done);
	mutex_unlock(&stop_machine_mutex);
	return msd.ret;
}

static int cpu_stop_should_run(unsigned int cpu)
{
	return !list_empty(&per_cpu(cpu_stopper, cpu).works);
}

static struct cpu_stop_work *next_stop_work(struct cpu_stopper *stopper)
{
	struct cpu_stop_work *work;

	spin_lock_irq(&stopper->lock);
	work = list_first_entry_or_null(&stopper->works, struct cpu_stop_work, list);
	if (work)
		list_del_init(&work->list);
	spin_unlock_irq(&stopper->lock);
	return work;
}

static void cpu_stopper_thread(unsigned int cpu)
{
	struct cpu_stop_work *work;

	while ((work = next_stop_work(&per_cpu(cpu_stopper, cpu)))) {
		preempt_disable();
		work->ret = work->fn(work->arg);
		preempt_enable();
		complete(&work->done);
	}
}

/* The thread is put into its class once, while it is not on a queue. */
static void cpu_stop_create(unsigned int cpu)
{
	struct task_struct *stop = per_cpu(cpu_stopper, cpu).thread;

	stop->sched_class = &stop_sched_class;
	stop->prio = stop->normal_prio = -2;
	cpu_rq(cpu)->stop = stop;
}

static struct smp_hotplug_thread cpu_stop_threads = {
	.thread_comm = "migration/%u",
	.thread_should_run = cpu_stop_should_run,
	.thread_fn = cpu_stopper_thread,
	.create = cpu_stop_create,
	.selfparking = true,
};

static int __init cpu_stop_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		spin_lock_init(&per_cpu(cpu_stopper, cpu).lock);
		INIT_LIST_HEAD(&per_cpu(cpu_stopper, cpu).works);
	}
	cpu_stop_threads.store = &cpu_stopper.thread;
	return smpboot_register_percpu_thread(&cpu_stop_threads);
}
early_initcall(cpu_stop_init);
