/* KUnit: tests that run inside the kernel, at boot or when a module brings them, and tell their results in KTAP. */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

enum kunit_status { KUNIT_SUCCESS, KUNIT_FAILURE, KUNIT_SKIPPED };

/* What a running case is given. */
struct kunit {
	void *priv;			/* the suite's own: its init may set it */
	const char *name;		/* of the case */
	enum kunit_status status;
	char status_comment[64];	/* why it was skipped */
	struct completion *done;	/* of the thread that it runs in */
	struct list_head resources;	/* kunit_kzalloc */
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

#define KUNIT_CASE(test_name) { .run_case = test_name, .name = #test_name }

struct kunit_suite {
	const char *name;
	int (*suite_init)(struct kunit_suite *suite);	/* once; an error fails the suite */
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);		/* around each case */
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;			/* an empty one ends */
};

/* Suites of the kernel run in kunit_run_all_tests, those of a module when it is loaded. */
#define kunit_test_suites(suites...)						\
	static struct kunit_suite *__kunit_suites[] __used			\
	__section(".kunit_test_suites") = { suites }
#define kunit_test_suite(suite) kunit_test_suites(&suite)

void kunit_run_all_tests(void);
/* Tells them as one KTAP document. Returns how many suites failed. */
unsigned int kunit_run_suites(struct kunit_suite *const *suites, size_t count);

/* Zeroed memory that is freed when the case has ended; NULL if there is none. */
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);

__printf(2, 3) void kunit_info(struct kunit *test, const char *fmt, ...);
/* Ends the case; it counts neither as passed nor as failed. */
__printf(2, 3) void kunit_mark_skipped(struct kunit *test, const char *fmt, ...);
void kunit_abort(struct kunit *test) __noreturn;
#define kunit_skip(test, fmt, ...) do {						\
	kunit_mark_skipped(test, fmt, ##__VA_ARGS__);				\
	kunit_abort(test);							\
} while (0)

/* Where an expectation stands, and whether the case can go on without it. */
struct kunit_loc {
	const char *file;
	int line;
	bool fatal;
};

#define __KUNIT_LOC(is_fatal) (&(const struct kunit_loc){ __FILE__, __LINE__, is_fatal })

__printf(3, 4) void kunit_fail(struct kunit *test, const struct kunit_loc *loc, const char *fmt, ...);
void kunit_binary_failed(struct kunit *test, const struct kunit_loc *loc, const char *texts[3], s64 left, s64 right);
void kunit_string_failed(struct kunit *test, const struct kunit_loc *loc, const char *texts[3], const char *left,
			 const char *right);

#define __KUNIT_UNARY(test, fatal, condition, want) do {			\
	if (unlikely((!!(condition)) != (want)))					\
		kunit_fail(test, __KUNIT_LOC(fatal), "Expected %s to be %s", #condition, \
			   (want) ? "true, but is false" : "false, but is true"); \
} while (0)

#define __KUNIT_BINARY(test, fatal, left, op, right) do {			\
	__auto_type __left = (left);						\
	__auto_type __right = (right);						\
	if (unlikely(!(__left op __right)))					\
		kunit_binary_failed(test, __KUNIT_LOC(fatal),			\
				    (const char *[]){ #left, #op, #right }, (s64)__left, (s64)__right); \
} while (0)

#define __KUNIT_STRING(test, fatal, left, op, right) do {			\
	const char *__left = (left), *__right = (right);			\
	if (unlikely(!__left || !__right || !(strcmp(__left, __right) op 0)))	\
		kunit_string_failed(test, __KUNIT_LOC(fatal),			\
				    (const char *[]){ #left, #op, #right }, __left, __right); \
} while (0)

#define __KUNIT_NOT_ERR(test, fatal, ptr) do {					\
	const void *__ptr = (ptr);						\
	if (unlikely(IS_ERR_OR_NULL(__ptr)))					\
		kunit_fail(test, __KUNIT_LOC(fatal), "Expected %s to be a pointer, but it is %ld", #ptr, PTR_ERR(__ptr)); \
} while (0)

#define KUNIT_FAIL(test, fmt, ...) kunit_fail(test, __KUNIT_LOC(false), fmt, ##__VA_ARGS__)

/* EXPECT: the case has failed and goes on. */
#define KUNIT_EXPECT_TRUE(test, c) __KUNIT_UNARY(test, false, c, 1)
#define KUNIT_EXPECT_FALSE(test, c) __KUNIT_UNARY(test, false, c, 0)
#define KUNIT_EXPECT_EQ(test, l, r) __KUNIT_BINARY(test, false, l, ==, r)
#define KUNIT_EXPECT_NE(test, l, r) __KUNIT_BINARY(test, false, l, !=, r)
#define KUNIT_EXPECT_LT(test, l, r) __KUNIT_BINARY(test, false, l, <, r)
#define KUNIT_EXPECT_LE(test, l, r) __KUNIT_BINARY(test, false, l, <=, r)
#define KUNIT_EXPECT_GT(test, l, r) __KUNIT_BINARY(test, false, l, >, r)
#define KUNIT_EXPECT_GE(test, l, r) __KUNIT_BINARY(test, false, l, >=, r)
#define KUNIT_EXPECT_PTR_EQ(test, l, r) __KUNIT_BINARY(test, false, (const void *)(l), ==, (const void *)(r))
#define KUNIT_EXPECT_PTR_NE(test, l, r) __KUNIT_BINARY(test, false, (const void *)(l), !=, (const void *)(r))
#define KUNIT_EXPECT_NULL(test, p) KUNIT_EXPECT_PTR_EQ(test, p, NULL)
#define KUNIT_EXPECT_STREQ(test, l, r) __KUNIT_STRING(test, false, l, ==, r)
#define KUNIT_EXPECT_STRNEQ(test, l, r) __KUNIT_STRING(test, false, l, !=, r)

/* ASSERT: the case ends here. */
#define KUNIT_ASSERT_TRUE(test, c) __KUNIT_UNARY(test, true, c, 1)
#define KUNIT_ASSERT_EQ(test, l, r) __KUNIT_BINARY(test, true, l, ==, r)
#define KUNIT_ASSERT_LT(test, l, r) __KUNIT_BINARY(test, true, l, <, r)
#define KUNIT_ASSERT_NOT_NULL(test, p) __KUNIT_BINARY(test, true, (const void *)(p), !=, (const void *)NULL)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p) __KUNIT_NOT_ERR(test, true, p)

#endif
