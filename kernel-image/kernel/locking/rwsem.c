/* Reader-writer semaphores: sleeping, first come first served. */
#include <linux/kernel.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	bool write, granted;
};

void __init_rwsem(struct rw_semaphore *sem, const char *name)
{
	lockdep_init_map(&sem->dep_map, name, name);
	sem->count = 0;
	spin_lock_init(&sem->wait_lock);
	INIT_LIST_HEAD(&sem->wait_list);
}

/* Lets in whoever stands first, and after a reader all readers behind it. */
static void rwsem_wake(struct rw_semaphore *sem)
{
	struct rwsem_waiter *w, *next;

	list_for_each_entry_safe(w, next, &sem->wait_list, list) {
		struct task_struct *task = w->task;

		if (w->write ? sem->count != 0 : sem->count < 0)
			return;
		sem->count += w->write ? -1 : 1;
		list_del(&w->list);
		get_task_struct(task);
		smp_store_release(&w->granted, true);	/* w may be gone from here on */
		wake_up_process(task);
		put_task_struct(task);
	}
}

static void rwsem_wait(struct rw_semaphore *sem, bool write)
{
	struct rwsem_waiter waiter = { .task = current, .write = write };

	spin_lock(&sem->wait_lock);
	if (list_empty(&sem->wait_list) && (write ? sem->count == 0 : sem->count >= 0)) {
		sem->count += write ? -1 : 1;
		spin_unlock(&sem->wait_lock);
		return;
	}
	list_add_tail(&waiter.list, &sem->wait_list);
	spin_unlock(&sem->wait_lock);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (smp_load_acquire(&waiter.granted))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static void rwsem_down(struct rw_semaphore *sem, bool write, unsigned long ip)
{
	might_sleep();
	lock_order(&sem->dep_map, ip);
	rwsem_wait(sem, write);
	lock_acquired(&sem->dep_map, ip);
}

static void rwsem_up(struct rw_semaphore *sem, int delta)
{
	spin_lock(&sem->wait_lock);
	sem->count += delta;
	rwsem_wake(sem);
	spin_unlock(&sem->wait_lock);
}

void down_read(struct rw_semaphore *sem)
{
	rwsem_down(sem, false, (unsigned long)__builtin_return_address(0));
}

void up_read(struct rw_semaphore *sem)
{
	lock_release(&sem->dep_map);
	rwsem_up(sem, -1);
}

void down_write(struct rw_semaphore *sem)
{
	rwsem_down(sem, true, (unsigned long)__builtin_return_address(0));
}

void up_write(struct rw_semaphore *sem)
{
	lock_release(&sem->dep_map);
	rwsem_up(sem, 1);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	bool ok;

	spin_lock(&sem->wait_lock);
	ok = list_empty(&sem->wait_list) && sem->count >= 0;
	if (ok)
		sem->count++;
	spin_unlock(&sem->wait_lock);
	if (ok)
		lock_acquired(&sem->dep_map, (unsigned long)__builtin_return_address(0));
	return ok;
}
