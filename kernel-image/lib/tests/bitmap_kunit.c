/* Tests of bits in words, bitmaps and CPU masks. */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>

#define BITS 200

static void bitmap_test_set_clear(struct kunit *test)
{
	DECLARE_BITMAP(map, BITS) = { 0 };

	set_bit(0, map);
	set_bit(63, map);
	__set_bit(64, map);
	__set_bit(199, map);
	KUNIT_EXPECT_EQ(test, map[0], 1UL << 63 | 1);
	KUNIT_EXPECT_EQ(test, map[1], 1);
	KUNIT_EXPECT_TRUE(test, test_bit(199, map));
	clear_bit(63, map);
	__clear_bit(64, map);
	KUNIT_EXPECT_FALSE(test, test_bit(63, map));
	KUNIT_EXPECT_FALSE(test, test_bit(64, map));
	KUNIT_EXPECT_TRUE(test, test_bit(0, map));
}

static void bitmap_test_and_set(struct kunit *test)
{
	unsigned long word = 0;

	KUNIT_EXPECT_FALSE(test, test_and_set_bit(40, &word));
	KUNIT_EXPECT_TRUE(test, test_and_set_bit(40, &word));
	KUNIT_EXPECT_EQ(test, word, 1UL << 40);
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(40, &word));
	KUNIT_EXPECT_FALSE(test, test_and_clear_bit(40, &word));
	KUNIT_EXPECT_EQ(test, word, 0);
}

/* Beside a search bit by bit, from every place. */
static void bitmap_test_find_next(struct kunit *test)
{
	DECLARE_BITMAP(map, BITS) = { 0x8000000000000001UL, 0, 0xf0UL, 0x80UL };

	for (unsigned long from = 0; from <= BITS; from++) {
		unsigned long one = from, zero = from;

		while (one < BITS && !test_bit(one, map))
			one++;
		while (zero < BITS && test_bit(zero, map))
			zero++;
		KUNIT_EXPECT_EQ(test, find_next_bit(map, BITS, from), one);
		KUNIT_EXPECT_EQ(test, find_next_zero_bit(map, BITS, from), zero);
	}
}

static void bitmap_test_find_nothing(struct kunit *test)
{
	DECLARE_BITMAP(empty, 100) = { 0, 1UL << 36 };	/* bit 100 is beyond the end */
	DECLARE_BITMAP(full, 100) = { ~0UL, ~(1UL << 36) };

	KUNIT_EXPECT_EQ(test, find_first_bit(empty, 100), 100);
	KUNIT_EXPECT_EQ(test, find_first_zero_bit(full, 100), 100);
}

static void bitmap_test_for_each(struct kunit *test)
{
	DECLARE_BITMAP(map, BITS) = { 0 };
	unsigned long bit, sum = 0;

	for (bit = 3; bit < BITS; bit += 50)
		__set_bit(bit, map);
	for_each_set_bit(bit, map, BITS)
		sum = sum * 1000 + bit;
	KUNIT_EXPECT_EQ(test, sum, 3053103153UL);
}

static void bitmap_test_single_words(struct kunit *test)
{
	for (unsigned int n = 0; n < 64; n++) {
		KUNIT_EXPECT_EQ(test, __ffs(1UL << n), n);
		KUNIT_EXPECT_EQ(test, __ffs(~0UL << n), n);
		KUNIT_EXPECT_EQ(test, fls64(1UL << n), n + 1);
		KUNIT_EXPECT_EQ(test, fls64(~0UL >> (63 - n)), n + 1);
		KUNIT_EXPECT_EQ(test, hweight64(~0UL >> n), 64 - n);
		KUNIT_EXPECT_EQ(test, ilog2(1UL << n), n);
	}
	KUNIT_EXPECT_EQ(test, fls64(0), 0);
	KUNIT_EXPECT_EQ(test, GENMASK(7, 4), 0xf0);
}

static void cpumask_test(struct kunit *test)
{
	cpumask_t mask = CPU_MASK_NONE;
	unsigned int cpu, n = 0;

	KUNIT_EXPECT_TRUE(test, cpumask_empty(&mask));
	cpumask_set_cpu(2, &mask);
	cpumask_set_cpu(5, &mask);
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(5, &mask));
	for_each_cpu(cpu, &mask)
		n = n * 10 + cpu;
	KUNIT_EXPECT_EQ(test, n, 25);
	KUNIT_EXPECT_TRUE(test, cpumask_test_and_clear_cpu(2, &mask));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&mask, cpumask_of(5)));
	cpumask_andnot(&mask, cpu_possible_mask, cpu_online_mask);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&mask) || num_online_cpus() < nr_cpu_ids);
}

static struct kunit_case bitmap_test_cases[] = {
	KUNIT_CASE(bitmap_test_set_clear),
	KUNIT_CASE(bitmap_test_and_set),
	KUNIT_CASE(bitmap_test_find_next),
	KUNIT_CASE(bitmap_test_find_nothing),
	KUNIT_CASE(bitmap_test_for_each),
	KUNIT_CASE(bitmap_test_single_words),
	KUNIT_CASE(cpumask_test),
	{ },
};

static struct kunit_suite bitmap_suite = {
	.name = "bitmap",
	.test_cases = bitmap_test_cases,
};
kunit_test_suite(bitmap_suite);
