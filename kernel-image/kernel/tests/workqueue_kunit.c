/* Tests of work queues: where, when and how often work runs. */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

struct job {
	struct work_struct work;
	struct delayed_work delayed;
	atomic_t runs;
	struct completion begun, may_end;
	unsigned int cpu;
	unsigned long at;
	bool worker;
};

static void note(struct job *job)
{
	job->cpu = smp_processor_id();
	job->at = jiffies;
	job->worker = current->flags & PF_WQ_WORKER;
	atomic_inc(&job->runs);
}

static void job_runs(struct work_struct *work)
{
	note(container_of(work, struct job, work));
}

static void delayed_job_runs(struct work_struct *work)
{
	note(container_of(work, struct job, delayed.work));
}

static void slow_job_runs(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	atomic_inc(&job->runs);
	complete(&job->begun);
	wait_for_completion(&job->may_end);
}

static struct job *new_job(struct kunit *test, work_func_t fn)
{
	struct job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	INIT_WORK(&job->work, fn);
	INIT_DELAYED_WORK(&job->delayed, delayed_job_runs);
	init_completion(&job->begun);
	init_completion(&job->may_end);
	return job;
}

static void workqueue_test_runs(struct kunit *test)
{
	struct job *job = new_job(test, job_runs);

	KUNIT_EXPECT_TRUE(test, schedule_work(&job->work));
	flush_work(&job->work);
	KUNIT_EXPECT_EQ(test, atomic_read(&job->runs), 1);
	KUNIT_EXPECT_TRUE(test, job->worker);
	KUNIT_EXPECT_FALSE(test, flush_work(&job->work));
}

static void workqueue_test_on_each_cpu(struct kunit *test)
{
	int cpu;

	for_each_online_cpu(cpu) {
		struct job *job = new_job(test, job_runs);

		KUNIT_EXPECT_TRUE(test, queue_work_on(cpu, system_wq, &job->work));
		flush_work(&job->work);
		KUNIT_EXPECT_EQ(test, job->cpu, cpu);
	}
}

/* Queued again while it runs it runs once more; queued while it waits it does not. */
static void workqueue_test_requeue(struct kunit *test)
{
	struct job *job = new_job(test, slow_job_runs);

	KUNIT_EXPECT_TRUE(test, schedule_work(&job->work));
	wait_for_completion(&job->begun);
	KUNIT_EXPECT_TRUE(test, schedule_work(&job->work));
	KUNIT_EXPECT_FALSE(test, schedule_work(&job->work));
	complete_all(&job->may_end);
	flush_work(&job->work);
	KUNIT_EXPECT_EQ(test, atomic_read(&job->runs), 2);
}

/* A work that sleeps keeps no other of its CPU waiting. */
static void workqueue_test_concurrency(struct kunit *test)
{
	struct job *slow = new_job(test, slow_job_runs), *quick = new_job(test, job_runs);

	queue_work_on(0, system_wq, &slow->work);
	wait_for_completion(&slow->begun);
	queue_work_on(0, system_wq, &quick->work);
	flush_work(&quick->work);
	KUNIT_EXPECT_EQ(test, atomic_read(&quick->runs), 1);
	complete(&slow->may_end);
	flush_work(&slow->work);
}

static void workqueue_test_delayed(struct kunit *test)
{
	struct job *job = new_job(test, job_runs);
	unsigned long due = jiffies + 3;

	local_irq_disable();	/* it must not begin in between, however late we are */
	KUNIT_EXPECT_TRUE(test, queue_delayed_work(system_wq, &job->delayed, 3));
	KUNIT_EXPECT_FALSE(test, queue_delayed_work(system_wq, &job->delayed, 1));
	local_irq_enable();
	while (!atomic_read(&job->runs) && time_before(jiffies, due + 100 * HZ))
		schedule_timeout_uninterruptible(1);
	flush_work(&job->delayed.work);
	KUNIT_EXPECT_EQ(test, atomic_read(&job->runs), 1);
	KUNIT_EXPECT_GE(test, job->at, due);
}

static void workqueue_test_flush_all(struct kunit *test)
{
	struct job *jobs[16];

	for (int i = 0; i < 16; i++) {
		jobs[i] = new_job(test, job_runs);
		queue_work(system_unbound_wq, &jobs[i]->work);
	}
	flush_workqueue(system_unbound_wq);
	for (int i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&jobs[i]->runs), 1);
}

static struct kunit_case workqueue_test_cases[] = {
	KUNIT_CASE(workqueue_test_runs),
	KUNIT_CASE(workqueue_test_on_each_cpu),
	KUNIT_CASE(workqueue_test_requeue),
	KUNIT_CASE(workqueue_test_concurrency),
	KUNIT_CASE(workqueue_test_delayed),
	KUNIT_CASE(workqueue_test_flush_all),
	{ },
};

static struct kunit_suite workqueue_suite = {
	.name = "workqueue",
	.test_cases = workqueue_test_cases,
};
kunit_test_suite(workqueue_suite);
