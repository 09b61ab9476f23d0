/* Tests of formatting text, and of numbers read from it. */
#include <kunit/test.h>
#include <linux/kernel.h>

static void expect(struct kunit *test, const char *expected, int printed, const char *got)
{
	KUNIT_EXPECT_STREQ(test, got, expected);
	KUNIT_EXPECT_EQ(test, printed, strlen(expected));
}

#define EXPECT(expected, fmt, ...) do {						\
	char _buf[80];								\
	int _n = snprintf(_buf, sizeof(_buf), fmt, ##__VA_ARGS__);		\
	expect(test, expected, _n, _buf);					\
} while (0)

static void printf_test_integers(struct kunit *test)
{
	EXPECT("0|-1|2147483647", "%d|%d|%d", 0, -1, INT_MAX);
	EXPECT("-2147483648|4294967295", "%i|%u", INT_MIN, UINT_MAX);
	EXPECT("-9223372036854775808", "%ld", LONG_MAX + 1UL);
	EXPECT("18446744073709551615", "%lu", ULONG_MAX);
	EXPECT("ff|FF|377", "%x|%X|%o", 255, 255, 255);
	EXPECT("-1|255|-1|65535", "%hhd|%hhu|%hd|%hu", 255, 255, 65535, 65535);
	EXPECT("12345678901", "%zu", (size_t)12345678901);
}

static void printf_test_flags(struct kunit *test)
{
	EXPECT("   42|42   |00042", "%5d|%-5d|%05d", 42, 42, 42);
	EXPECT("+42| 42|-42", "%+d|% d|%+d", 42, 42, -42);
	EXPECT("0x2a|0X2A|052", "%#x|%#X|%#o", 42, 42, 42);
	EXPECT("  -42|-0042", "%5d|%05d", -42, -42);
	EXPECT("   007", "%6.3d", 7);
	EXPECT("  7|7  ", "%*d|%*d", 3, 7, -3, 7);
}

static void printf_test_strings(struct kunit *test)
{
	const char *volatile nothing = NULL;

	EXPECT("abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc", "abc");
	EXPECT("a|b", "%.*s|%c", 1, "abc", 'b');
	EXPECT("100%", "%d%%", 100);
	EXPECT("(null)", "%s", nothing);
}

static void printf_test_pointers(struct kunit *test)
{
	char buf[64];

	EXPECT("00000000deadbeef", "%p", (void *)0xdeadbeefUL);
	snprintf(buf, sizeof(buf), "%pS", (void *)((unsigned long)panic + 2));
	KUNIT_EXPECT_EQ(test, strncmp(buf, "panic+0x2/0x", 12), 0);
}

static void printf_test_truncation(struct kunit *test)
{
	char buf[8] = "unhurt!";

	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "%s", "abcdef"), 6);
	KUNIT_EXPECT_STREQ(test, buf, "abc");
	KUNIT_EXPECT_STREQ(test, buf + 4, "rt!");
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 4, "%s", "abcdef"), 3);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 0, "x"), 0);
	KUNIT_EXPECT_EQ(test, snprintf(NULL, 0, "%d", 12345), 5);
}

static struct kunit_case printf_test_cases[] = {
	KUNIT_CASE(printf_test_integers),
	KUNIT_CASE(printf_test_flags),
	KUNIT_CASE(printf_test_strings),
	KUNIT_CASE(printf_test_pointers),
	KUNIT_CASE(printf_test_truncation),
	{ },
};

static struct kunit_suite printf_suite = {
	.name = "printf",
	.test_cases = printf_test_cases,
};

static void kstrtox_test_unsigned(struct kunit *test)
{
	unsigned long v = 99;
	unsigned int u;

	KUNIT_EXPECT_EQ(test, kstrtoul("18446744073709551615", 10, &v), 0);
	KUNIT_EXPECT_EQ(test, v, ULONG_MAX);
	KUNIT_EXPECT_EQ(test, kstrtoul("18446744073709551616", 10, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoul("0xfffffffffffffffff", 0, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoul("+7\n", 10, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 7);
	KUNIT_EXPECT_EQ(test, kstrtoul("-7", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, kstrtouint("4294967295", 10, &u), 0);
	KUNIT_EXPECT_EQ(test, kstrtouint("4294967296", 10, &u), -ERANGE);
}

static void kstrtox_test_signed(struct kunit *test)
{
	long v;
	int i;

	KUNIT_EXPECT_EQ(test, kstrtol("-9223372036854775808", 10, &v), 0);
	KUNIT_EXPECT_EQ(test, v, LONG_MAX + 1UL);
	KUNIT_EXPECT_EQ(test, kstrtol("-9223372036854775809", 10, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoint("-2147483648", 10, &i), 0);
	KUNIT_EXPECT_EQ(test, i, INT_MIN);
	KUNIT_EXPECT_EQ(test, kstrtoint("2147483648", 10, &i), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoint("--1", 10, &i), -EINVAL);
}

static void kstrtox_test_bases(struct kunit *test)
{
	unsigned long v;

	KUNIT_EXPECT_EQ(test, kstrtoul("0x1F", 0, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 31);
	KUNIT_EXPECT_EQ(test, kstrtoul("017", 0, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 15);
	KUNIT_EXPECT_EQ(test, kstrtoul("1f", 16, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 31);
	KUNIT_EXPECT_EQ(test, kstrtoul("08", 0, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, kstrtoul("0x", 0, &v), -EINVAL);
}

static void kstrtox_test_rubbish(struct kunit *test)
{
	static const char *const texts[] = { "", "\n", " 1", "1 ", "1\n\n", "x", "+", "-", "+-1", "1-" };
	long v = 5;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		KUNIT_EXPECT_EQ(test, kstrtol(texts[i], 0, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, v, 5);
}

static void kstrtox_test_bool(struct kunit *test)
{
	bool b;

	KUNIT_EXPECT_EQ(test, kstrtobool("Y", &b), 0);
	KUNIT_EXPECT_TRUE(test, b);
	KUNIT_EXPECT_EQ(test, kstrtobool("0", &b), 0);
	KUNIT_EXPECT_FALSE(test, b);
	KUNIT_EXPECT_EQ(test, kstrtobool("on", &b), 0);
	KUNIT_EXPECT_TRUE(test, b);
	KUNIT_EXPECT_EQ(test, kstrtobool("off", &b), 0);
	KUNIT_EXPECT_FALSE(test, b);
	KUNIT_EXPECT_EQ(test, kstrtobool("", &b), -EINVAL);
	KUNIT_EXPECT_EQ(test, kstrtobool("ox", &b), -EINVAL);
}

static struct kunit_case kstrtox_test_cases[] = {
	KUNIT_CASE(kstrtox_test_unsigned),
	KUNIT_CASE(kstrtox_test_signed),
	KUNIT_CASE(kstrtox_test_bases),
	KUNIT_CASE(kstrtox_test_rubbish),
	KUNIT_CASE(kstrtox_test_bool),
	{ },
};

static struct kunit_suite kstrtox_suite = {
	.name = "kstrtox",
	.test_cases = kstrtox_test_cases,
};
kunit_test_suites(&printf_suite, &kstrtox_suite);
