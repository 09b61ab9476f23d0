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

/* flags: of sstatus before. A reader may be interrupted by whoever reads, too, so that he has interrupts on says nothing. */
static void check_usage(struct lockdep_map *map, unsigned long ip, unsigned long flags, bool read)
{
	bool irqs_on = flags & SR_SIE;

	if (hardirq_count()) {
		lockdep_check_irq(map, ip, USED_IN_HARDIRQ);
		return;
	}
	if (irqs_on && !read)
		lockdep_check_irq(map, ip, USED_HARDIRQS_ON);
	if (preempt_count() & SOFTIRQ_OFFSET)
		lockdep_check_irq(map, ip, USED_IN_SOFTIRQ);
	else if (irqs_on && !softirq_count() && !read)
		lockdep_check_irq(map, ip, USED_SOFTIRQS_ON);
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

void lockdep_spin_order(struct lockdep_map *map, unsigned long ip)
{
	unsigned long flags;

	local_irq_save(flags);
	if (lockdep_register(map))
		check_order(map, ip);
	local_irq_restore(flags);
}

void lockdep_spin_acquired(struct lockdep_map *map, unsigned long ip, bool read)
{
	unsigned long flags;

	local_irq_save(flags);
	if (lockdep_register(map)) {
		check_usage(map, ip, flags, read);
		push(map, ip);
	}
	local_irq_restore(flags);
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

void lockdep_spin_release(struct lockdep_map *map)
{
	unsigned long flags;

	local_irq_save(flags);
	pop(&held_by_cpu[raw_smp_processor_id()], map);
	local_irq_restore(flags);
}

void lockdep_spin_flush(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!held_by_cpu[raw_smp_processor_id()].depth)
		lockdep_flush();
	local_irq_restore(flags);
}

void lockdep_spin_lock(spinlock_t *lock)
{
	unsigned long ip = (unsigned long)__builtin_return_address(0);

	lockdep_spin_order(&lock->dep_map, ip);
	arch_spin_lock(lock);
	lockdep_spin_acquired(&lock->dep_map, ip, false);
}

bool lockdep_spin_trylock(spinlock_t *lock)
{
	unsigned long ip = (unsigned long)__builtin_return_address(0);

	if (!arch_spin_trylock(lock))
		return false;
	lockdep_spin_acquired(&lock->dep_map, ip, false);
	return true;
}

void lockdep_spin_unlock(spinlock_t *lock)
{
	lockdep_spin_release(&lock->dep_map);
	arch_spin_unlock(lock);
	lockdep_spin_flush();
}
