/* The idle class and the loop that every CPU's pid 0 runs. */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched/idle.h>
#include <linux/tick.h>

#include "sched.h"

/* An architecture may have something to do around each wait. */
void __weak arch_cpu_idle_enter(void)
{
}

void __weak arch_cpu_idle_exit(void)
{
}

static bool cpu_idle_force_poll;

static int __init cpu_idle_poll_setup(char *str)
{
	cpu_idle_force_poll = true;
	return 1;
}
__setup("nohlt", cpu_idle_poll_setup);

static int __init cpu_idle_nopoll_setup(char *str)
{
	cpu_idle_force_poll = false;
	return 1;
}
__setup("hlt", cpu_idle_nopoll_setup);

/* For who cannot wait until a hart has woken up: it never sleeps, and its tick goes on. */
static noinline void cpu_idle_poll(void)
{
	rcu_idle_enter();
	local_irq_enable();
	while (!need_resched())
		cpu_relax();
	rcu_idle_exit();
}

/* Interrupts are off: one that comes before wfi is pending, so wfi does not wait, and is taken when they are on again. */
static noinline void cpuidle_idle_call(void)
{
	if (!current_clr_polling_and_test()) {
		tick_nohz_idle_stop_tick();
		rcu_idle_enter();
		arch_cpu_idle();
		rcu_idle_exit();
	}
	__current_set_polling();
	local_irq_enable();
}

static noinline void do_idle(void)
{
	__current_set_polling();
	tick_nohz_idle_enter();
	while (!need_resched()) {
		local_irq_disable();
		if (unlikely(!cpu_online(smp_processor_id()))) {
			cpuhp_report_idle_dead();
			arch_cpu_idle_dead();
		}
		arch_cpu_idle_enter();
		if (cpu_idle_force_poll) {
			tick_nohz_idle_restart_tick();
			cpu_idle_poll();
		} else {
			cpuidle_idle_call();
		}
		arch_cpu_idle_exit();
	}
	tick_nohz_idle_exit();
	/* From here on others interrupt. Who has seen the flag up may have put a task on the list and relied on us. */
	__current_clr_polling();
	smp_mb();
	sched_ttwu_pending();
	schedule_preempt_disabled();
}

void cpu_startup_entry(enum cpuhp_state state)
{
	cpuhp_online_idle(state);
	for (;;)
		do_idle();
}

static void enqueue_task_idle(struct rq *rq, struct task_struct *p, int flags)
{
	BUG();
}

static void dequeue_task_idle(struct rq *rq, struct task_struct *p)
{
	pr_err("bad: scheduling from the idle thread!\n");
	BUG();
}

static void yield_task_idle(struct rq *rq)
{
}

static void check_preempt_curr_idle(struct rq *rq, struct task_struct *p)
{
	resched_curr(rq);
}

static struct task_struct *pick_next_task_idle(struct rq *rq)
{
	rq->idle_since = rq->clock;
	return rq->idle;
}

static void put_prev_task_idle(struct rq *rq, struct task_struct *p)
{
	rq->idle_time += rq->clock - rq->idle_since;
}

static void task_tick_idle(struct rq *rq, struct task_struct *p)
{
}

const struct sched_class idle_sched_class = {
	.enqueue_task = enqueue_task_idle,
	.dequeue_task = dequeue_task_idle,
	.yield_task = yield_task_idle,
	.check_preempt_curr = check_preempt_curr_idle,
	.pick_next_task = pick_next_task_idle,
	.put_prev_task = put_prev_task_idle,
	.task_tick = task_tick_idle,
};

int idle_cpu(int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	return READ_ONCE(rq->curr) == rq->idle && !READ_ONCE(rq->nr_running) && llist_empty(&rq->wake_list);
}

u64 get_idle_time_ns(int cpu)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;
	u64 t;

	raw_spin_lock_irqsave(&rq->lock, flags);
	t = rq->idle_time;
	if (rq->curr == rq->idle)
		t += sched_clock() - rq->idle_since;
	raw_spin_unlock_irqrestore(&rq->lock, flags);
	return t;
}

u64 cpu_user_time_ns(int cpu)
{
	return READ_ONCE(cpu_rq(cpu)->user_time);
}

u64 cpu_system_time_ns(int cpu)
{
	return READ_ONCE(cpu_rq(cpu)->system_time);
}
