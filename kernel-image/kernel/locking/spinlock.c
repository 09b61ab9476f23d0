/*
 * The way of those who find a spinlock taken: they spin, and tell once when it takes too long.
 *
 * So holding a spinlock for long is told by whoever suffers from it, and a
 * lock that is free costs nothing for it. The owner that is named is the last
 * one that was seen: the lock may be free again by the time of the message.
 */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <asm/stacktrace.h>

spinlock_t *spin_lockup_suspected;

static void spin_dump(spinlock_t *lock, u32 owner, u64 waited)
{
	pr_err("BUG: spinlock lockup suspected on CPU#%d, %s/%d: waiting for %lu ms\n", raw_smp_processor_id(),
	       current->comm, current->pid, waited / NSEC_PER_MSEC);
	if (owner)
		pr_err(" lock: %p, last seen held by CPU#%u\n", lock, owner - 1);
	else
		pr_err(" lock: %p, never seen held\n", lock);
	dump_stack();
	WRITE_ONCE(spin_lockup_suspected, lock);
}

void spin_lock_slowpath(spinlock_t *lock)
{
	u64 start = sched_clock();
	bool told = oops_in_progress;
	u32 owner = 0;

	while (!arch_spin_trylock(lock)) {
		owner = READ_ONCE(lock->locked) ?: owner;
		cpu_relax();
		if (!told && sched_clock() - start > lockdep_held_limit) {
			told = true;
			spin_dump(lock, owner, sched_clock() - start);
		}
	}
}
