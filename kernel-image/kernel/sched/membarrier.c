/* membarrier: a memory barrier in all running threads of a process, so that its fast paths need none. */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/syscalls.h>

#define MEMBARRIER_CMD_QUERY				0
#define MEMBARRIER_CMD_GLOBAL				1
#define MEMBARRIER_CMD_PRIVATE_EXPEDITED		8
#define MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED	16

static void ipi_mb(void *info)
{
	smp_mb();
}

SYSCALL_DEFINE3(membarrier, int, cmd, unsigned int, flags, int, cpu)
{
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_PRIVATE_EXPEDITED |
		       MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
	case MEMBARRIER_CMD_GLOBAL:
		synchronize_rcu();
		return 0;
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
		current->mm->membarrier_ready = true;
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		if (!current->mm->membarrier_ready)
			return -EPERM;
		/* Who comes to run the program later passes a barrier in the switch. */
		smp_mb();
		smp_call_function_many(mm_cpumask(current->mm), ipi_mb, NULL, true);
		smp_mb();
		return 0;
	default:
		return -EINVAL;
	}
}
