/*
 * Tests of waking across CPUs: the wake_list of one that idles, who may change its tasks' affinity, and that none is lost.
 *
 * To look at a list, its CPU is held with interrupts off in the middle of its idle loop, by a call that a third CPU
 * makes; the case itself runs on CPU 0.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

#include "../sched/sched.h"

#define SLEEPERS 4
#define ROUNDS 300
#define HELD_AT_MOST (10000 * NSEC_PER_MSEC)

struct hold {
	int cpu;
	bool idle, release;
	struct completion begun;
	struct timer_list timer;
};

struct sleeper {
	struct task_struct *task;
	struct ward *ward;
	int turn, cpu;
};

struct ward {
	struct hold hold;
	atomic_t turns;
	struct sleeper sleepers[SLEEPERS];
	struct completion work;
	atomic_t done;
};

/* On the CPU that is held, from an interrupt. */
static void hold_cpu(void *info)
{
	struct hold *h = info;
	ktime_t begin = ktime_get();

	h->idle = is_idle_task(current) && !this_rq()->nr_running;
	complete(&h->begun);
	while (!READ_ONCE(h->release) && ktime_get() - begin < HELD_AT_MOST)
		cpu_relax();
}

static int holder(void *data)
{
	struct hold *h = data;
	int err = smp_call_function_single(h->cpu, hold_cpu, h, true);

	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return err;
}

static void release_later(struct timer_list *timer)
{
	WRITE_ONCE(container_of(timer, struct hold, timer)->release, true);
}

static struct task_struct *run_on(struct kunit *test, int cpu, int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_create(fn, data, "kunit/%d", cpu);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	get_task_struct(task);
	set_cpus_allowed_ptr(task, cpumask_of(cpu));
	wake_up_process(task);
	return task;
}

static int stop(struct task_struct *task)
{
	int ret = kthread_stop(task);

	put_task_struct(task);
	return ret;
}

/* The last CPU idles and is held; its holder is to be stopped after release. */
static struct task_struct *hold_last_cpu(struct kunit *test, struct hold *h)
{
	h->cpu = num_online_cpus() - 1;
	for (int tries = 0; tries < 100; tries++) {
		struct task_struct *task;

		schedule_timeout_uninterruptible(1);
		h->release = false;
		init_completion(&h->begun);
		task = run_on(test, 1, holder, h);
		wait_for_completion(&h->begun);
		if (h->idle)
			return task;
		h->release = true;
		stop(task);
	}
	KUNIT_FAIL(test, "CPU %d is never idle", h->cpu);
	kunit_abort(test);
}

static struct ward *new_ward(struct kunit *test)
{
	struct ward *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	if (num_online_cpus() < 3)
		kunit_skip(test, "takes 3 CPUs");
	timer_setup(&w->hold.timer, release_later, 0);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	return w;
}

static int sleeps_once(void *data)
{
	struct sleeper *s = data;

	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	s->cpu = smp_processor_id();
	s->turn = atomic_inc_return(&s->ward->turns);
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return s->turn;
}

/* Each asleep on the last CPU, as real-time tasks of one priority. */
static void put_to_sleep(struct kunit *test, struct ward *w, int count)
{
	for (int i = 0; i < count; i++) {
		struct sleeper *s = &w->sleepers[i];

		s->ward = w;
		s->task = run_on(test, num_online_cpus() - 1, sleeps_once, s);
		KUNIT_EXPECT_EQ(test, sched_setscheduler_nocheck(s->task, SCHED_FIFO, 1), 0);
		while (READ_ONCE(s->task->on_rq) || READ_ONCE(s->task->__state) != TASK_UNINTERRUPTIBLE)
			schedule_timeout_uninterruptible(1);
	}
}

