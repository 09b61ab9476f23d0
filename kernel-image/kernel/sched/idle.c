/* The idle class and the loop that every CPU's pid 0 runs. */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/tick.h>

#include "sched.h"

static noinline void arch_cpu_idle(void)
{
	wait_for_interrupt();
}

/* Interrupts are off: one that comes before wfi is pending, so wfi does not wait, and is taken when they are on again. */
static noinline void cpuidle_idle_call(void)
{
	if (!need_resched()) {
		rcu_idle_enter();
		arch_cpu_idle();
		rcu_idle_exit();
	}
	local_irq_enable();
}

static noinline void do_idle(void)
{
	tick_nohz_idle_enter();
	while (!need_resched()) {
		local_irq_disable();
		if (unlikely(!cpu_online(smp_processor_id()))) {
			cpuhp_report_idle_dead();
			arch_cpu_idle_dead();
		}
		tick_nohz_idle_stop_tick();
		cpuidle_idle_call();
	}
	tick_nohz_idle_exit();
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

	return READ_ONCE(rq->curr) == rq->idle && !READ_ONCE(rq->nr_running);
}

struct task_struct *idle_task(int cpu)
{
	return cpu_rq(cpu)->idle;
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
