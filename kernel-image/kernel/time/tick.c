/*
 * The tick: HZ times a second on every CPU that runs something.
 *
 * jiffies follow the clock, not the count of interrupts: whichever CPU ticks,
 * or wakes from idle, adds as many as have passed. An idle CPU stops its tick
 * and sleeps until the next timer on its own queue, or for ever.
 */
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>
#include <asm/timex.h>

#include "../sched/sched.h"

struct tick_sched {
	u64 next;		/* cycles at which the next tick is due */
	u64 event;		/* what timers want to be woken for: the tick, or in idle the first timer */
	bool stopped;
};

static DEFINE_PER_CPU(struct tick_sched, tick_cpu_sched);
volatile unsigned long jiffies = INITIAL_JIFFIES;
static DEFINE_RAW_SPINLOCK(jiffies_lock);
static u64 first_jiffy;			/* cycles at which jiffies were INITIAL_JIFFIES */
static u64 last_jiffies_update;		/* cycles */

static u64 tick_period(void) { return riscv_timebase / HZ; }

void __init tick_init(void)
{
	first_jiffy = last_jiffies_update = get_cycles();
}

static void tick_do_update_jiffies64(u64 now)
{
	unsigned long ticks;
	unsigned long flags;

	if (now - READ_ONCE(last_jiffies_update) < tick_period())
		return;
	raw_spin_lock_irqsave(&jiffies_lock, flags);
	ticks = (s64)(now - last_jiffies_update) < 0 ? 0 : (now - last_jiffies_update) / tick_period();
	if (ticks) {
		last_jiffies_update += ticks * tick_period();
		jiffies = jiffies + ticks;
		calc_global_load(ticks);
	}
	raw_spin_unlock_irqrestore(&jiffies_lock, flags);
}

void tick_update_jiffies(void)
{
	tick_do_update_jiffies64(get_cycles());
}

static void account_process_tick(struct task_struct *p, bool user)
{
	if (p->mm)
		run_posix_cpu_timers(p, user);
	if (user) {
		p->utime += TICK_NSEC;
		this_rq()->user_time += TICK_NSEC;
	} else if (!is_idle_task(p)) {
		p->stime += TICK_NSEC;
		this_rq()->system_time += TICK_NSEC;
	}
}

/* The clock event of this CPU: the tick, or a high-resolution timer before it. Interrupts are off. */
void tick_program_event(void)
{
	ktime_t hrtimer = hrtimer_get_next_event();
	u64 event = this_cpu(tick_cpu_sched).event;

	if (hrtimer != KTIME_MAX)
		event = min(event, ktime_to_cycles(hrtimer));
	timer_clock_event_program(event);
}

static void program_tick(u64 event)
{
	this_cpu(tick_cpu_sched).event = event;
	tick_program_event();
}

void tick_setup_cpu(void)
{
	struct tick_sched *ts = &this_cpu(tick_cpu_sched);

	ts->next = get_cycles() + tick_period();
	program_tick(ts->next);
}

void tick_handle_periodic(bool user)
{
	struct tick_sched *ts = &this_cpu(tick_cpu_sched);
	u64 now = get_cycles();

	tick_do_update_jiffies64(now);
	hrtimer_run_queues();
	run_local_timers();
	if (ts->stopped) {
		/* The idle loop programs the next event when it goes back to sleep. */
		program_tick(~0UL);
		return;
	}
	if (now >= ts->next) {
		account_process_tick(current, user);
		rcu_sched_clock_irq(user);
		scheduler_tick();
		watchdog_tick();
		ts->next += tick_period();
		if (ts->next <= now)
			ts->next = now + tick_period();
	}
	program_tick(ts->next);
}

void tick_shutdown_cpu(void)
{
	program_tick(~0UL);
}

void tick_nohz_idle_enter(void)
{
	local_irq_disable();
	this_cpu(tick_cpu_sched).stopped = true;
	local_irq_enable();
}

/* Interrupts are off. The jiffy's cycle is counted from the first: another CPU may be moving jiffies on right now. */
void tick_nohz_idle_stop_tick(void)
{
	unsigned long next = get_next_timer_interrupt(smp_processor_id());

	program_tick(next == ULONG_MAX ? ~0UL : first_jiffy + (next - INITIAL_JIFFIES) * tick_period());
}

/* Interrupts are off: this CPU idles, but goes on ticking. */
void tick_nohz_idle_restart_tick(void)
{
	if (!this_cpu(tick_cpu_sched).stopped)
		return;
	this_cpu(tick_cpu_sched).stopped = false;
	tick_update_jiffies();
	tick_setup_cpu();
}

void tick_nohz_irq_enter(void)
{
	if (this_cpu(tick_cpu_sched).stopped)
		tick_update_jiffies();
}

void tick_nohz_idle_exit(void)
{
	local_irq_disable();
	this_cpu(tick_cpu_sched).stopped = false;
	tick_update_jiffies();
	touch_softlockup_watchdog_sched();
	tick_setup_cpu();
	local_irq_enable();
}
