/*
 * RCU for tasks: a grace period is over when every task that was running, or
 * waiting to run, has since given up its CPU of its own will or been in user
 * mode. Then nobody can still be preempted in the middle of code that was to
 * be taken away: this is what the unloading of modules waits for.
 *
 * rcu_tasks_kthread notes those tasks, with their counts of voluntary
 * switches, and looks at them again every jiffy until none is left.
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/timer.h>
#include <linux/wait.h>

static struct rcu_head *callbacks, **callbacks_tail = &callbacks;
static DEFINE_SPINLOCK(cbs_lock);
static DECLARE_WAIT_QUEUE_HEAD(cbs_wq);
static bool rcu_tasks_self_test_done;

void call_rcu_tasks(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;

	head->func = func;
	head->next = NULL;
	spin_lock_irqsave(&cbs_lock, flags);
	*callbacks_tail = head;
	callbacks_tail = &head->next;
	spin_unlock_irqrestore(&cbs_lock, flags);
	wake_up(&cbs_wq);
}

struct rcu_tasks_synchronize {
	struct rcu_head head;
	struct completion completion;
};

static void wakeme_after_rcu_tasks(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_tasks_synchronize, head)->completion);
}

void synchronize_rcu_tasks(void)
{
	struct rcu_tasks_synchronize rcu;

	init_completion(&rcu.completion);
	call_rcu_tasks(&rcu.head, wakeme_after_rcu_tasks);
	wait_for_completion(&rcu.completion);
}

/* Held, so that it can be looked at again even if it ends. */
static void note_holdouts(struct list_head *holdouts)
{
	struct task_struct *g, *t;

	read_lock(&tasklist_lock);
	for_each_process(g) {
		for_each_thread(g, t) {
			if (t == current || !READ_ONCE(t->on_rq))
				continue;
			get_task_struct(t);
			t->rcu_tasks_nvcsw = READ_ONCE(t->nvcsw);
			WRITE_ONCE(t->rcu_tasks_holdout, true);
			list_add(&t->rcu_tasks_holdout_list, holdouts);
		}
	}
	read_unlock(&tasklist_lock);
}

static void check_holdouts(struct list_head *holdouts)
{
	struct task_struct *t, *next;

	list_for_each_entry_safe(t, next, holdouts, rcu_tasks_holdout_list) {
		if (READ_ONCE(t->rcu_tasks_holdout) && READ_ONCE(t->on_rq) && READ_ONCE(t->nvcsw) == t->rcu_tasks_nvcsw)
			continue;
		WRITE_ONCE(t->rcu_tasks_holdout, false);
		list_del(&t->rcu_tasks_holdout_list);
		put_task_struct(t);
	}
}

static int rcu_tasks_kthread(void *unused)
{
	for (;;) {
		struct rcu_head *head, *next;
		LIST_HEAD(holdouts);

		wait_event(cbs_wq, READ_ONCE(callbacks));
		spin_lock_irq(&cbs_lock);
		head = callbacks;
		callbacks = NULL;
		callbacks_tail = &callbacks;
		spin_unlock_irq(&cbs_lock);

		synchronize_rcu();	/* a task that is being switched is seen on its queue, or has switched */
		note_holdouts(&holdouts);
		while (!list_empty(&holdouts)) {
			schedule_timeout_uninterruptible(1);
			check_holdouts(&holdouts);
		}
		synchronize_rcu();
		for (; head; head = next) {
			next = head->next;
			head->func(head);
		}
	}
	return 0;
}

static void test_callback(struct rcu_head *head)
{
	WRITE_ONCE(rcu_tasks_self_test_done, true);
}

static void verify_self_test(struct timer_list *timer)
{
	if (!READ_ONCE(rcu_tasks_self_test_done))
		pr_err("call_rcu_tasks() has failed boot-time tests.\n");
}

/* The thread, and a first callback, which is long overdue when the timer fires, also where a CPU is kept waiting. */
void __init rcu_init_tasks_generic(void)
{
	static struct rcu_head test;
	static struct timer_list verify;
	struct task_struct *task = kthread_run(rcu_tasks_kthread, NULL, "rcu_tasks_kthread");

	if (IS_ERR(task))
		panic("rcu_tasks: no thread");
	call_rcu_tasks(&test, test_callback);
	timer_setup(&verify, verify_self_test, 0);
	mod_timer(&verify, jiffies + 20 * HZ);
}
