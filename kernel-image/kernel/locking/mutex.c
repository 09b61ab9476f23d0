/* Mutexes: sleeping locks that are handed to the longest waiter. */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};

void __mutex_init(struct mutex *lock, const char *name)
{
	lockdep_init_map(&lock->dep_map, name, name);
	lock->owner = NULL;
	spin_lock_init(&lock->wait_lock);
	INIT_LIST_HEAD(&lock->wait_list);
}

static bool try_fast(struct mutex *lock)
{
	struct task_struct *none = NULL;

	return __atomic_compare_exchange_n(&lock->owner, &none, current, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static int mutex_lock_slowly(struct mutex *lock, int state)
{
	struct mutex_waiter waiter = { .task = current };
	int err = 0;

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

static int mutex_lock_common(struct mutex *lock, int state, unsigned long ip)
{
	int err = 0;

	might_sleep();
	lock_order(&lock->dep_map, ip);
	if (!try_fast(lock))
		err = mutex_lock_slowly(lock, state);
	if (!err)
		lock_acquired(&lock->dep_map, ip);
	return err;
}

void mutex_lock(struct mutex *lock)
{
	mutex_lock_common(lock, TASK_UNINTERRUPTIBLE, (unsigned long)__builtin_return_address(0));
}

int mutex_lock_interruptible(struct mutex *lock)
{
	return mutex_lock_common(lock, TASK_INTERRUPTIBLE, (unsigned long)__builtin_return_address(0));
}

int mutex_trylock(struct mutex *lock)
{
	if (!try_fast(lock))
		return 0;
	lock_acquired(&lock->dep_map, (unsigned long)__builtin_return_address(0));
	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	struct mutex_waiter *first;

	lock_release(&lock->dep_map);
	spin_lock(&lock->wait_lock);
	BUG_ON(lock->owner != current);
	first = list_first_entry_or_null(&lock->wait_list, struct mutex_waiter, list);
	smp_store_release(&lock->owner, first ? first->task : NULL);
	if (first)
		wake_up_process(first->task);
	spin_unlock(&lock->wait_lock);
}
