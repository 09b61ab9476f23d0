/* Tests of the timer wheel, of high-resolution timers and of sleeping on them. */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

struct probe {
	struct timer_list timer;
	struct completion fired;
	unsigned long at;
	atomic_t times;
};

static void probe_fires(struct timer_list *t)
{
	struct probe *probe = from_timer(probe, t, timer);

	probe->at = jiffies;
	atomic_inc(&probe->times);
	complete(&probe->fired);
}

static struct probe *new_probe(struct kunit *test)
{
	struct probe *probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, probe);
	init_completion(&probe->fired);
	timer_setup(&probe->timer, probe_fires, 0);
	return probe;
}

/* By how many jiffies a timer is late that is never early. */
static unsigned long lateness(struct kunit *test, unsigned int delay)
{
	struct probe *probe = new_probe(test);
	unsigned long due;
	bool pending;

	local_irq_disable();
	due = jiffies + delay;
	probe->timer.expires = due;
	add_timer(&probe->timer);
	pending = timer_pending(&probe->timer);
	local_irq_enable();
	KUNIT_EXPECT_TRUE(test, pending);
	wait_for_completion(&probe->fired);
	KUNIT_EXPECT_GE(test, probe->at, due);
	KUNIT_EXPECT_FALSE(test, timer_pending(&probe->timer));
	kunit_info(test, "%u jiffies asked for, %lu too late", delay, probe->at - due);
	return probe->at - due;
}

/*
 * One for each level of the wheel that is worth waiting for, late by its bucket's length at most. A CPU that an
 * emulator's host keeps waiting is later, but not time after time.
 */
static void timer_test_expires(struct kunit *test)
{
	static const unsigned int delays[] = { 1, 5, 62, 70, 100 };

	for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
		unsigned long most = (delays[i] < 63 ? 0 : 8) + HZ, late = lateness(test, delays[i]);

		for (int tries = 0; tries < 10 && late > most; tries++)
			late = lateness(test, delays[i]);
		KUNIT_EXPECT_LE(test, late, most);
	}
}

static void timer_test_del(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	local_irq_disable();	/* it must not fire in between, however late we are */
	mod_timer(&probe->timer, jiffies + 2);
	KUNIT_EXPECT_EQ(test, del_timer(&probe->timer), 1);
	KUNIT_EXPECT_EQ(test, del_timer(&probe->timer), 0);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&probe->fired, 5), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&probe->times), 0);
}

static void timer_test_mod(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	unsigned long due = jiffies + 4;

	KUNIT_EXPECT_EQ(test, mod_timer(&probe->timer, jiffies + 1000), 0);
	KUNIT_EXPECT_EQ(test, mod_timer(&probe->timer, due), 1);
	wait_for_completion(&probe->fired);
	KUNIT_EXPECT_GE(test, probe->at, due);
	KUNIT_EXPECT_EQ(test, del_timer_sync(&probe->timer), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&probe->times), 1);
}

/* Many at once, in an order that is not that of their times. */
static void timer_test_many(struct kunit *test)
{
	struct probe *probes[40];

	for (int i = 0; i < 40; i++) {
		probes[i] = new_probe(test);
		mod_timer(&probes[i]->timer, jiffies + 1 + i * 7 % 40);
	}
	for (int i = 0; i < 40; i++) {
		wait_for_completion(&probes[i]->fired);
		KUNIT_EXPECT_EQ(test, atomic_read(&probes[i]->times), 1);
		KUNIT_EXPECT_GE(test, probes[i]->at, probes[i]->timer.expires);
	}
}

static void timer_test_schedule_timeout(struct kunit *test)
{
	unsigned long before = jiffies;

	KUNIT_EXPECT_EQ(test, schedule_timeout_uninterruptible(3), 0);
	KUNIT_EXPECT_GE(test, jiffies - before, 3);
}

/* By the clock: the rest of the jiffy in which a sleep begins does not count. */
static void timer_test_whole_jiffies(struct kunit *test)
{
	for (int i = 0; i < 5; i++) {
		ktime_t start;

		udelay(i * 2000);
		start = ktime_get();
		schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_GE(test, ktime_get() - start, TICK_NSEC);
	}
}

/* The same when the tick is late, so that jiffies are behind the clock; the switch to another task turns interrupts on. */
static void timer_test_late_tick(struct kunit *test)
{
	ktime_t start;

	local_irq_disable();
	udelay(5 * TICK_NSEC / NSEC_PER_USEC);
	start = ktime_get();
	schedule_timeout_uninterruptible(3);
	local_irq_enable();
	KUNIT_EXPECT_GE(test, ktime_get() - start, 3 * TICK_NSEC);
}

struct hr_probe {
	struct hrtimer timer;
	struct completion fired;
	int rounds;
};

static enum hrtimer_restart hr_probe_fires(struct hrtimer *timer)
{
	struct hr_probe *probe = container_of(timer, struct hr_probe, timer);

	if (++probe->rounds < 3) {
		hrtimer_forward_now(timer, NSEC_PER_MSEC);
		return HRTIMER_RESTART;
	}
	complete(&probe->fired);
	return HRTIMER_NORESTART;
}

static void hrtimer_test_restart(struct kunit *test)
{
	struct hr_probe *probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);
	ktime_t start = ktime_get();

	KUNIT_ASSERT_NOT_NULL(test, probe);
	init_completion(&probe->fired);
	hrtimer_init(&probe->timer, hr_probe_fires);
	hrtimer_start(&probe->timer, start + NSEC_PER_MSEC);
	wait_for_completion(&probe->fired);
	KUNIT_EXPECT_EQ(test, probe->rounds, 3);
	KUNIT_EXPECT_GE(test, ktime_get() - start, 3 * NSEC_PER_MSEC);
	KUNIT_EXPECT_FALSE(test, hrtimer_cancel(&probe->timer));
}

static struct kunit_case timer_test_cases[] = {
	KUNIT_CASE(timer_test_expires),
	KUNIT_CASE(timer_test_del),
	KUNIT_CASE(timer_test_mod),
	KUNIT_CASE(timer_test_many),
	KUNIT_CASE(timer_test_schedule_timeout),
	KUNIT_CASE(timer_test_whole_jiffies),
	KUNIT_CASE(timer_test_late_tick),
	KUNIT_CASE(hrtimer_test_restart),
	{ },
};

static struct kunit_suite timer_suite = {
	.name = "timer",
	.test_cases = timer_test_cases,
};
kunit_test_suite(timer_suite);