static void ttwu_test_wake_list(struct kunit *test)
{
	struct ward *w = new_ward(test);
	struct rq *rq = cpu_rq(num_online_cpus() - 1);
	struct task_struct *held;

	put_to_sleep(test, w, SLEEPERS);
	held = hold_last_cpu(test, &w->hold);
	KUNIT_EXPECT_TRUE(test, llist_empty(&rq->wake_list));
	KUNIT_EXPECT_TRUE(test, idle_cpu(rq->cpu));
	for (int i = 0; i < SLEEPERS; i++) {
		struct task_struct *p = w->sleepers[i].task;

		KUNIT_EXPECT_EQ(test, wake_up_process(p), 1);
		KUNIT_EXPECT_EQ(test, p->__state, TASK_WAKING);
		KUNIT_EXPECT_EQ(test, p->on_rq, 0);
		KUNIT_EXPECT_EQ(test, wake_up_process(p), 0);	/* nobody is woken twice */
		KUNIT_EXPECT_FALSE(test, idle_cpu(rq->cpu));
	}
	KUNIT_EXPECT_EQ(test, rq->nr_running, 0);
	WRITE_ONCE(w->hold.release, true);
	KUNIT_EXPECT_EQ(test, stop(held), 0);
	for (int i = 0; i < SLEEPERS; i++) {
		KUNIT_EXPECT_EQ(test, stop(w->sleepers[i].task), i + 1);
		KUNIT_EXPECT_EQ(test, w->sleepers[i].cpu, rq->cpu);
	}
	KUNIT_EXPECT_TRUE(test, llist_empty(&rq->wake_list));
}

/* Its new mask has no place for a task that is on its way to a queue: it gets there, and away, before it runs. */
static void ttwu_test_set_cpus_allowed(struct kunit *test)
{
	struct ward *w = new_ward(test);
	struct sleeper *s = &w->sleepers[0];
	struct task_struct *held;

	put_to_sleep(test, w, 1);
	held = hold_last_cpu(test, &w->hold);
	wake_up_process(s->task);
	KUNIT_EXPECT_EQ(test, s->task->__state, TASK_WAKING);
	mod_timer(&w->hold.timer, jiffies + 2);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(s->task, cpumask_of(0)), 0);
	KUNIT_EXPECT_EQ(test, task_cpu(s->task), 0);
	KUNIT_EXPECT_EQ(test, stop(held), 0);
	KUNIT_EXPECT_EQ(test, stop(s->task), 1);
	KUNIT_EXPECT_EQ(test, s->cpu, 0);
}

static int wakes(void *data)
{
	struct ward *w = data;

	for (int i = 0; i < ROUNDS; i++) {
		complete(&w->work);
		if (i % 8 == 0)
			schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static int works(void *data)
{
	struct sleeper *s = data;

	for (int i = 0; i < ROUNDS; i++) {
		wait_for_completion(&s->ward->work);
		atomic_inc(&s->ward->done);
	}
	return 0;
}

/* As many wake as wait, while the waiters are sent from CPU to CPU: each waking counts, and none counts twice. */
static void ttwu_test_none_is_lost(struct kunit *test)
{
	struct ward *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct task_struct *wakers[SLEEPERS];
	int cpus = num_online_cpus(), step = 0;

	KUNIT_ASSERT_NOT_NULL(test, w);
	init_completion(&w->work);
	for (int i = 0; i < SLEEPERS; i++) {
		w->sleepers[i].ward = w;
		w->sleepers[i].task = run_on(test, i % cpus, works, &w->sleepers[i]);
	}
	for (int i = 0; i < SLEEPERS; i++)
		wakers[i] = run_on(test, (i + 1) % cpus, wakes, w);
	for (unsigned long end = jiffies + 100 * HZ; atomic_read(&w->done) < SLEEPERS * ROUNDS; step++) {
		KUNIT_ASSERT_TRUE(test, time_before(jiffies, end));
		set_cpus_allowed_ptr(w->sleepers[step % SLEEPERS].task, cpumask_of((step * 5 + 1) % cpus));
		if (step % 4 == 0)
			schedule_timeout_uninterruptible(1);
	}
	for (int i = 0; i < SLEEPERS; i++) {
		KUNIT_EXPECT_EQ(test, stop(w->sleepers[i].task), 0);
		KUNIT_EXPECT_EQ(test, stop(wakers[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, w->work.done, 0);
}

static struct kunit_case ttwu_test_cases[] = {
	KUNIT_CASE(ttwu_test_wake_list),
	KUNIT_CASE(ttwu_test_set_cpus_allowed),
	KUNIT_CASE(ttwu_test_none_is_lost),
	{ },
};

static struct kunit_suite ttwu_suite = {
	.name = "ttwu",
	.test_cases = ttwu_test_cases,
};
kunit_test_suite(ttwu_suite);
