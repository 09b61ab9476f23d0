/*
 * Softirqs: work that interrupts leave for right after them.
 *
 * They run with interrupts on, at the end of the outermost interrupt or when
 * bottom halves are enabled again; if more keeps coming, ksoftirqd/N takes
 * over, so that user programs still get their turn.
 */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#include <linux/tick.h>

#define MAX_SOFTIRQ_RESTART 4

static void (*softirq_vec[NR_SOFTIRQS])(void);
static DEFINE_PER_CPU(unsigned int, softirq_pending);
static DEFINE_PER_CPU(struct task_struct *, ksoftirqd);

struct tasklet_head {
	struct tasklet_struct *head, **tail;
};
static DEFINE_PER_CPU(struct tasklet_head, tasklet_vec);

void open_softirq(int nr, void (*action)(void))
{
	softirq_vec[nr] = action;
}

static void wakeup_softirqd(void)
{
	struct task_struct *tsk = this_cpu(ksoftirqd);

	if (tsk)
		wake_up_process(tsk);
}

/* Interrupts off, and on again while the actions run. */
static void __do_softirq(void)
{
	int restart = MAX_SOFTIRQ_RESTART;
	unsigned int pending;

	preempt_count_add(SOFTIRQ_OFFSET);
	while ((pending = this_cpu(softirq_pending)) && restart--) {
		this_cpu(softirq_pending) = 0;
		local_irq_enable();
		for (int nr = 0; nr < NR_SOFTIRQS; nr++)
			if (pending & (1U << nr))
				softirq_vec[nr]();
		local_irq_disable();
	}
	preempt_count_sub(SOFTIRQ_OFFSET);
	if (this_cpu(softirq_pending))
		wakeup_softirqd();
}

static void do_softirq(void)
{
	unsigned long flags;

	if (in_interrupt())
		return;
	local_irq_save(flags);
	if (this_cpu(softirq_pending))
		__do_softirq();
	local_irq_restore(flags);
}

void local_bh_disable(void)
{
	preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
}

void local_bh_enable(void)
{
	/* Keep preemption off until the pending work is done. */
	preempt_count_sub(SOFTIRQ_DISABLE_OFFSET - 1);
	if (unlikely(!in_interrupt() && this_cpu(softirq_pending)))
		do_softirq();
	preempt_enable();
}

void irq_enter(void)
{
	preempt_count_add(HARDIRQ_OFFSET);
	tick_nohz_irq_enter();
}

void irq_exit(void)
{
	preempt_count_sub(HARDIRQ_OFFSET);
	if (!in_interrupt() && this_cpu(softirq_pending))
		__do_softirq();
}

void raise_softirq_irqoff(unsigned int nr)
{
	this_cpu(softirq_pending) |= 1U << nr;
	if (!in_interrupt())
		wakeup_softirqd();
}

void raise_softirq(unsigned int nr)
{
	unsigned long flags;

	local_irq_save(flags);
	raise_softirq_irqoff(nr);
	local_irq_restore(flags);
}

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	t->next = NULL;
	t->state = 0;
	t->callback = callback;
}

/* Bit 0 of state: scheduled; bit 1: running somewhere. */
void tasklet_schedule(struct tasklet_struct *t)
{
	struct tasklet_head *vec;
	unsigned long flags;

	if (test_and_set_bit(0, &t->state))
		return;
	local_irq_save(flags);
	vec = &this_cpu(tasklet_vec);
	t->next = NULL;
	*vec->tail = t;
	vec->tail = &t->next;
	raise_softirq_irqoff(TASKLET_SOFTIRQ);
	local_irq_restore(flags);
}

static void tasklet_action(void)
{
	struct tasklet_head *vec;
	struct tasklet_struct *list;

	local_irq_disable();
	vec = &this_cpu(tasklet_vec);
	list = vec->head;
	vec->head = NULL;
	vec->tail = &vec->head;
	local_irq_enable();
	while (list) {
		struct tasklet_struct *t = list;

		list = list->next;
		clear_bit(0, &t->state);
		if (test_and_set_bit(1, &t->state)) {
			tasklet_schedule(t);
			continue;
		}
		t->callback(t);
		clear_bit(1, &t->state);
	}
}

void __init softirq_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(tasklet_vec, cpu).tail = &per_cpu(tasklet_vec, cpu).head;
	open_softirq(TASKLET_SOFTIRQ, tasklet_action);
}

static int ksoftirqd_should_run(unsigned int cpu)
{
	return this_cpu(softirq_pending);
}

static void run_ksoftirqd(unsigned int cpu)
{
	local_irq_disable();
	if (this_cpu(softirq_pending))
		__do_softirq();
	local_irq_enable();
	cond_resched();
}

/* What a dead CPU still had to do is done here. */
int softirq_dead_cpu(unsigned int cpu)
{
	struct tasklet_head *from = &per_cpu(tasklet_vec, cpu), *to;

	local_irq_disable();
	to = &this_cpu(tasklet_vec);
	if (from->head) {
		*to->tail = from->head;
		to->tail = from->tail;
		from->head = NULL;
		from->tail = &from->head;
	}
	raise_softirq_irqoff(TASKLET_SOFTIRQ);
	local_irq_enable();
	return 0;
}

static struct smp_hotplug_thread softirq_threads = {
	.store = &ksoftirqd,
	.thread_should_run = ksoftirqd_should_run,
	.thread_fn = run_ksoftirqd,
	.thread_comm = "ksoftirqd/%u",
};

static int __init spawn_ksoftirqd(void)
{
	return smpboot_register_percpu_thread(&softirq_threads);
}
early_initcall(spawn_ksoftirqd);
