/* khungtaskd: tells of tasks that have slept uninterruptibly for long without being switched to. */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <asm/stacktrace.h>

#define LONGEST_SLEEP 10
#define WARNINGS 10

int sysctl_hung_task_timeout_secs;
static struct task_struct *watchdog_task;
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
		/* Off, it costs an idle machine nothing. */
		schedule_timeout_interruptible(seconds > 0 ? min(seconds, LONGEST_SLEEP) * HZ : MAX_SCHEDULE_TIMEOUT);
	}
	return 0;
}

void hung_task_timeout_changed(void)
{
	if (watchdog_task)
		wake_up_process(watchdog_task);
}

static int __init hung_task_init(void)
{
	struct task_struct *task = kthread_run(khungtaskd, NULL, "khungtaskd");

	if (!IS_ERR(task))
		watchdog_task = task;
	return 0;
}
subsys_initcall(hung_task_init);
