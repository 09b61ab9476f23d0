/* Completions. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>

void complete(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	if (x->done != UINT_MAX)
		x->done++;
	__wake_up_locked(&x->wait, TASK_NORMAL, 1);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

void complete_all(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	x->done = UINT_MAX;
	__wake_up_locked(&x->wait, TASK_NORMAL, 0);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

/* Everything under the queue's lock: the waiter's stack may hold x, so complete() must be out of it first. */
static long do_wait_for_common(struct completion *x, long timeout, int state)
{
	DEFINE_WAIT(wait);

	wait.flags |= WQ_FLAG_EXCLUSIVE;
	might_sleep();
	spin_lock_irq(&x->wait.lock);
	while (!x->done && timeout) {
		if (signal_pending_state(state, current)) {
			timeout = -ERESTARTSYS;
			break;
		}
		if (list_empty(&wait.entry))
			list_add_tail(&wait.entry, &x->wait.head);
		set_current_state(state);
		spin_unlock_irq(&x->wait.lock);
		timeout = schedule_timeout(timeout);
		spin_lock_irq(&x->wait.lock);
	}
	list_del_init(&wait.entry);
	__set_current_state(TASK_RUNNING);
	if (x->done && timeout >= 0) {
		if (x->done != UINT_MAX)
			x->done--;
		timeout = timeout ? timeout : 1;
	}
	spin_unlock_irq(&x->wait.lock);
	return timeout;
}

void wait_for_completion(struct completion *x)
{
	do_wait_for_common(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE);
}

/* 0, or -ERESTARTSYS when the task is being killed. */
int wait_for_completion_killable(struct completion *x)
{
	long left = do_wait_for_common(x, MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);

	return left < 0 ? left : 0;
}

unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)
{
	return do_wait_for_common(x, timeout, TASK_UNINTERRUPTIBLE);
}
