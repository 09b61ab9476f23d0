/* Initcalls: functions that link themselves into the boot, by level. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <asm/irqflags.h>
#include <asm/sections.h>

#include "init.h"

extern const struct initcall_entry __initcall_start[], __initcall0_start[], __initcall1_start[], __initcall2_start[],
	__initcall3_start[], __initcall4_start[], __initcall5_start[], __initcallrootfs_start[], __initcall6_start[],
	__initcall7_start[], __initcall_end[];

static const struct initcall_entry *const initcall_levels[] __initconst = {
	__initcall0_start, __initcall1_start, __initcall2_start, __initcall3_start, __initcall4_start,
	__initcall5_start, __initcallrootfs_start, __initcall6_start, __initcall7_start, __initcall_end,
};

bool initcall_debug;

static int __init initcall_debug_setup(char *str)
{
	initcall_debug = true;
	return 0;
}
early_param("initcall_debug", initcall_debug_setup);

int __init do_one_initcall(const struct initcall_entry *call)
{
	int count = preempt_count(), ret;
	ktime_t start = ktime_get();

	if (initcall_debug)
		pr_info("calling  %s @ %d\n", call->name, current->pid);
	ret = call->fn();
	if (initcall_debug)
		pr_info("initcall %s returned %d after %ld usecs\n", call->name, ret,
			(ktime_get() - start) / NSEC_PER_USEC);
	if (preempt_count() != count || irqs_disabled()) {
		pr_err("initcall %s returned with preemption imbalance or disabled interrupts\n", call->name);
		*preempt_count_ptr() = count;
		local_irq_enable();
	}
	return ret;
}

static void __init do_range(const struct initcall_entry *call, const struct initcall_entry *end)
{
	for (; call < end; call++)
		do_one_initcall(call);
}

void __init do_pre_smp_initcalls(void)
{
	do_range(__initcall_start, __initcall0_start);
}

static void __init do_initcall_level(int level)
{
	do_range(initcall_levels[level], initcall_levels[level + 1]);
}

void __init do_initcalls(void)
{
	for (unsigned int level = 0; level + 1 < ARRAY_SIZE(initcall_levels); level++)
		do_initcall_level(level);
}

/* Constructors of code that brings any, such as coverage instrumentation. */
void __init do_ctors(void)
{
	for (void (**fn)(void) = (void (**)(void))__ctors_start; fn < (void (**)(void))__ctors_end; fn++)
		(*fn)();
}
