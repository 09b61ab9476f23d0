/* Timers: a queue per CPU in order of expiry, run from TIMER_SOFTIRQ; and what sleeps on them. */
#include <linux/debugobjects.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/tick.h>
#include <linux/timer.h>

struct timer_base {
	spinlock_t lock;
	struct list_head timers;
	struct timer_list *running;	/* its function is being called, without the lock */
};

static DEFINE_PER_CPU(struct timer_base, timer_bases);

void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags)
{
	t->entry.next = NULL;
	t->function = fn;
	t->cpu = raw_smp_processor_id();
	debug_object_init(t, "timer_list");
}

/* Of a timer on the stack, before its frame goes. */
static void destroy_timer_on_stack(struct timer_list *t)
{
	debug_object_free(t, "timer_list");
}

/* The base of the CPU that t belongs to, locked; t->cpu may change until then. */
static struct timer_base *lock_timer_base(struct timer_list *t, unsigned long *flags)
{
	for (;;) {
		int cpu = READ_ONCE(t->cpu);
		struct timer_base *base = &per_cpu(timer_bases, cpu);

		spin_lock_irqsave(&base->lock, *flags);
		if (t->cpu == cpu)
			return base;
		spin_unlock_irqrestore(&base->lock, *flags);
	}
}

static bool detach_timer(struct timer_list *t)
{
	if (!timer_pending(t))
		return false;
	debug_object_deactivate(t, "timer_list");
	list_del(&t->entry);
	t->entry.next = NULL;
	return true;
}

static void enqueue_timer(struct timer_base *base, struct timer_list *t)
{
	struct timer_list *pos;

	debug_object_activate(t, "timer_list");
	list_for_each_entry_reverse(pos, &base->timers, entry)
		if (time_after_eq(t->expires, pos->expires))
			break;
	list_add(&t->entry, &pos->entry);
}

/* A pending timer stays on its CPU's queue; an idle one goes to this CPU's, unless its function runs elsewhere now. */
int mod_timer(struct timer_list *t, unsigned long expires)
{
	struct timer_base *base, *new;
	unsigned long flags;
	int was_pending;

	base = lock_timer_base(t, &flags);
	was_pending = detach_timer(t);
	new = &this_cpu(timer_bases);
	if (base != new && base->running != t) {
		t->cpu = smp_processor_id();
		arch_spin_unlock(&base->lock);
		arch_spin_lock(&new->lock);
		base = new;
	}
	t->expires = expires;
	enqueue_timer(base, t);
	spin_unlock_irqrestore(&base->lock, flags);
	return was_pending;
}

void add_timer(struct timer_list *t)
{
	BUG_ON(timer_pending(t));
	mod_timer(t, t->expires);
}

int del_timer(struct timer_list *t)
{
	unsigned long flags;
	struct timer_base *base = lock_timer_base(t, &flags);
	int was_pending = detach_timer(t);

	spin_unlock_irqrestore(&base->lock, flags);
	return was_pending;
}

/* On return the function neither waits nor runs anywhere. Not from the function itself. */
int del_timer_sync(struct timer_list *t)
{
	for (;;) {
		unsigned long flags;
		struct timer_base *base = lock_timer_base(t, &flags);
		bool running = base->running == t;
		int was_pending = detach_timer(t);

		spin_unlock_irqrestore(&base->lock, flags);
		if (!running)
			return was_pending;
		cpu_relax();
	}
}

static void run_timer_softirq(void)
{
	struct timer_base *base = &this_cpu(timer_bases);

	spin_lock_irq(&base->lock);
	for (;;) {
		struct timer_list *t = list_first_entry_or_null(&base->timers, struct timer_list, entry);

		if (!t || time_before(jiffies, t->expires))
			break;
		detach_timer(t);
		base->running = t;
		spin_unlock_irq(&base->lock);
		t->function(t);
		spin_lock_irq(&base->lock);
		base->running = NULL;
	}
	spin_unlock_irq(&base->lock);
}

/* From the tick, interrupts off. */
void run_local_timers(void)
{
	struct timer_base *base = &this_cpu(timer_bases);
	struct timer_list *t;
	bool due;

	spin_lock(&base->lock);
	t = list_first_entry_or_null(&base->timers, struct timer_list, entry);
	due = t && time_after_eq(jiffies, t->expires);
	spin_unlock(&base->lock);
	if (due)
		raise_softirq_irqoff(TIMER_SOFTIRQ);
}

/* The jiffy of the first timer, ULONG_MAX if there is none. Interrupts are off. */
unsigned long get_next_timer_interrupt(int cpu)
{
	struct timer_base *base = &per_cpu(timer_bases, cpu);
	struct timer_list *t;
	unsigned long next;

	spin_lock(&base->lock);
	t = list_first_entry_or_null(&base->timers, struct timer_list, entry);
	next = t ? t->expires : ULONG_MAX;
	spin_unlock(&base->lock);
	return next;
}

void __init init_timers(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		spin_lock_init(&per_cpu(timer_bases, cpu).lock);
		INIT_LIST_HEAD(&per_cpu(timer_bases, cpu).timers);
	}
	open_softirq(TIMER_SOFTIRQ, run_timer_softirq);
}

struct process_timer {
	struct timer_list timer;
	struct task_struct *task;
};

static void process_timeout(struct timer_list *t)
{
	struct process_timer *timeout = from_timer(timeout, t, timer);

	wake_up_process(timeout->task);
}

/* The caller has set its state. Returns the jiffies that were left. */
long schedule_timeout(long timeout)
{
	struct process_timer timer = { .task = current };
	unsigned long expire;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	expire = timeout + jiffies;
	timer_setup(&timer.timer, process_timeout, 0);
	mod_timer(&timer.timer, expire);
	schedule();
	del_timer_sync(&timer.timer);
	destroy_timer_on_stack(&timer.timer);
	timeout = expire - jiffies;
	return timeout < 0 ? 0 : timeout;
}

long schedule_timeout_interruptible(long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

void msleep(unsigned int msecs)
{
	long timeout = msecs_to_jiffies(msecs) + 1;

	while (timeout)
		timeout = schedule_timeout_uninterruptible(timeout);
}
