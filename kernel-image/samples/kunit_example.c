/*
 * A suite to begin one's own with, and the proof that KUnit tells failures: with fail=1 it has every kind.
 *
 *   insmod kunit_example.ko [fail=1] [note=TEXT]
 */
#include <kunit/test.h>
#include <linux/module.h>

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "include the cases that fail");

static int rounds = 3;
module_param(rounds, int, 0644);
MODULE_PARM_DESC(rounds, "how often to count");

static char *note = "none";
module_param(note, charp, 0444);

static int example_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, 64, GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void example_passes(struct kunit *test)
{
	int sum = 0;

	for (int i = 1; i <= rounds; i++)
		sum += i;
	KUNIT_EXPECT_EQ(test, sum, rounds * (rounds + 1) / 2);
	kunit_info(test, "the note says %s", note);
}

static void example_skips(struct kunit *test)
{
	kunit_skip(test, "to show how");
	KUNIT_FAIL(test, "nothing behind kunit_skip runs");
}

static void only_if_failing(struct kunit *test)
{
	if (!fail)
		kunit_skip(test, "fail=0");
}

static void example_fails(struct kunit *test)
{
	only_if_failing(test);
	KUNIT_EXPECT_EQ(test, 2 + 2, 5);
	KUNIT_EXPECT_STREQ(test, "one", "other");
	kunit_info(test, "it went on");
}

static void example_asserts(struct kunit *test)
{
	only_if_failing(test);
	KUNIT_ASSERT_TRUE(test, rounds < 0);
	kunit_info(test, "this is not said");
}

static noinline void write_nowhere(volatile int *p)
{
	*p = 1;
}

static void example_oopses(struct kunit *test)
{
	only_if_failing(test);
	write_nowhere((volatile int *)8);
	kunit_info(test, "this is not said");
}

static struct kunit_case example_cases[] = {
	KUNIT_CASE(example_passes),
	KUNIT_CASE(example_skips),
	KUNIT_CASE(example_fails),
	KUNIT_CASE(example_asserts),
	KUNIT_CASE(example_oopses),
	{ },
};

static struct kunit_suite example_suite = {
	.name = "example",
	.init = example_init,
	.test_cases = example_cases,
};
kunit_test_suite(example_suite);

static void __exit kunit_example_exit(void)
{
}
module_exit(kunit_example_exit);

MODULE_DESCRIPTION("A suite to begin one's own with");
MODULE_LICENSE("MIT");
