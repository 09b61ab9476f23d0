/*
 * RCU: readers disable preemption; a grace period is over when every CPU has
 * since passed a point at which it cannot be inside a reader.
 *
 * Such points are: a context switch, the tick hitting user mode, and idling.
 * A CPU counts the first two in qs; idle is odd while it sleeps, and only ever
 * grows, so that a change between two looks also proves a visit. rcu_sched
 * waits, one jiffy at a time, until each CPU shows either. Callbacks queued
 * before a grace period began run, in its thread, when it is over.
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/wait.h>

struct rcu_data {
	unsigned long qs;
	atomic_long_t idle;
};

static DEFINE_PER_CPU(struct rcu_data, rcu_data);
static struct rcu_head *callbacks, **callbacks_tail = &callbacks;
static DEFINE_SPINLOCK(callbacks_lock);
static DECLARE_WAIT_QUEUE_HEAD(gp_wq);
static bool rcu_scheduler_active;
static int rcu_cpu_stall_timeout = 21;	/* s, after which a grace period that does not end is told of */
static bool rcu_expedited = true;	/* while booting: interrupt the CPUs instead of waiting for their ticks */

static int __init rcu_cpu_stall_timeout_setup(char *str)
{
	int seconds, err = kstrtoint(str, 0, &seconds);

	if (!err && seconds > 0)
		rcu_cpu_stall_timeout = seconds;
	return 1;
}
__setup("rcupdate.rcu_cpu_stall_timeout=", rcu_cpu_stall_timeout_setup);

void rcu_note_context_switch(void)
{
	this_cpu(rcu_data).qs++;
}

void rcu_sched_clock_irq(bool user)
{
	if (!user)
		return;
	this_cpu(rcu_data).qs++;
	if (current->rcu_tasks_holdout)
		WRITE_ONCE(current->rcu_tasks_holdout, false);
}

/* The increments are full barriers: readers before and after idling stay on their side. */
void rcu_idle_enter(void)
{
	atomic_long_inc_return(&this_cpu(rcu_data).idle);
}

void rcu_idle_exit(void)
{
	atomic_long_inc_return(&this_cpu(rcu_data).idle);
}

/* An interrupt in an idle CPU may read, so the CPU does not count as idle meanwhile. */
static void wait_for_cpu(int cpu)
{
	struct rcu_data *rdp = &per_cpu(rcu_data, cpu);
	unsigned long qs = READ_ONCE(rdp->qs);
	s64 idle = atomic_long_add_return(0, &rdp->idle);
	unsigned long begin = jiffies;
	bool told = false;

	if (idle & 1)
		return;
	while (READ_ONCE(rdp->qs) == qs && atomic_long_read(&rdp->idle) == idle && cpu_online(cpu)) {
		if (!READ_ONCE(rcu_expedited))
			schedule_timeout_uninterruptible(1);
		if (!told && time_after(jiffies, begin + rcu_cpu_stall_timeout * HZ)) {
			pr_err("rcu: INFO: rcu_sched detected a stall on CPU %d (for %lu jiffies)\n", cpu, jiffies - begin);
			told = true;
		}
		resched_cpu(cpu);	/* it may run one task in the kernel for long */
		cond_resched();
	}
}

static void wait_for_grace_period(void)
{
	int cpu;

	smp_mb();
	for_each_online_cpu(cpu)
		if (cpu != smp_processor_id())
			wait_for_cpu(cpu);
	smp_mb();
}

struct rcu_synchronize {
	struct rcu_head head;
	struct completion completion;
};

static void wakeme_after_rcu(struct rcu_head *head)
{
	struct rcu_synchronize *rcu = container_of(head, struct rcu_synchronize, head);

	complete(&rcu->completion);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;

	head->func = func;
	head->next = NULL;
	spin_lock_irqsave(&callbacks_lock, flags);
	*callbacks_tail = head;
	callbacks_tail = &head->next;
	spin_unlock_irqrestore(&callbacks_lock, flags);
	wake_up(&gp_wq);
}

void synchronize_rcu(void)
{
	struct rcu_synchronize rcu;

	might_sleep();
	if (!rcu_scheduler_active)
		return;		/* one task, no preemption: the caller itself is the quiescent state */
	init_completion(&rcu.completion);
	call_rcu(&rcu.head, wakeme_after_rcu);
	wait_for_completion(&rcu.completion);
}

static int rcu_gp_kthread(void *unused)
{
	for (;;) {
		struct rcu_head *head, *next;

		wait_event(gp_wq, READ_ONCE(callbacks));
		spin_lock_irq(&callbacks_lock);
		head = callbacks;
		callbacks = NULL;
		callbacks_tail = &callbacks;
		spin_unlock_irq(&callbacks_lock);
		wait_for_grace_period();
		for (; head; head = next) {
			next = head->next;
			head->func(head);
		}
	}
	return 0;
}

void __init rcu_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		atomic_long_set(&per_cpu(rcu_data, cpu).idle, 0);
}

void rcu_scheduler_starting(void)
{
	WARN_ON(num_online_cpus() != 1);
	rcu_scheduler_active = true;
}

void rcu_end_inkernel_boot(void)
{
	WRITE_ONCE(rcu_expedited, false);
}

static int __init rcu_spawn_gp_kthread(void)
{
	struct task_struct *t = kthread_run(rcu_gp_kthread, NULL, "rcu_sched");

	return PTR_ERR_OR_ZERO(t);
}
early_initcall(rcu_spawn_gp_kthread);
