/*
 * lkdtm, the kernel's dump test module: makes the mistakes that the kernel must survive, or at least tell of.
 *
 * Root writes one of the names below to /sys/kernel/debug/provoke-crash/DIRECT. The names are Linux's.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

static const unsigned long rodata = 0xAA55AA55;
static unsigned int data_area[1] = { 0x00008067 };	/* ret */

static void lkdtm_PANIC(void)
{
	panic("dumptest");
}

static void lkdtm_BUG(void)
{
	BUG();
}

static void lkdtm_WARNING(void)
{
	WARN_ON(true);
}

static void lkdtm_EXCEPTION(void)
{
	*(volatile int *)NULL = 0;
}

/* Down to the end of the stack and a little beyond, and back. */
static noinline unsigned long recurse(unsigned long bottom)
{
	char frame[256];

	memset(frame, 1, sizeof(frame));
	if ((unsigned long)frame > bottom)
		return recurse(bottom) + frame[0];
	return frame[0];
}

static void lkdtm_EXHAUST_STACK(void)
{
	/* A tick must not find the stack at its end before it is over it. */
	local_irq_disable();
	recurse((unsigned long)current->stack);
	local_irq_enable();
}

static noinline void overwrite(char *end)
{
	memset(end, 'a', 64);
}

static void lkdtm_CORRUPT_STACK(void)
{
	char data[8];

	overwrite(data);
}

static void lkdtm_WRITE_RO(void)
{
	*(volatile unsigned long *)&rodata ^= 0xabcd1234;
}

static void lkdtm_WRITE_KERN(void)
{
	*(volatile unsigned int *)lkdtm_PANIC = 0;
}

static void lkdtm_EXEC_DATA(void)
{
	((void (*)(void))data_area)();
}

/* User memory without copy_from_user: the address is one where programs are. */
static void lkdtm_ACCESS_USERSPACE(void)
{
	(void)*(volatile unsigned long *)0x10000UL;
}

static void lkdtm_SOFTLOCKUP(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void lkdtm_HUNG_TASK(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
}

#define CRASHTYPE(name) { #name, lkdtm_##name }
static const struct crashtype {
	const char *name;
	void (*func)(void);
} crashtypes[] = {
	CRASHTYPE(PANIC),
	CRASHTYPE(BUG),
	CRASHTYPE(WARNING),
	CRASHTYPE(EXCEPTION),
	CRASHTYPE(EXHAUST_STACK),
	CRASHTYPE(CORRUPT_STACK),
	CRASHTYPE(WRITE_RO),
	CRASHTYPE(WRITE_KERN),
	CRASHTYPE(EXEC_DATA),
	CRASHTYPE(ACCESS_USERSPACE),
	CRASHTYPE(SOFTLOCKUP),
	CRASHTYPE(HUNG_TASK),
};

static int direct_show(struct kernfs_node *kn, struct seq_file *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(crashtypes); i++)
		seq_printf(m, "%s\n", crashtypes[i].name);
	return 0;
}

static int direct_write(struct kernfs_node *kn, char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(crashtypes); i++) {
		if (strcmp(name, crashtypes[i].name))
			continue;
		pr_info("lkdtm: Performing direct entry %s\n", name);
		crashtypes[i].func();
		return 0;
	}
	return -EINVAL;
}

static const struct kernfs_ops direct_ops = { .show = direct_show, .write = direct_write };

static int __init lkdtm_module_init(void)
{
	struct kernfs_node *kn = kernfs_create_dir(sysfs_root, "kernel", 0755, NULL);

	kn = kernfs_create_dir(kn, "debug", 0700, NULL);
	kn = kernfs_create_dir(kn, "provoke-crash", 0755, NULL);
	return PTR_ERR_OR_ZERO(kernfs_create_file(kn, "DIRECT", 0600, &direct_ops, NULL));
}
device_initcall(lkdtm_module_init);
