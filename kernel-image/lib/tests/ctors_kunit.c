/* Tests of do_ctors: what C calls constructors runs once, by priority, in pid 1, before the initcalls. */
#include <kunit/test.h>
#include <linux/sched.h>
#include <linux/string.h>

#define MARK "stack protector, locks and memory work"

/* What each constructor found when it ran. */
static struct {
	int order, pid, runs;
	char text[sizeof(MARK)];
} seen[3];
static int constructors_run;

static void see(int which)
{
	seen[which].order = ++constructors_run;
	seen[which].runs++;
	seen[which].pid = current->pid;
	strscpy(seen[which].text, MARK, sizeof(MARK));
}

static void __attribute__((constructor)) ctor_without_priority(void)
{
	see(2);
}

static void __attribute__((constructor(202))) ctor_second(void)
{
	see(1);
}

static void __attribute__((constructor(201))) ctor_first(void)
{
	see(0);
}

static void ctors_test_each_once(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, constructors_run, 3);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, seen[i].runs, 1);
		KUNIT_EXPECT_EQ(test, seen[i].pid, 1);
		KUNIT_EXPECT_STREQ(test, seen[i].text, MARK);
	}
}

static void ctors_test_priority(struct kunit *test)
{
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, seen[i].order, i + 1);
}

static struct kunit_case ctors_test_cases[] = {
	KUNIT_CASE(ctors_test_each_once),
	KUNIT_CASE(ctors_test_priority),
	{ },
};

static struct kunit_suite ctors_suite = {
	.name = "ctors",
	.test_cases = ctors_test_cases,
};
kunit_test_suite(ctors_suite);
