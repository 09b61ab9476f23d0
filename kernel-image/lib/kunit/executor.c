/* KUnit: the suites of the kernel itself, which run at boot when the command line asks. */
#include <kunit/test.h>
#include <linux/glob.h>
#include <linux/init.h>
#include <linux/reboot.h>

extern struct kunit_suite *const __kunit_suites_start[], *const __kunit_suites_end[];

#define MAX_SUITES 64

bool kunit_enabled;
static char *filter_glob __initdata = "*";
static char *shutdown __initdata = "";

static int __init kunit_enable_setup(char *str)
{
	kunit_enabled = *str == '1' || *str == 'y' || *str == 'Y';
	return 1;
}
__setup("kunit.enable=", kunit_enable_setup);

static int __init kunit_filter_setup(char *str)
{
	filter_glob = str;
	return 1;
}
__setup("kunit.filter_glob=", kunit_filter_setup);

static int __init kunit_shutdown_setup(char *str)
{
	shutdown = str;
	return 1;
}
__setup("kunit_shutdown=", kunit_shutdown_setup);

static void __init handle_shutdown(void)
{
	if (!strcmp(shutdown, "poweroff"))
		kernel_power_off();
	else if (!strcmp(shutdown, "reboot"))
		kernel_restart(NULL);
}

void __init kunit_run_all_tests(void)
{
	static struct kunit_suite *wanted[MAX_SUITES] __initdata;
	size_t count = 0;

	if (!kunit_enabled)
		return;
	for (struct kunit_suite *const *s = __kunit_suites_start; s < __kunit_suites_end && count < MAX_SUITES; s++)
		if (glob_match(filter_glob, (*s)->name))
			wanted[count++] = *s;
	kunit_run_suites(wanted, count);
	handle_shutdown();
}
