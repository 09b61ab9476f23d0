/*
 * The way of those who find a spinlock taken: they spin, and tell once when it takes too long.
 *
 * So holding a spinlock for long is told by whoever suffers from it, and a
 * lock that is free costs nothing for it.
 */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <asm/stacktrace.h>

static void spin_dump(spinlock_t *lock, u64 waited)
{
	u32 owner = READ_ONCE(lock->locked);

	pr_err("BUG: spinlock lockup suspected on CPU#%d, %s/%d: waiting for %lu ms\n", raw_smp_processor_id(),
	       current->comm, current->pid, waited / NSEC_PER_MSEC);
	if (owner)
		pr_err(" lock: %p, held by CPU#%u\n", lock, owner - 1);
	else
		pr_err(" lock: %p, free again\n", lock);
	dump_stack();
}

void spin_lock_slowpath(spinlock_t *lock)
{
	u64 start = sched_clock();
	bool told = oops_in_progress;

	while (!arch_spin_trylock(lock)) {
		cpu_relax();
		if (!told && sched_clock() - start > lockdep_held_limit) {
			told = true;
			spin_dump(lock, sched_clock() - start);
		}
	}
}
