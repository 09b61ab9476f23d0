/*
 * KUnit: runs suites and tells the results in KTAP, version 1.
 *
 * Each case runs in a thread of its own, so that an assertion can end it
 * wherever it stands, and an oops or an endless wait costs that case alone.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#define INDENT "    "
#define TIMEOUT (60 * HZ)
#define POLL (HZ / 10)

struct kunit_allocation {
	struct list_head node;
	char data[];
};

/* Of one case, shared with the thread that runs it. */
struct kunit_run {
	struct kunit test;
	const struct kunit_suite *suite;
	const struct kunit_case *test_case;
	struct completion done;
	bool hangs;		/* the thread never came back, and may still use this */
};

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	struct kunit_allocation *mem = kzalloc(sizeof(*mem) + size, gfp);

	if (!mem)
		return NULL;
	list_add(&mem->node, &test->resources);
	return mem->data;
}

static void free_resources(struct kunit *test)
{
	struct kunit_allocation *mem, *next;

	list_for_each_entry_safe(mem, next, &test->resources, node)
		kfree(mem);
}

static int run_case(void *data)
{
	struct kunit_run *run = data;
	struct kunit *test = &run->test;
	int err = run->suite->init ? run->suite->init(test) : 0;

	if (err)
		KUNIT_FAIL(test, "failed to initialize: %d", err);
	else
		run->test_case->run_case(test);
	kthread_complete_and_exit(&run->done, 0);
}

/* Whether the thread has come to its end. */
static bool wait_for_case(struct kunit_run *run, struct task_struct *thread)
{
	for (long waited = 0; waited < TIMEOUT; waited += POLL) {
		if (wait_for_completion_timeout(&run->done, POLL))
			return true;
		if (READ_ONCE(thread->exit_state) && !READ_ONCE(run->done.done)) {
			KUNIT_FAIL(&run->test, "its thread has died");
			return true;
		}
	}
	KUNIT_FAIL(&run->test, "it has not ended after %d s", TIMEOUT / HZ);
	return false;
}

static void try_case(struct kunit_run *run)
{
	struct task_struct *thread = kthread_create(run_case, run, "kunit_try_catch");

	if (IS_ERR(thread)) {
		KUNIT_FAIL(&run->test, "no thread to run in: %ld", PTR_ERR(thread));
		return;
	}
	get_task_struct(thread);
	wake_up_process(thread);
	run->hangs = !wait_for_case(run, thread);
	put_task_struct(thread);
	if (run->hangs)
		return;
	if (run->suite->exit)
		run->suite->exit(&run->test);
	free_resources(&run->test);
}

static void tell(const struct kunit_case *test_case, unsigned int number, const struct kunit *test)
{
	switch (test ? test->status : KUNIT_FAILURE) {
	case KUNIT_SUCCESS:
		pr_info(INDENT "ok %u %s\n", number, test_case->name);
		break;
	case KUNIT_FAILURE:
		pr_info(INDENT "not ok %u %s\n", number, test_case->name);
		break;
	case KUNIT_SKIPPED:
		pr_info(INDENT "ok %u %s # SKIP %s\n", number, test_case->name, test->status_comment);
		break;
	}
}

static enum kunit_status run_test_case(const struct kunit_suite *suite, const struct kunit_case *test_case,
				       unsigned int number)
{
	struct kunit_run *run = kzalloc(sizeof(*run), GFP_KERNEL);
	enum kunit_status status = KUNIT_FAILURE;

	if (!run) {
		tell(test_case, number, NULL);
		return status;
	}
	run->test.name = test_case->name;
	run->test.done = &run->done;
	run->suite = suite;
	run->test_case = test_case;
	init_completion(&run->done);
	INIT_LIST_HEAD(&run->test.resources);
	try_case(run);
	tell(test_case, number, &run->test);
	status = run->test.status;
	if (!run->hangs)
		kfree(run);
	return status;
}

static unsigned int number_of_cases(const struct kunit_suite *suite)
{
	unsigned int n = 0;

	while (suite->test_cases[n].run_case)
		n++;
	return n;
}

static bool run_suite(struct kunit_suite *suite, unsigned int number)
{
	unsigned int cases = number_of_cases(suite), of[KUNIT_SKIPPED + 1] = { 0 };
	int err = suite->suite_init ? suite->suite_init(suite) : 0;

	pr_info(INDENT "KTAP version 1\n");
	pr_info(INDENT "# Subtest: %s\n", suite->name);
	pr_info(INDENT "1..%u\n", cases);
	if (err)
		pr_info(INDENT "# failed to initialize (%d)\n", err);
	for (unsigned int i = 0; !err && i < cases; i++)
		of[run_test_case(suite, &suite->test_cases[i], i + 1)]++;
	if (!err && suite->suite_exit)
		suite->suite_exit(suite);
	pr_info("# %s: pass:%u fail:%u skip:%u total:%u\n", suite->name, of[KUNIT_SUCCESS], of[KUNIT_FAILURE],
		of[KUNIT_SKIPPED], cases);
	pr_info("%s %u %s\n", err || of[KUNIT_FAILURE] ? "not ok" : "ok", number, suite->name);
	return !err && !of[KUNIT_FAILURE];
}

unsigned int kunit_run_suites(struct kunit_suite *const *suites, size_t count)
{
	unsigned int failed = 0;

	pr_info("KTAP version 1\n");
	pr_info("1..%lu\n", count);
	for (size_t i = 0; i < count; i++)
		failed += !run_suite(suites[i], i + 1);
	return failed;
}
