/* Mutexes: sleeping locks that are handed to the longest waiter. */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};

void mutex_init(struct mutex *lock)
{
	lock->owner = NULL;
	spin_lock_init(&lock->wait_lock);
	INIT_LIST_HEAD(&lock->wait_list);
}

static bool try_fast(struct mutex *lock)
{
	struct task_struct *none = NULL;

	return __atomic_compare_exchange_n(&lock->owner, &none, current, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static int mutex_lock_common(struct mutex *lock, int state)
{
	struct mutex_waiter waiter = { .task = current };
	int err = 0;

	might_sleep();
	if (try_fast(lock))
		return 0;
	spin_lock(&lock->wait_lock);
	list_add_tail(&waiter.list, &lock->wait_list);
	for (;;) {
		/* Owner may be this task already: the unlocker hands the lock over. */
		set_current_state(state);
		if (READ_ONCE(lock->owner) == current || try_fast(lock))
			break;
		if (state == TASK_INTERRUPTIBLE && signal_pending(current)) {
			err = -EINTR;
			break;
		}
		spin_unlock(&lock->wait_lock);
		schedule();
		spin_lock(&lock->wait_lock);
	}
	__set_current_state(TASK_RUNNING);
	list_del(&waiter.list);
	spin_unlock(&lock->wait_lock);
	return err;
}

void mutex_lock(struct mutex *lock)
{
	mutex_lock_common(lock, TASK_UNINTERRUPTIBLE);
}

int mutex_lock_interruptible(struct mutex *lock)
{
	return mutex_lock_common(lock, TASK_INTERRUPTIBLE);
}

int mutex_trylock(struct mutex *lock)
{
	return try_fast(lock);
}

void mutex_unlock(struct mutex *lock)
{
	struct mutex_waiter *first;

	spin_lock(&lock->wait_lock);
	BUG_ON(lock->owner != current);
	first = list_first_entry_or_null(&lock->wait_list, struct mutex_waiter, list);
	smp_store_release(&lock->owner, first ? first->task : NULL);
	if (first)
		wake_up_process(first->task);
	spin_unlock(&lock->wait_lock);
}
