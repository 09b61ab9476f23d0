/*
 * Softirqs: work that interrupts leave for right after them.
 *
 * They run with interrupts on, at the end of the outermost interrupt; if more
 * keeps coming, ksoftirqd/N takes over, so that user programs still get their
 * turn.
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
