/*
 * Timers: a wheel per CPU, turned by TIMER_SOFTIRQ; and what sleeps on them.
 *
 * The wheel has levels of 64 buckets. A bucket of the lowest is one jiffy; of
 * each next, eight times as long. A timer goes into the level whose span it
 * fits, in the bucket after its expiry, and stays there: the further off a
 * time-out, the coarser, but never early, not even by the part of the current
 * jiffy that is over when the timer starts. Adding and removing cost the same
 * however many timers there are; a bitmap of used buckets finds the next one,
 * so that a CPU may sleep through the empty ones.
 */
#include <linux/bitops.h>
#include <linux/cpu.h>
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

#define LVL_CLK_SHIFT 3
#define LVL_BITS 6
#define LVL_SIZE (1UL << LVL_BITS)
#define LVL_MASK (LVL_SIZE - 1)
#define LVL_DEPTH 7
#define LVL_SHIFT(n) ((n) * LVL_CLK_SHIFT)
#define LVL_START(n) ((LVL_SIZE - 1) << LVL_SHIFT((n) - 1))	/* delays that are too long for level n - 1 */
#define WHEEL_MAX (LVL_START(LVL_DEPTH) - (1UL << LVL_SHIFT(LVL_DEPTH - 1)))	/* the longest delay that does not meet its own bucket */
#define WHEEL_SIZE (LVL_SIZE * LVL_DEPTH)

struct timer_base {
	spinlock_t lock;
	unsigned long clk;		/* the jiffy whose buckets are next */
	DECLARE_BITMAP(pending_map, WHEEL_SIZE);
	struct hlist_head vectors[WHEEL_SIZE];
	struct timer_list *running;	/* its function is being called, without the lock */
};

static DEFINE_PER_CPU(struct timer_base, timer_bases);

void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags)
{
	INIT_HLIST_NODE(&t->entry);
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

static bool detach_timer(struct timer_base *base, struct timer_list *t)
{
	if (!timer_pending(t))
		return false;
	debug_object_deactivate(t, "timer_list");
	hlist_del_init(&t->entry);
	if (hlist_empty(&base->vectors[t->bucket]))
		__clear_bit(t->bucket, base->pending_map);
	return true;
}

static unsigned int calc_wheel_index(unsigned long expires, unsigned long clk)
{
	unsigned int level = 0;

	if (time_before(expires, clk))
		expires = clk;
	if (expires - clk > WHEEL_MAX)
		expires = clk + WHEEL_MAX;	/* when it comes up it goes round again */
	while (level + 1 < LVL_DEPTH && expires - clk >= LVL_START(level + 1))
		level++;
	expires = (expires >> LVL_SHIFT(level)) + 1;
	return level * LVL_SIZE + (expires & LVL_MASK);
}

static void enqueue_timer(struct timer_base *base, struct timer_list *t)
{
	debug_object_activate(t, "timer_list");
	t->bucket = calc_wheel_index(t->expires, base->clk);
	hlist_add_head(&t->entry, &base->vectors[t->bucket]);
	__set_bit(t->bucket, base->pending_map);
}

/* The first jiffy from base->clk on that has a timer, ULONG_MAX if none does. */
static unsigned long next_expiry(struct timer_base *base)
{
	unsigned long next = ULONG_MAX, clk = base->clk;

	for (unsigned int level = 0; level < LVL_DEPTH; level++) {
		unsigned long map = base->pending_map[level], from = clk & LVL_MASK;

		if (map) {
			unsigned long turned = from ? map >> from | map << (LVL_SIZE - from) : map;

			next = min(next, (clk + __ffs(turned)) << LVL_SHIFT(level));
		}
		clk = (clk + (1UL << LVL_CLK_SHIFT) - 1) >> LVL_CLK_SHIFT;
	}
	return next;
}

/* Nothing is due before now: skip what is empty, so that a new timer finds the level that fits it. */
static void forward_timer_base(struct timer_base *base)
{
	unsigned long next = next_expiry(base);

	if (time_after(jiffies, base->clk))
		base->clk = next == ULONG_MAX || time_after(next, jiffies) ? jiffies : next;
}

/* A pending timer stays on its CPU's queue; an idle one goes to this CPU's, unless its function runs elsewhere now. */
int mod_timer(struct timer_list *t, unsigned long expires)
{
	struct timer_base *base, *new;
	unsigned long flags;
	int was_pending;

	base = lock_timer_base(t, &flags);
	was_pending = detach_timer(base, t);
	new = &this_cpu(timer_bases);
	if (base != new && base->running != t) {
		t->cpu = smp_processor_id();
		do_raw_spin_unlock(&base->lock);
		do_raw_spin_lock(&new->lock);
		base = new;
	}
	t->expires = expires;
	forward_timer_base(base);
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
	int was_pending = detach_timer(base, t);

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
		int was_pending = detach_timer(base, t);

		spin_unlock_irqrestore(&base->lock, flags);
		if (!running)
			return was_pending;
		cpu_relax();
	}
}

