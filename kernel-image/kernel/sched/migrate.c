/* Where a task runs: choosing its CPU, changing which it may use, and moving it, even while it runs. */
#include <linux/cgroup.h>
#include <linux/cpu.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "sched.h"

/* A CPU on its way up or down has its own threads only. */
static bool is_cpu_allowed(struct task_struct *p, int cpu)
{
	return cpumask_test_cpu(cpu, &p->cpus_mask) && (p->flags & PF_NO_SETAFFINITY ? cpu_online(cpu) : cpu_active(cpu));
}

/* Any CPU that p may use; if none is left, it may use all. A CPU's own thread comes to us only to be parked. */
static int select_fallback_rq(struct task_struct *p)
{
	cpumask_t allowed;

	if (p->flags & PF_NO_SETAFFINITY)
		return cpumask_first(cpumask_and(&allowed, &p->cpus_mask, cpu_online_mask) ? &allowed : cpu_active_mask);
	if (!cpumask_and(&allowed, &p->cpus_mask, cpu_active_mask)) {
		cpuset_cpus_allowed(p, &allowed);
		if (!cpumask_and(&allowed, &allowed, cpu_active_mask))
			allowed = *cpu_active_mask;
		p->cpus_mask = allowed;
		p->nr_cpus_allowed = cpumask_weight(&allowed);
		if (p->mm)
			pr_info("process %d (%s) no longer affine to cpu%d\n", p->pid, p->comm, task_cpu(p));
	}
	return cpumask_first(&allowed);
}

int select_task_rq(struct task_struct *p, int flags)
{
	int cpu = task_cpu(p);

	if (p->nr_cpus_allowed > 1)
		cpu = p->sched_class->select_task_rq(p, cpu, flags);
	return is_cpu_allowed(p, cpu) ? cpu : select_fallback_rq(p);
}

struct migration_arg {
	struct task_struct *task;
	int dest_cpu;
};

/* On the CPU of the task, which therefore is not running: it was preempted by this thread. */
static int migration_cpu_stop(void *data)
{
	struct migration_arg *arg = data;
	struct task_struct *p = arg->task;
	struct rq *rq = this_rq(), *dest = cpu_rq(arg->dest_cpu);

	local_irq_disable();
	sched_ttwu_pending();	/* it may be on its way to this queue */
	raw_spin_lock(&p->pi_lock);
	if (task_rq(p) != rq || rq == dest || !cpumask_test_cpu(arg->dest_cpu, &p->cpus_mask)) {
		raw_spin_unlock_irq(&p->pi_lock);
		return 0;
	}
	/* Two queue locks, always the lower CPU's first. */
	raw_spin_lock(rq->cpu < dest->cpu ? &rq->lock : &dest->lock);
	raw_spin_lock(rq->cpu < dest->cpu ? &dest->lock : &rq->lock);
	update_rq_clock(rq);
	update_rq_clock(dest);
	if (task_rq(p) == rq && p->on_rq) {
		move_queued_task(rq, p, dest);
		resched_curr(dest);
	}
	raw_spin_unlock(&rq->lock);
	raw_spin_unlock(&dest->lock);
	raw_spin_unlock_irq(&p->pi_lock);
	return 0;
}

/* The machine is stopped, so no lock is contended and every list stands still. */
void sched_cpu_dying(unsigned int cpu)
{
	struct rq *rq = cpu_rq(cpu), *dest;
	struct task_struct *g, *p;

	sched_ttwu_pending();
	update_rq_clock(rq);
	for_each_process(g) {
		for_each_thread(g, p) {
			if (task_cpu(p) != cpu || !p->on_rq || p == rq->stop)
				continue;
			dest = cpu_rq(select_fallback_rq(p));
			update_rq_clock(dest);
			move_queued_task(rq, p, dest);
			resched_curr(dest);
		}
	}
	WARN_ON(rq->nr_running > 1);
}

void migrate_task_to(struct task_struct *p, int dest_cpu)
{
	struct migration_arg arg = { p, dest_cpu };

	stop_one_cpu(task_cpu(p), migration_cpu_stop, &arg);
}

int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask)
{
	cpumask_t valid;
	struct rq *rq;
	bool misplaced;
	int cpu, dest;

	if (!cpumask_and(&valid, new_mask, cpu_possible_mask))
		return -EINVAL;
	raw_spin_lock_irq(&p->pi_lock);
	rq = __task_rq_lock(p);		/* under it alone a balancer looks at the mask and moves p */
	cpumask_copy(&p->cpus_mask, &valid);
	p->nr_cpus_allowed = cpumask_weight(&valid);
	cpumask_and(&valid, &valid, p->flags & PF_NO_SETAFFINITY ? cpu_online_mask : cpu_active_mask);
	dest = cpumask_first(&valid);
	cpu = task_cpu(p);
	/* One that sleeps chooses its CPU when it wakes; one that is being woken has chosen. */
	misplaced = !cpumask_test_cpu(cpu, &p->cpus_mask) && dest < NR_CPUS &&
		    (p->on_rq || READ_ONCE(p->__state) == TASK_WAKING);
	raw_spin_unlock(&rq->lock);
	raw_spin_unlock_irq(&p->pi_lock);
	if (misplaced)
		stop_one_cpu(cpu, migration_cpu_stop, &(struct migration_arg){ p, dest });
	return 0;
}

/* At exec a task has the least to carry: the moment to move it to the least loaded CPU. */
void sched_exec(void)
{
	unsigned long flags;
	int dest;

	raw_spin_lock_irqsave(&current->pi_lock, flags);
	dest = select_task_rq(current, WF_EXEC);
	raw_spin_unlock_irqrestore(&current->pi_lock, flags);
	if (dest != smp_processor_id())
		migrate_task_to(current, dest);
}
