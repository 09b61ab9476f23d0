/* Kernel settings by name: sysctl.NAME=VALUE on the command line, and files below /proc/sys. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "init.h"

static const struct ctl_table {
	const char *procname;
	int *data;
} kern_table[] = {
	{ "kernel.ctrl-alt-del", &C_A_D },
	{ "kernel.panic", &panic_timeout },
	{ "kernel.printk", &console_loglevel },
	{ "kernel.watchdog_thresh", &watchdog_thresh },
};

/* name as written, with dots or slashes. */
static const struct ctl_table *find_table(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(kern_table); i++) {
		const char *p = kern_table[i].procname;
		size_t n = 0;

		while (n < len && p[n] && (p[n] == name[n] || (p[n] == '.' && name[n] == '/')))
			n++;
		if (n == len && !p[n])
			return &kern_table[i];
	}
	return NULL;
}

static void set_sysctl(const char *arg, size_t len)
{
	const char *equals = strchrnul(arg, '=');
	const struct ctl_table *table;
	char value[16];
	int number;

	if (equals >= arg + len) {
		pr_err("Malformed sysctl parameter '%.*s'\n", (int)len, arg);
		return;
	}
	table = find_table(arg, equals - arg);
	strscpy(value, equals + 1, min(sizeof(value), len - (equals - arg)));
	if (!table)
		pr_err("sysctl: unknown name '%.*s'\n", (int)(equals - arg), arg);
	else if (kstrtoint(value, 0, &number))
		pr_err("sysctl: %s takes a number, not '%s'\n", table->procname, value);
	else
		*table->data = number;
}

noinline void do_sysctl_args(void)
{
	const char *p = saved_command_line;

	while (*p) {
		const char *end = strchrnul(p, ' ');

		if (!strncmp(p, "sysctl.", 7))
			set_sysctl(p + 7, end - p - 7);
		p = *end ? end + 1 : end;
	}
}

static int sysctl_show(struct seq_file *m, void *v)
{
	const struct ctl_table *table = m->private;

	seq_printf(m, "%d\n", *table->data);
	return 0;
}

static int sysctl_write(void *data, char *text)
{
	const struct ctl_table *table = data;

	return kstrtoint(text, 0, table->data);
}

/* /proc/sys/kernel: all that there is begins with "kernel.". */
static int __init proc_sys_init(void)
{
	struct proc_dir_entry *sys = proc_mkdir("sys", NULL);
	struct proc_dir_entry *kernel = sys ? proc_mkdir("kernel", sys) : NULL;

	for (size_t i = 0; kernel && i < ARRAY_SIZE(kern_table); i++) {
		const char *name = strchr(kern_table[i].procname, '.') + 1;
		struct proc_dir_entry *pde =
			proc_create_single_data(name, 0644, kernel, sysctl_show, (void *)&kern_table[i]);

		if (pde)
			pde->write = sysctl_write;
	}
	return 0;
}
fs_initcall(proc_sys_init);