static void expire_bucket(struct timer_base *base, unsigned int bucket)
{
	struct timer_list *t;

	while ((t = hlist_entry_safe(base->vectors[bucket].first, struct timer_list, entry))) {
		detach_timer(base, t);
		if (time_before(jiffies, t->expires)) {
			enqueue_timer(base, t);
			continue;
		}
		base->running = t;
		spin_unlock_irq(&base->lock);
		t->function(t);
		spin_lock_irq(&base->lock);
		base->running = NULL;
	}
}

/* A level's bucket is due when the levels below have gone round. */
static void run_timer_softirq(void)
{
	struct timer_base *base = &this_cpu(timer_bases);

	spin_lock_irq(&base->lock);
	forward_timer_base(base);
	while (time_after_eq(jiffies, base->clk)) {
		unsigned long clk = base->clk++;

		for (unsigned int level = 0; level < LVL_DEPTH; level++, clk >>= LVL_CLK_SHIFT) {
			expire_bucket(base, level * LVL_SIZE + (clk & LVL_MASK));
			if (clk & ((1UL << LVL_CLK_SHIFT) - 1))
				break;
		}
		forward_timer_base(base);
	}
	spin_unlock_irq(&base->lock);
}

/* The jiffy of the first timer, ULONG_MAX if there is none. Interrupts are off. */
unsigned long get_next_timer_interrupt(int cpu)
{
	struct timer_base *base = &per_cpu(timer_bases, cpu);
	unsigned long next;

	spin_lock(&base->lock);
	next = next_expiry(base);
	spin_unlock(&base->lock);
	return next;
}

/* From the tick, interrupts off. */
void run_local_timers(void)
{
	if (time_after_eq(jiffies, get_next_timer_interrupt(smp_processor_id())))
		raise_softirq_irqoff(TIMER_SOFTIRQ);
}

/* What waits on a dead CPU's wheel goes on here. */
int timers_dead_cpu(unsigned int cpu)
{
	struct timer_base *from = &per_cpu(timer_bases, cpu), *to;
	struct timer_list *t;

	spin_lock_irq(&from->lock);
	to = &this_cpu(timer_bases);
	spin_lock(&to->lock);
	forward_timer_base(to);
	for (unsigned int bucket = 0; bucket < WHEEL_SIZE; bucket++) {
		while ((t = hlist_entry_safe(from->vectors[bucket].first, struct timer_list, entry))) {
			detach_timer(from, t);
			t->cpu = smp_processor_id();
			enqueue_timer(to, t);
		}
	}
	spin_unlock(&to->lock);
	spin_unlock_irq(&from->lock);
	return 0;
}

void __init init_timers(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		spin_lock_init(&per_cpu(timer_bases, cpu).lock);
		per_cpu(timer_bases, cpu).clk = jiffies;
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
	tick_update_jiffies();
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
