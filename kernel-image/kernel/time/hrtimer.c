/*
 * High-resolution timers: a queue per CPU, by expiry, served by the timer interrupt itself.
 *
 * A CPU's clock event is programmed for the earlier of its tick and its first
 * hrtimer. A timer is queued where it is started; only its own CPU runs it.
 */
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>

struct hrtimer_cpu_base {
	raw_spinlock_t lock;
	struct list_head queue;
	struct hrtimer *running;
};

static DEFINE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	INIT_LIST_HEAD(&timer->node);
	timer->expires = 0;
	timer->function = function;
	timer->cpu = raw_smp_processor_id();
}

static struct hrtimer_cpu_base *lock_base(struct hrtimer *timer, unsigned long *flags)
{
	for (;;) {
		int cpu = READ_ONCE(timer->cpu);
		struct hrtimer_cpu_base *base = &per_cpu(hrtimer_bases, cpu);

		raw_spin_lock_irqsave(&base->lock, *flags);
		if (timer->cpu == cpu)
			return base;
		raw_spin_unlock_irqrestore(&base->lock, *flags);
	}
}

/* Whether it is the first of the queue now. */
static bool enqueue_hrtimer(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	struct hrtimer *pos;

	list_for_each_entry_reverse(pos, &base->queue, node)
		if (timer->expires >= pos->expires)
			break;
	list_add(&timer->node, &pos->node);
	return base->queue.next == &timer->node;
}

/* expires is a monotonic time. A timer that is queued already is moved. */
void hrtimer_start(struct hrtimer *timer, ktime_t expires)
{
	unsigned long flags;
	struct hrtimer_cpu_base *base = lock_base(timer, &flags);
	bool first;

	list_del_init(&timer->node);
	if (base != &this_cpu(hrtimer_bases) && base->running != timer) {
		timer->cpu = smp_processor_id();
		do_raw_spin_unlock(&base->lock);
		base = &this_cpu(hrtimer_bases);
		do_raw_spin_lock(&base->lock);
	}
	timer->expires = expires;
	first = enqueue_hrtimer(base, timer);
	do_raw_spin_unlock(&base->lock);
	if (first && base == &this_cpu(hrtimer_bases))
		tick_program_event();
	local_irq_restore(flags);
	preempt_enable();
}

bool hrtimer_cancel(struct hrtimer *timer)
{
	for (;;) {
		unsigned long flags;
		struct hrtimer_cpu_base *base = lock_base(timer, &flags);
		bool running = base->running == timer, was_queued = hrtimer_is_queued(timer);

		list_del_init(&timer->node);
		raw_spin_unlock_irqrestore(&base->lock, flags);
		if (!running)
			return was_queued;
		cpu_relax();
	}
}

u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	ktime_t late = ktime_get() - timer->expires;
	u64 overruns;

	if (late < 0)
		return 0;
	overruns = late / interval + 1;
	timer->expires = ktime_add_safe(timer->expires, overruns * interval);
	return overruns;
}

void hrtimer_run_queues(void)
{
	struct hrtimer_cpu_base *base = &this_cpu(hrtimer_bases);
	struct hrtimer *timer;

	raw_spin_lock(&base->lock);
	while ((timer = list_first_entry_or_null(&base->queue, struct hrtimer, node)) && timer->expires <= ktime_get()) {
		enum hrtimer_restart restart;

		list_del_init(&timer->node);
		base->running = timer;
		raw_spin_unlock(&base->lock);
		restart = timer->function(timer);
		raw_spin_lock(&base->lock);
		if (restart == HRTIMER_RESTART && !hrtimer_is_queued(timer))
			enqueue_hrtimer(base, timer);
		base->running = NULL;
	}
	raw_spin_unlock(&base->lock);
}

ktime_t hrtimer_get_next_event(void)
{
	struct hrtimer_cpu_base *base = &this_cpu(hrtimer_bases);
	struct hrtimer *timer;
	ktime_t next;

	raw_spin_lock(&base->lock);
	timer = list_first_entry_or_null(&base->queue, struct hrtimer, node);
	next = timer ? timer->expires : KTIME_MAX;
	raw_spin_unlock(&base->lock);
	return next;
}

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

static enum hrtimer_restart hrtimer_wakeup(struct hrtimer *timer)
{
	struct hrtimer_sleeper *t = container_of(timer, struct hrtimer_sleeper, timer);
	struct task_struct *task = t->task;

	WRITE_ONCE(t->task, NULL);
	wake_up_process(task);
	return HRTIMER_NORESTART;
}

int schedule_hrtimeout(ktime_t expires)
{
	struct hrtimer_sleeper t = { .task = current };

	if (expires == KTIME_MAX) {
		schedule();
		return -EINTR;
	}
	hrtimer_init(&t.timer, hrtimer_wakeup);
	hrtimer_start(&t.timer, expires);
	if (READ_ONCE(t.task))
		schedule();
	hrtimer_cancel(&t.timer);
	__set_current_state(TASK_RUNNING);
	return READ_ONCE(t.task) ? -EINTR : 0;
}

/* What waits on a dead CPU's queue goes on here. */
int hrtimers_dead_cpu(unsigned int cpu)
{
	struct hrtimer_cpu_base *from = &per_cpu(hrtimer_bases, cpu), *to;
	struct hrtimer *timer, *next;

	local_irq_disable();
	to = &this_cpu(hrtimer_bases);
	raw_spin_lock(&from->lock);
	raw_spin_lock(&to->lock);
	list_for_each_entry_safe(timer, next, &from->queue, node) {
		list_del_init(&timer->node);
		timer->cpu = smp_processor_id();
		enqueue_hrtimer(to, timer);
	}
	raw_spin_unlock(&to->lock);
	raw_spin_unlock(&from->lock);
	tick_program_event();
	local_irq_enable();
	return 0;
}

void __init hrtimers_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		raw_spin_lock_init(&per_cpu(hrtimer_bases, cpu).lock);
		INIT_LIST_HEAD(&per_cpu(hrtimer_bases, cpu).queue);
	}
}
