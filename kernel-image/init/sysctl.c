/* Kernel settings by name: sysctl.NAME=VALUE on the command line, and files in /proc/sys. */
#include <linux/coredump.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "init.h"

static const struct ctl_table {
	const char *procname;
	int *data;
} kern_table[] = {
	{ "kernel.core_uses_pid", &core_uses_pid },
	{ "kernel.ctrl-alt-del", &C_A_D },
	{ "kernel.panic", &panic_timeout },
	{ "kernel.panic_on_oops", &panic_on_oops },
	{ "kernel.printk", &console_loglevel },
	{ "kernel.watchdog_thresh", &watchdog_thresh },
	{ "kernel.softlockup_panic", &softlockup_panic },
	{ "kernel.hung_task_timeout_secs", &sysctl_hung_task_timeout_secs },
	{ "debug.exception-trace", &show_unhandled_signals },
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
	hung_task_timeout_changed();
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

static int number_show(struct seq_file *m, void *v)
{
	const struct ctl_table *table = m->private;

	seq_printf(m, "%d\n", *table->data);
	return 0;
}

static int number_write(void *data, char *line)
{
	const struct ctl_table *table = data;
	int number;

	if (kstrtoint(line, 0, &number))
		return -EINVAL;
	*table->data = number;
	hung_task_timeout_changed();
	return 0;
}

static int __init proc_sys_init(void)
{
	struct proc_dir_entry *sys = proc_mkdir("sys", NULL), *kernel = proc_mkdir("kernel", sys),
			      *debug = proc_mkdir("debug", sys);

	for (size_t i = 0; i < ARRAY_SIZE(kern_table); i++) {
		const struct ctl_table *table = &kern_table[i];

		proc_create_line(strchr(table->procname, '.') + 1, 0644, *table->procname == 'd' ? debug : kernel,
				 number_show, number_write, (void *)table);
	}
	return 0;
}
fs_initcall(proc_sys_init);
