/*
 * Reader-writer spinlocks: many may read at once, one may write.
 *
 * Readers may nest in interrupts, so they do not queue behind a waiting
 * writer; for lockdep a reader is like a writer but for that.
 */
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "lockdep_internals.h"

#define CALLER ((unsigned long)__builtin_return_address(0))

void read_lock(rwlock_t *lock)
{
	preempt_disable();
	if (unlikely(lockdep_enabled))
		lockdep_spin_order(&lock->dep_map, CALLER);
	for (;;) {
		int cnt = atomic_read(&lock->cnts);

		if (cnt >= 0 && atomic_cmpxchg(&lock->cnts, cnt, cnt + 1) == cnt)
			break;
		cpu_relax();
	}
	if (unlikely(lockdep_enabled))
		lockdep_spin_acquired(&lock->dep_map, CALLER, true);
}

void read_unlock(rwlock_t *lock)
{
	if (unlikely(lockdep_enabled))
		lockdep_spin_release(&lock->dep_map);
	atomic_dec_return(&lock->cnts);
	if (unlikely(lockdep_enabled))
		lockdep_spin_flush();
	preempt_enable();
}

void write_lock_irq(rwlock_t *lock)
{
	local_irq_disable();
	preempt_disable();
	if (unlikely(lockdep_enabled))
		lockdep_spin_order(&lock->dep_map, CALLER);
	while (atomic_cmpxchg(&lock->cnts, 0, -1) != 0)
		cpu_relax();
	if (unlikely(lockdep_enabled))
		lockdep_spin_acquired(&lock->dep_map, CALLER, false);
}

void write_unlock_irq(rwlock_t *lock)
{
	if (unlikely(lockdep_enabled))
		lockdep_spin_release(&lock->dep_map);
	smp_store_release(&lock->cnts.counter, 0);
	if (unlikely(lockdep_enabled))
		lockdep_spin_flush();
	local_irq_enable();
	preempt_enable();
}
