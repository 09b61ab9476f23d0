/*
 * Lock debugging for spinlocks: their order, their use in interrupts, and how long they are held.
 *
 * Held spinlocks are the CPU's and not the task's: nobody is moved while he
 * holds one, and a queue's lock is taken by one task and released by the next.
 * An interrupt's locks lie above those that it interrupted, and are not
 * compared with them: nobody holds both in one order by his own will.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "lockdep_internals.h"

#define MAX_HELD_SPINLOCKS 16

struct held_spinlocks {
	unsigned int depth;
	struct held_lock lock[MAX_HELD_SPINLOCKS];
	int context[MAX_HELD_SPINLOCKS];	/* hard interrupt, softirq or neither */
};

static struct held_spinlocks held_by_cpu[NR_CPUS];

static int lock_context(void)
{
	return preempt_count() & (HARDIRQ_MASK | SOFTIRQ_OFFSET);
}

static void check_usage(struct lockdep_map *map, unsigned long ip, unsigned long flags)
{
	if (hardirq_count())
		lockdep_check_irq(map, ip, true);
	else if ((flags & SR_SIE))
		lockdep_check_irq(map, ip, false);
}

static void check_order(struct lockdep_map *map, unsigned long ip)
{
	const struct held_spinlocks *held = &held_by_cpu[raw_smp_processor_id()];
	int context = lock_context();

	for (unsigned int i = 0; i < held->depth; i++)
		if (held->context[i] == context)
			lockdep_check_order(&held->lock[i], map, ip);
	if (!context)
		for (unsigned int i = 0; i < current->lockdep_depth; i++)
			lockdep_check_order(&current->held_locks[i], map, ip);
}

static void push(struct lockdep_map *map, unsigned long ip)
{
	struct held_spinlocks *held = &held_by_cpu[raw_smp_processor_id()];

	if (held->depth == MAX_HELD_SPINLOCKS) {
		lockdep_turn_off("spinlocks held by one CPU");
		return;
	}
	held->context[held->depth] = lock_context();
	held->lock[held->depth++] = (struct held_lock){ map, ip, sched_clock() };
}

void lockdep_spin_lock(spinlock_t *lock)
{
	unsigned long ip = (unsigned long)__builtin_return_address(0);
	unsigned long flags;
	bool watched;

	local_irq_save(flags);
	watched = lockdep_register(&lock->dep_map);
	if (watched) {
		check_usage(&lock->dep_map, ip, flags);
		check_order(&lock->dep_map, ip);
	}
	local_irq_restore(flags);
	arch_spin_lock(lock);
	if (!watched)
		return;
	local_irq_save(flags);
	push(&lock->dep_map, ip);
	local_irq_restore(flags);
}

bool lockdep_spin_trylock(spinlock_t *lock)
{
	unsigned long ip = (unsigned long)__builtin_return_address(0);
	unsigned long flags;

	if (!arch_spin_trylock(lock))
		return false;
	local_irq_save(flags);
	if (lockdep_register(&lock->dep_map)) {
		check_usage(&lock->dep_map, ip, flags);
		push(&lock->dep_map, ip);
	}
	local_irq_restore(flags);
	return true;
}

/* Taken out of the CPU's; one that was taken before lockdep was on is not there. */
static void pop(struct held_spinlocks *held, const struct lockdep_map *map)
{
	unsigned int i = held->depth;

	while (i && held->lock[i - 1].map != map)
		i--;
	if (!i)
		return;
	lockdep_check_time(&held->lock[i - 1]);
	held->depth--;
	for (i--; i < held->depth; i++) {
		held->lock[i] = held->lock[i + 1];
		held->context[i] = held->context[i + 1];
	}
}

void lockdep_spin_unlock(spinlock_t *lock)
{
	struct held_spinlocks *held = &held_by_cpu[raw_smp_processor_id()];
	unsigned long flags;

	local_irq_save(flags);
	pop(held, &lock->dep_map);
	arch_spin_unlock(lock);
	if (!held->depth)
		lockdep_flush();
	local_irq_restore(flags);
}
