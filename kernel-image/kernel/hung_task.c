/* khungtaskd: tells of tasks that have slept uninterruptibly for long without being switched to. */
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <asm/stacktrace.h>

#define DEFAULT_TIMEOUT 120	/* seconds */
#define LONGEST_SLEEP 10
#define WARNINGS 10

int sysctl_hung_task_timeout_secs = DEFAULT_TIMEOUT;
static int warnings_left = WARNINGS;

static void check_hung_task(struct task_struct *t)
{
	unsigned long switches = t->nvcsw + t->nivcsw;

	if (READ_ONCE(t->__state) != TASK_UNINTERRUPTIBLE || !switches)
		return;
	if (switches != t->last_switch_count) {
		t->last_switch_count = switches;
		t->last_switch_time = jiffies;
		return;
	}
	if (!time_after(jiffies, t->last_switch_time + sysctl_hung_task_timeout_secs * HZ) || !warnings_left)
		return;
	warnings_left--;
	t->last_switch_time = jiffies;
	pr_err("INFO: task %s:%d blocked for more than %d seconds.\n", t->comm, t->pid, sysctl_hung_task_timeout_secs);
	show_stack(t);
}

static void check_all(void)
{
	struct task_struct *p, *t;

	read_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t)
			check_hung_task(t);
	read_unlock(&tasklist_lock);
}

/* The first look at a task notes its switches. It comes soon enough for a limit that has just been set. */
static int khungtaskd(void *unused)
{
	for (;;) {
		int seconds = READ_ONCE(sysctl_hung_task_timeout_secs);

		if (seconds > 0)
			check_all();
		schedule_timeout_interruptible(clamp(seconds, 1, LONGEST_SLEEP) * HZ);
	}
	return 0;
}

static int __init hung_task_init(void)
{
	kthread_run(khungtaskd, NULL, "khungtaskd");
	return 0;
}
subsys_initcall(hung_task_init);
