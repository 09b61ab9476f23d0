/* Tests of wait queues, completions, mutexes and reader-writer semaphores, with threads that meet at them. */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/wait.h>

#define THREADS 4
#define ROUNDS 200

/* What the threads of one case share. */
struct meeting {
	wait_queue_head_t queue;
	atomic_t arrived, woken;
	bool go;
	struct mutex mutex;
	struct rw_semaphore rwsem;
	int plain, seen_torn;
	long pair[2];
};

static struct meeting *new_meeting(struct kunit *test)
{
	struct meeting *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	init_waitqueue_head(&m->queue);
	mutex_init(&m->mutex);
	init_rwsem(&m->rwsem);
	return m;
}

/* Starts the threads; kthread_stop ends each, and gives what it returns. */
static void start(struct kunit *test, struct task_struct **threads, int (*fn)(void *), struct meeting *m)
{
	for (int i = 0; i < THREADS; i++) {
		threads[i] = kthread_run(fn, m, "kunit/%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, threads[i]);
		get_task_struct(threads[i]);
	}
}

static int finish(struct task_struct **threads)
{
	int sum = 0;

	for (int i = 0; i < THREADS; i++) {
		sum += kthread_stop(threads[i]);
		put_task_struct(threads[i]);
	}
	return sum;
}

/* A thread that is stopped before it has begun never does. */
static void begin(struct meeting *m)
{
	atomic_inc(&m->arrived);
}

static void wait_until(struct kunit *test, const atomic_t *v, int value)
{
	for (int i = 0; i < 10000 && atomic_read(v) < value; i++)
		schedule_timeout_uninterruptible(1);
	KUNIT_ASSERT_EQ(test, atomic_read(v), value);
}

static void stay_until_stopped(void)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int waits_for_go(void *data)
{
	struct meeting *m = data;

	begin(m);
	wait_event(m->queue, READ_ONCE(m->go));
	atomic_inc(&m->woken);
	stay_until_stopped();
	return 1;
}

static void wait_test_wake_all(struct kunit *test)
{
	struct meeting *m = new_meeting(test);
	struct task_struct *threads[THREADS];

	start(test, threads, waits_for_go, m);
	wait_until(test, &m->arrived, THREADS);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->woken), 0);
	wake_up_all(&m->queue);			/* in vain: the condition does not hold */
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->woken), 0);
	WRITE_ONCE(m->go, true);
	wake_up_all(&m->queue);
	wait_until(test, &m->woken, THREADS);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&m->queue));
	KUNIT_EXPECT_EQ(test, finish(threads), THREADS);
}

static int waits_exclusively(void *data)
{
	struct meeting *m = data;
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&m->queue, &wait, TASK_UNINTERRUPTIBLE);
	begin(m);
	schedule();
	finish_wait(&m->queue, &wait);
	atomic_inc(&m->woken);
	stay_until_stopped();
	return 1;
}

static void wait_test_exclusive(struct kunit *test)
{
	struct meeting *m = new_meeting(test);
	struct task_struct *threads[THREADS];

	start(test, threads, waits_exclusively, m);
	wait_until(test, &m->arrived, THREADS);
	for (int i = 1; i <= THREADS; i++) {
		wake_up(&m->queue);
		wait_until(test, &m->woken, i);
		schedule_timeout_uninterruptible(2);
		KUNIT_EXPECT_EQ(test, atomic_read(&m->woken), i);
	}
	KUNIT_EXPECT_EQ(test, finish(threads), THREADS);
}

static void wait_test_timeout(struct kunit *test)
{
	struct meeting *m = new_meeting(test);
	unsigned long before = jiffies;

	KUNIT_EXPECT_EQ(test, wait_event_timeout(m->queue, m->go, 4), 0);
	KUNIT_EXPECT_GE(test, jiffies - before, 4);
	m->go = true;
	KUNIT_EXPECT_EQ(test, wait_event_timeout(m->queue, m->go, 4), 4);
}

static void completion_test(struct kunit *test)
{
	struct completion done;

	init_completion(&done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&done, 1), 0);
	complete(&done);
	complete(&done);
	wait_for_completion(&done);
	wait_for_completion(&done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&done, 1), 0);
	complete_all(&done);
	wait_for_completion(&done);
	wait_for_completion(&done);
	reinit_completion(&done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&done, 1), 0);
}

static int counts_under_mutex(void *data)
{
	struct meeting *m = data;

	begin(m);
	for (int i = 0; i < ROUNDS; i++) {
		int seen;

		mutex_lock(&m->mutex);
		seen = READ_ONCE(m->plain);
		if (i % 16 == 0)
			cond_resched();
		WRITE_ONCE(m->plain, seen + 1);
		mutex_unlock(&m->mutex);
	}
	stay_until_stopped();
	return ROUNDS;
}

static void mutex_test(struct kunit *test)
{
	struct meeting *m = new_meeting(test);
	struct task_struct *threads[THREADS];

	start(test, threads, counts_under_mutex, m);
	wait_until(test, &m->arrived, THREADS);
	KUNIT_EXPECT_EQ(test, finish(threads), m->plain);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&m->mutex), 1);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&m->mutex), 0);
	mutex_unlock(&m->mutex);
}

/* Writers keep both halves equal; a reader that sees them differ was let in beside one. */
static int reads_and_writes(void *data)
{
	struct meeting *m = data;

	begin(m);
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 4 == 0) {
			down_write(&m->rwsem);
			m->pair[0]++;
			cond_resched();
			m->pair[1]++;
			up_write(&m->rwsem);
		} else {
			down_read(&m->rwsem);
			if (READ_ONCE(m->pair[0]) != READ_ONCE(m->pair[1]))
				WRITE_ONCE(m->seen_torn, 1);
			up_read(&m->rwsem);
		}
	}
	stay_until_stopped();
	return 0;
}

static void rwsem_test(struct kunit *test)
{
	struct meeting *m = new_meeting(test);
	struct task_struct *threads[THREADS];

	start(test, threads, reads_and_writes, m);
	wait_until(test, &m->arrived, THREADS);
	finish(threads);
	KUNIT_EXPECT_EQ(test, m->pair[0], m->pair[1]);
	KUNIT_EXPECT_EQ(test, m->pair[0], THREADS * ROUNDS / 4);
	KUNIT_EXPECT_EQ(test, m->seen_torn, 0);
	KUNIT_EXPECT_TRUE(test, down_read_trylock(&m->rwsem));
	up_read(&m->rwsem);
	down_write(&m->rwsem);
	KUNIT_EXPECT_FALSE(test, down_read_trylock(&m->rwsem));
	up_write(&m->rwsem);
}

static struct kunit_case wait_test_cases[] = {
	KUNIT_CASE(wait_test_wake_all),
	KUNIT_CASE(wait_test_exclusive),
	KUNIT_CASE(wait_test_timeout),
	KUNIT_CASE(completion_test),
	KUNIT_CASE(mutex_test),
	KUNIT_CASE(rwsem_test),
	{ },
};

static struct kunit_suite wait_suite = {
	.name = "wait",
	.test_cases = wait_test_cases,
};
kunit_test_suite(wait_suite);
