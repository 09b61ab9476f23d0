/* The stop class: one thread per CPU, migration/N, that nothing can preempt; it moves running tasks away. */
#include <linux/completion.h>
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

/* Runs fn on a CPU, in its stopper thread, with everything else on that CPU standing still. */
static int stop_one_cpu(unsigned int cpu, int (*fn)(void *), void *arg)
{
	struct cpu_stopper *stopper = &per_cpu(cpu_stopper, cpu);
	struct cpu_stop_work work = { .fn = fn, .arg = arg };

	init_completion(&work.done);
	spin_lock_irq(&stopper->lock);
	list_add_tail(&work.list, &stopper->works);
	spin_unlock_irq(&stopper->lock);
	wake_up_process(stopper->thread);
	wait_for_completion(&work.done);
	return work.ret;
}

static int cpu_stop_should_run(unsigned int cpu)
{
	return !list_empty(&per_cpu(cpu_stopper, cpu).works);
}

static void cpu_stopper_thread(unsigned int cpu)
{
	struct cpu_stopper *stopper = &per_cpu(cpu_stopper, cpu);
	struct cpu_stop_work *work;

	spin_lock_irq(&stopper->lock);
	work = list_first_entry_or_null(&stopper->works, struct cpu_stop_work, list);
	if (work)
		list_del_init(&work->list);
	spin_unlock_irq(&stopper->lock);
	if (!work)
		return;
	preempt_disable();
	work->ret = work->fn(work->arg);
	preempt_enable();
	complete(&work->done);
}

/* The thread is put into its class once, while it is not on a queue. */
static void cpu_stop_create(unsigned int cpu)
{
	struct task_struct *stop = per_cpu(cpu_stopper, cpu).thread;

	stop->sched_class = &stop_sched_class;
	stop->prio = stop->normal_prio = -2;
	cpu_rq(cpu)->stop = stop;
}

struct migration_arg {
	struct task_struct *task;
	int dest_cpu;
};

/* On the CPU of the task, which therefore is not running: it was preempted by this thread. */
static int migration_cpu_stop(void *data)
{
	struct migration_arg *arg = data;
	struct task_struct *p = arg->task;
	struct rq *rq = this_rq(), *dest = cpu_rq(arg->dest_cpu);

	raw_spin_lock_irq(&p->pi_lock);
	if (task_rq(p) != rq || rq == dest || !cpumask_test_cpu(arg->dest_cpu, &p->cpus_mask)) {
		raw_spin_unlock_irq(&p->pi_lock);
		return 0;
	}
	/* Two queue locks, always the lower CPU's first. */
	raw_spin_lock(rq->cpu < dest->cpu ? &rq->lock : &dest->lock);
	raw_spin_lock(rq->cpu < dest->cpu ? &dest->lock : &rq->lock);
	update_rq_clock(rq);
	update_rq_clock(dest);
	if (task_rq(p) == rq && p->on_rq) {
		deactivate_task(rq, p);
		set_task_cpu(p, dest->cpu);
		activate_task(dest, p, 0);
		resched_curr(dest);
	}
	raw_spin_unlock(&rq->lock);
	raw_spin_unlock(&dest->lock);
	raw_spin_unlock_irq(&p->pi_lock);
	return 0;
}

void migrate_task_to(struct task_struct *p, int dest_cpu)
{
	struct migration_arg arg = { p, dest_cpu };

	if (per_cpu(cpu_stopper, task_cpu(p)).thread)
		stop_one_cpu(task_cpu(p), migration_cpu_stop, &arg);
}

int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask)
{
	cpumask_t valid;
	int dest;

	if (!cpumask_and(&valid, new_mask, cpu_possible_mask))
		return -EINVAL;
	raw_spin_lock_irq(&p->pi_lock);
	cpumask_copy(&p->cpus_mask, &valid);
	p->nr_cpus_allowed = cpumask_weight(&valid);
	cpumask_and(&valid, &valid, cpu_online_mask);
	dest = cpumask_first(&valid);
	raw_spin_unlock_irq(&p->pi_lock);
	/* One that sleeps chooses its CPU when it wakes. */
	if (!cpumask_test_cpu(task_cpu(p), &p->cpus_mask) && dest < NR_CPUS && READ_ONCE(p->on_rq))
		migrate_task_to(p, dest);
	return 0;
}

static struct smp_hotplug_thread cpu_stop_threads = {
	.thread_comm = "migration/%u",
	.thread_should_run = cpu_stop_should_run,
	.thread_fn = cpu_stopper_thread,
	.create = cpu_stop_create,
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
