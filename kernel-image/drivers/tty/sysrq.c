/* /proc/sysrq-trigger: what can still be asked of a system in trouble, by Linux's letters. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <asm/stacktrace.h>

static void sysrq_handle_crash(void)
{
	panic("sysrq triggered crash");
}

static void sysrq_handle_showmem(void)
{
	read_lock(&tasklist_lock);
	show_mem();
	read_unlock(&tasklist_lock);
}

static void show_tasks(bool blocked_only)
{
	struct task_struct *p, *t;

	read_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t) {
			char state = task_state_to_char(t);

			if (blocked_only && state != 'D')
				continue;
			pr_info("task:%-15s state:%c pid:%5d ppid:%5d\n", t->comm, state, t->pid, t->parent->pid);
			if (state != 'R')
				show_stack(t);
		}
	read_unlock(&tasklist_lock);
}

static void sysrq_handle_showstate(void)
{
	show_tasks(false);
}

static void sysrq_handle_showstate_blocked(void)
{
	show_tasks(true);
}

static const struct sysrq_key_op {
	char key;
	void (*handler)(void);
	const char *help_msg;
} sysrq_key_table[] = {
	{ 'b', emergency_restart, "reboot(b)" },
	{ 'c', sysrq_handle_crash, "crash(c)" },
	{ 'm', sysrq_handle_showmem, "show-memory-usage(m)" },
	{ 'o', kernel_power_off, "poweroff(o)" },
	{ 't', sysrq_handle_showstate, "show-task-states(t)" },
	{ 'w', sysrq_handle_showstate_blocked, "show-blocked-tasks(w)" },
};

static int sysrq_trigger_write(void *data, char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysrq_key_table); i++) {
		if (*line != sysrq_key_table[i].key)
			continue;
		pr_info("sysrq: %s\n", sysrq_key_table[i].help_msg);
		sysrq_key_table[i].handler();
		return 0;
	}
	pr_info("sysrq: HELP :");
	for (size_t i = 0; i < ARRAY_SIZE(sysrq_key_table); i++)
		pr_cont(" %s", sysrq_key_table[i].help_msg);
	pr_cont("\n");
	return 0;
}

static int __init sysrq_init(void)
{
	return proc_create_line("sysrq-trigger", 0200, NULL, NULL, sysrq_trigger_write, NULL) ? 0 : -ENOMEM;
}
device_initcall(sysrq_init);
