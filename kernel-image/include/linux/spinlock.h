/*
 * Spinlocks. Holding one disables preemption; the _irq forms also this hart's interrupts.
 *
 * Test-and-set, not tickets: where harts share a host processor, the one whose
 * ticket is up is often the one that does not run, and every hand-over then
 * costs the others a whole time slice of spinning.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <asm/irqflags.h>
#include <asm/barrier.h>

typedef struct spinlock {
	u32 locked;	/* 0, or one more than the number of the CPU that has it */
	struct lockdep_map dep_map;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(lockname) { 0, LOCKDEP_MAP_INIT(lockname) }
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RAW_SPINLOCK(x) DEFINE_SPINLOCK(x)

static inline void __spin_lock_init(spinlock_t *lock, const char *name)
{
	lock->locked = 0;
	lockdep_init_map(&lock->dep_map, name, name);
}

#define spin_lock_init(lock) do {			\
	static const char __name[] = #lock;		\
	__spin_lock_init(lock, __name);			\
} while (0)
static inline bool spin_is_locked(spinlock_t *lock) { return READ_ONCE(lock->locked); }

static inline bool arch_spin_trylock(spinlock_t *lock)
{
	return !spin_is_locked(lock) &&
	       !__atomic_exchange_n(&lock->locked, ((struct thread_info *)current)->cpu + 1, __ATOMIC_ACQUIRE);
}

void spin_lock_slowpath(spinlock_t *lock);	/* waits, and tells when it has to wait too long */
extern spinlock_t *spin_lockup_suspected;	/* the one that was told last, to be compared only */

static inline void arch_spin_lock(spinlock_t *lock)
{
	if (unlikely(!arch_spin_trylock(lock)))
		spin_lock_slowpath(lock);
}

static inline void arch_spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

/* The same, watched by lockdep; the caller's place is where the lock is taken. */
void lockdep_spin_lock(spinlock_t *lock);
bool lockdep_spin_trylock(spinlock_t *lock);
void lockdep_spin_unlock(spinlock_t *lock);

static __always_inline void do_raw_spin_lock(spinlock_t *lock)
{
	if (unlikely(lockdep_enabled))
		lockdep_spin_lock(lock);
	else
		arch_spin_lock(lock);
}

static __always_inline bool do_raw_spin_trylock(spinlock_t *lock)
{
	return unlikely(lockdep_enabled) ? lockdep_spin_trylock(lock) : arch_spin_trylock(lock);
}

static __always_inline void do_raw_spin_unlock(spinlock_t *lock)
{
	if (unlikely(lockdep_enabled))
		lockdep_spin_unlock(lock);
	else
		arch_spin_unlock(lock);
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	do_raw_spin_lock(lock);
}

static __always_inline bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (do_raw_spin_trylock(lock))
		return true;
	preempt_enable();
	return false;
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
	do_raw_spin_unlock(lock);
	preempt_enable();
}

static __always_inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static __always_inline void spin_unlock_irq(spinlock_t *lock)
{
	do_raw_spin_unlock(lock);
	local_irq_enable();
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags) do {				\
	local_irq_save(flags);						\
	spin_lock(lock);						\
} while (0)

static __always_inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	do_raw_spin_unlock(lock);
	local_irq_restore(flags);
	preempt_enable();
}

#define raw_spin_lock_init spin_lock_init
#define raw_spin_lock spin_lock
#define raw_spin_trylock spin_trylock
#define raw_spin_unlock spin_unlock
#define raw_spin_lock_irq spin_lock_irq
#define raw_spin_unlock_irq spin_unlock_irq
#define raw_spin_lock_irqsave spin_lock_irqsave
#define raw_spin_unlock_irqrestore spin_unlock_irqrestore

/* Reader-writer lock, readers not nested in writers: a count, -1 while written. */
typedef struct {
	atomic_t cnts;
	struct lockdep_map dep_map;
} rwlock_t;
#define __RW_LOCK_UNLOCKED(lockname) { { 0 }, LOCKDEP_MAP_INIT(lockname) }
#define DEFINE_RWLOCK(x) rwlock_t x = __RW_LOCK_UNLOCKED(x)
void read_lock(rwlock_t *lock);
void read_unlock(rwlock_t *lock);
void write_lock_irq(rwlock_t *lock);
void write_unlock_irq(rwlock_t *lock);

#endif
