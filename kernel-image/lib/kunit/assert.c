/* KUnit: what an expectation that does not hold says, and the end of a case that cannot go on. */
#include <kunit/test.h>
#include <linux/kthread.h>

#define INDENT "    "

void kunit_abort(struct kunit *test)
{
	kthread_complete_and_exit(test->done, 0);
}

static void begin(struct kunit *test, const struct kunit_loc *loc)
{
	test->status = KUNIT_FAILURE;
	pr_info(INDENT "# %s: %s FAILED at %s:%d\n", test->name, loc->fatal ? "ASSERTION" : "EXPECTATION", loc->file,
		loc->line);
}

static void end(struct kunit *test, const struct kunit_loc *loc)
{
	if (loc->fatal)
		kunit_abort(test);
}

void kunit_fail(struct kunit *test, const struct kunit_loc *loc, const char *fmt, ...)
{
	char text[192];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	begin(test, loc);
	pr_info(INDENT "# %s\n", text);
	end(test, loc);
}

void kunit_binary_failed(struct kunit *test, const struct kunit_loc *loc, const char *texts[3], s64 left, s64 right)
{
	begin(test, loc);
	pr_info(INDENT "# Expected %s %s %s, but\n", texts[0], texts[1], texts[2]);
	pr_info(INDENT "#     %s == %ld (0x%lx)\n", texts[0], left, left);
	pr_info(INDENT "#     %s == %ld (0x%lx)\n", texts[2], right, right);
	end(test, loc);
}

void kunit_string_failed(struct kunit *test, const struct kunit_loc *loc, const char *texts[3], const char *left,
			 const char *right)
{
	begin(test, loc);
	pr_info(INDENT "# Expected %s %s %s, but\n", texts[0], texts[1], texts[2]);
	pr_info(INDENT "#     %s == \"%s\"\n", texts[0], left);
	pr_info(INDENT "#     %s == \"%s\"\n", texts[2], right);
	end(test, loc);
}

void kunit_info(struct kunit *test, const char *fmt, ...)
{
	char text[192];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_info(INDENT "# %s: %s\n", test->name, text);
}

void kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(test->status_comment, sizeof(test->status_comment), fmt, args);
	va_end(args);
	test->status = KUNIT_SKIPPED;
}
