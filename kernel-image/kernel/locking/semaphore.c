/* Counting semaphores. */
#include <linux/kernel.h>
#include <linux/semaphore.h>

void down(struct semaphore *sem)
{
	while (down_trylock(sem))
		wait_event(sem->wait, READ_ONCE(sem->count));
}

int down_interruptible(struct semaphore *sem)
{
	while (down_trylock(sem)) {
		int err = wait_event_interruptible(sem->wait, READ_ONCE(sem->count));

		if (err)
			return -EINTR;
	}
	return 0;
}

/* 0 when the count could be taken. */
int down_trylock(struct semaphore *sem)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&sem->wait.lock, flags);
	taken = sem->count > 0;
	if (taken)
		sem->count--;
	spin_unlock_irqrestore(&sem->wait.lock, flags);
	return !taken;
}

void up(struct semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait.lock, flags);
	sem->count++;
	__wake_up_locked(&sem->wait, TASK_NORMAL, 1);
	spin_unlock_irqrestore(&sem->wait.lock, flags);
}
