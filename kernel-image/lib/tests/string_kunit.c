/* Tests of strings and blocks of memory. */
#include <kunit/test.h>
#include <linux/glob.h>
#include <linux/string.h>

#define ROOM 96

/* Every length and alignment, with bytes around that must not change. */
static void string_test_memcpy_memset(struct kunit *test)
{
	unsigned char *from = kunit_kzalloc(test, ROOM, GFP_KERNEL), *to = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	unsigned int wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_ASSERT_NOT_NULL(test, to);
	for (int i = 0; i < ROOM; i++)
		from[i] = i + 1;
	for (int src = 0; src < 8; src++)
		for (int dst = 0; dst < 8; dst++)
			for (int len = 0; len < 40; len++) {
				for (int i = 0; i < ROOM; i++)
					to[i] = 0xee;
				wrong += memcpy(to + dst, from + src, len) != to + dst;
				for (int i = 0; i < ROOM; i++)
					wrong += to[i] != (i >= dst && i < dst + len ? from[src + i - dst] : 0xee);
				memset(to + dst, 7, len);
				for (int i = 0; i < ROOM; i++)
					wrong += to[i] != (i >= dst && i < dst + len ? 7 : 0xee);
			}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void string_test_memmove_overlap(struct kunit *test)
{
	unsigned int wrong = 0;

	for (int by = -20; by <= 20; by++)
		for (int len = 0; len < 40; len++) {
			unsigned char buf[ROOM];

			for (int i = 0; i < ROOM; i++)
				buf[i] = i;
			memmove(buf + 24 + by, buf + 24, len);
			for (int i = 0; i < len; i++)
				wrong += buf[24 + by + i] != 24 + i;
		}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void string_test_compare(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strcmp("abc", "abc"), 0);
	KUNIT_EXPECT_LT(test, strcmp("abc", "abd"), 0);
	KUNIT_EXPECT_GT(test, strcmp("abcd", "abc"), 0);
	KUNIT_EXPECT_GT(test, strcmp("\x80", "\x7f"), 0);
	KUNIT_EXPECT_EQ(test, strncmp("abcx", "abcy", 3), 0);
	KUNIT_EXPECT_NE(test, strncmp("abcx", "abcy", 4), 0);
	KUNIT_EXPECT_EQ(test, strcasecmp("HarT", "hARt"), 0);
	KUNIT_EXPECT_LT(test, memcmp("a\0b", "a\0c", 3), 0);
	KUNIT_EXPECT_EQ(test, memcmp("a", "b", 0), 0);
}

static void string_test_search(struct kunit *test)
{
	const char *s = "a path/to/some";

	KUNIT_EXPECT_PTR_EQ(test, strchr(s, '/'), s + 6);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(s, '/'), s + 9);
	KUNIT_EXPECT_NULL(test, strchr(s, 'z'));
	KUNIT_EXPECT_PTR_EQ(test, strchr(s, 0), s + 14);
	KUNIT_EXPECT_PTR_EQ(test, strchrnul(s, 'z'), s + 14);
	KUNIT_EXPECT_PTR_EQ(test, strstr(s, "to/"), s + 7);
	KUNIT_EXPECT_NULL(test, strstr(s, "toe"));
	KUNIT_EXPECT_PTR_EQ(test, memchr(s, 't', 14), s + 4);
	KUNIT_EXPECT_NULL(test, memchr(s, 't', 4));
	KUNIT_EXPECT_EQ(test, strspn(s, "pa ht"), 6);
	KUNIT_EXPECT_EQ(test, strcspn(s, "/"), 6);
	KUNIT_EXPECT_EQ(test, strnlen(s, 5), 5);
	KUNIT_EXPECT_EQ(test, strnlen(s, 50), 14);
}

static void string_test_strscpy(struct kunit *test)
{
	char buf[8];

	KUNIT_EXPECT_EQ(test, strscpy(buf, "four", sizeof(buf)), 4);
	KUNIT_EXPECT_STREQ(test, buf, "four");
	KUNIT_EXPECT_EQ(test, strscpy(buf, "eightbit", sizeof(buf)), -E2BIG);
	KUNIT_EXPECT_STREQ(test, buf, "eightbi");
	KUNIT_EXPECT_EQ(test, strscpy(buf, "x", 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, strlcpy(buf, "longer than that", sizeof(buf)), 16);
	KUNIT_EXPECT_STREQ(test, buf, "longer ");
}

static void string_test_words(struct kunit *test)
{
	char line[] = "one,,two", blanks[] = "  both ends\t ", *rest = line;

	KUNIT_EXPECT_STREQ(test, strsep(&rest, ","), "one");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ","), "");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ","), "two");
	KUNIT_EXPECT_NULL(test, strsep(&rest, ","));
	KUNIT_EXPECT_STREQ(test, strim(blanks), "both ends");
	KUNIT_EXPECT_STREQ(test, skip_spaces(" \t x"), "x");
}

static void string_test_dup(struct kunit *test)
{
	char *all = kstrdup("hello", GFP_KERNEL), *some = kstrndup("hello", 4, GFP_KERNEL);

	KUNIT_EXPECT_STREQ(test, all, "hello");
	KUNIT_EXPECT_STREQ(test, some, "hell");
	kfree(all);
	kfree(some);
}

static void glob_test(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, glob_match("*", ""));
	KUNIT_EXPECT_TRUE(test, glob_match("li*t", "list"));
	KUNIT_EXPECT_TRUE(test, glob_match("*ab*ab", "abbabcab"));
	KUNIT_EXPECT_TRUE(test, glob_match("l?st", "list"));
	KUNIT_EXPECT_TRUE(test, glob_match("a\\*", "a*"));
	KUNIT_EXPECT_FALSE(test, glob_match("a\\*", "ab"));
	KUNIT_EXPECT_FALSE(test, glob_match("list", "lists"));
	KUNIT_EXPECT_FALSE(test, glob_match("*s", "list"));
	KUNIT_EXPECT_FALSE(test, glob_match("?", ""));
}

static struct kunit_case string_test_cases[] = {
	KUNIT_CASE(string_test_memcpy_memset),
	KUNIT_CASE(string_test_memmove_overlap),
	KUNIT_CASE(string_test_compare),
	KUNIT_CASE(string_test_search),
	KUNIT_CASE(string_test_strscpy),
	KUNIT_CASE(string_test_words),
	KUNIT_CASE(string_test_dup),
	KUNIT_CASE(glob_test),
	{ },
};

static struct kunit_suite string_suite = {
	.name = "string",
	.test_cases = string_test_cases,
};
kunit_test_suite(string_suite);
