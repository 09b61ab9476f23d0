/* request_module: what the kernel lacks it has /sbin/modprobe look for among the modules of the root file system. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/umh.h>

#define MODPROBE "/sbin/modprobe"
#define MAX_MODALIASES 32

static const char *const modprobe_envp[] = { "HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };

static int call_modprobe(const char *const *argv)
{
	int ret = call_usermodehelper(MODPROBE, argv, modprobe_envp, UMH_WAIT_PROC);

	return ret > 0 ? -ENOENT : ret;
}

int request_module(const char *fmt, ...)
{
	char name[MODULE_NAME_LEN + 8];
	const char *const argv[] = { "modprobe", "-q", "--", name, NULL };
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	if (len >= sizeof(name))
		return -ENAMETOOLONG;
	return call_modprobe(argv);
}

/* Keys that a signature of a module would be checked with: this kernel checks none, so the kernel's keyring stays empty. */
noinline void __init integrity_load_keys(void)
{
	barrier();
}

/* Drivers that are not in the kernel: one modprobe for all devices that have none. */
void __init load_default_modules(void)
{
	const char *argv[MAX_MODALIASES + 4] = { "modprobe", "-qa", "--" };
	char (*aliases)[MODALIAS_SIZE] = kmalloc(MAX_MODALIASES * MODALIAS_SIZE, GFP_KERNEL);
	unsigned int count;

	if (!aliases)
		return;
	count = platform_unbound_modaliases(aliases, MAX_MODALIASES);
	for (unsigned int i = 0; i < count; i++)
		argv[3 + i] = aliases[i];
	if (count)
		call_modprobe(argv);
	kfree(aliases);
}
