/* Sleeping locks for many readers or one writer, in order of arrival. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

struct rw_semaphore {
	int count;	/* readers inside, -1 a writer, 0 free */
	spinlock_t wait_lock;
	struct list_head wait_list;
	struct lockdep_map dep_map;
};

#define __RWSEM_INITIALIZER(lockname) \
	{ 0, __SPIN_LOCK_UNLOCKED((lockname).wait_lock), LIST_HEAD_INIT((lockname).wait_list), LOCKDEP_MAP_INIT(lockname) }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

#define init_rwsem(sem) do {				\
	static const char __name[] = #sem;		\
	__init_rwsem(sem, __name);			\
} while (0)
void __init_rwsem(struct rw_semaphore *sem, const char *name);
void down_read(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

#endif
