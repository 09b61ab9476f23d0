/*
 * The scheduler's core: picking, switching. (Waking is in ttwu.c.)
 *
 * Locks: p->pi_lock (a task's wake-ups and its affinity), then rq->lock (a
 * CPU's queue). A task's CPU changes only under pi_lock while it is off the
 * queues, or under both queues' locks. schedule() holds rq->lock across the
 * switch: the next task lets go of it in finish_task_switch, which also clears
 * prev->on_cpu; only from then on may another CPU run prev, hence the wait in
 * try_to_wake_up. preempt_count belongs to the task, so a switched-out task
 * always carries 2: one of schedule(), one of the lock.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/mmu_context.h>
#include <asm/switch_to.h>

#include "sched.h"

DEFINE_PER_CPU(struct rq, runqueues);
bool scheduler_running;

const int sched_prio_to_weight[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
};

void set_load_weight(struct task_struct *p)
{
	p->se.load.weight = sched_prio_to_weight[p->static_prio - MAX_RT_PRIO];
}

void activate_task(struct rq *rq, struct task_struct *p, int flags)
{
	p->sched_class->enqueue_task(rq, p, flags);
	p->on_rq = TASK_ON_RQ_QUEUED;
	rq->nr_running++;
}

void deactivate_task(struct rq *rq, struct task_struct *p, int flags)
{
	WRITE_ONCE(p->on_rq, flags & DEQUEUE_SLEEP ? 0 : TASK_ON_RQ_MIGRATING);
	rq->nr_running--;
	p->sched_class->dequeue_task(rq, p);
}

void set_task_cpu(struct task_struct *p, int new_cpu)
{
	if (task_cpu(p) == new_cpu)
		return;
	if (p->sched_class->migrate_task_rq)
		p->sched_class->migrate_task_rq(p, new_cpu);
	set_task_rq(p, new_cpu);
	WRITE_ONCE(task_thread_info(p)->cpu, new_cpu);
}

void move_queued_task(struct rq *rq, struct task_struct *p, struct rq *dest)
{
	deactivate_task(rq, p, 0);
	set_task_cpu(p, dest->cpu);
	activate_task(dest, p, 0);
}

/* Called by copy_process: the new task is not visible to any queue yet. */
void sched_fork(struct task_struct *p)
{
	p->__state = TASK_NEW;
	p->on_rq = 0;
	p->on_cpu = 0;
	/* Deadline reservations are not inherited; real-time priority is, unless the parent said no. */
	if (p->sched_class == &stop_sched_class || p->sched_class == &idle_sched_class || p->policy == SCHED_DEADLINE ||
	    p->sched_reset_on_fork) {
		p->policy = SCHED_NORMAL;
		p->rt_priority = 0;
		p->sched_reset_on_fork = false;
	}
	p->normal_prio = p->rt_priority ? MAX_RT_PRIO - 1 - (int)p->rt_priority : p->static_prio;
	p->prio = p->normal_prio;
	p->sched_class = p->rt_priority ? &rt_sched_class : &fair_sched_class;
	p->rt = (struct sched_rt_entity){ .time_slice = 0 };
	INIT_LIST_HEAD(&p->rt.run_list);
	p->dl = (struct sched_dl_entity){ .dl_runtime = 0 };
	init_dl_task(p);
	p->se = (struct sched_entity){ .vruntime = current->se.vruntime };
	INIT_LIST_HEAD(&p->se.run_node);
	INIT_LIST_HEAD(&p->se.group_node);
	set_load_weight(p);
	spin_lock_init(&p->pi_lock);
	task_thread_info(p)->preempt_count = 2;
}

static struct rq *finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	struct mm_struct *mm = rq->prev_mm;
	unsigned int prev_state = READ_ONCE(prev->__state);

	rq->prev_mm = NULL;
	smp_store_release(&prev->on_cpu, 0);
	do_raw_spin_unlock(&rq->lock);
	preempt_count_sub(1);
	local_irq_enable();
	if (mm)
		mmdrop(mm);
	if (prev_state == TASK_DEAD)
		put_task_struct(prev);
	return rq;
}

/* The first thing a new task does. */
asmlinkage void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	preempt_enable();
	if (current->set_child_tid)
		(void)put_user(task_pid_vnr(current), current->set_child_tid);
}

static noinline void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	if (!next->mm) {		/* to a kernel thread: it borrows the page tables */
		next->active_mm = prev->active_mm;
		if (prev->mm)
			mmgrab(prev->active_mm);
		else
			prev->active_mm = NULL;
	} else {
		switch_mm(prev->active_mm, next->mm, next);
		if (!prev->mm) {	/* from a kernel thread: give back what it borrowed */
			rq->prev_mm = prev->active_mm;
			prev->active_mm = NULL;
		}
	}
	prev = switch_to(prev, next);
	barrier();
	finish_task_switch(prev);
}

static struct task_struct *pick_next_task(struct rq *rq)
{
	struct task_struct *p;

	if (rq->nr_running == 0)
		newidle_balance(rq);
	for (const struct sched_class *class = sched_class_highest;; class = class->next) {
		p = class->pick_next_task(rq);
		if (p)
			return p;
	}
}

/* Entered with preemption off. preempt: the task did not ask for it, so it stays queued whatever its state. */
static void __schedule(bool preempt)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;

	if (unlikely(*end_of_stack(prev) != STACK_END_MAGIC))
		panic("corrupted stack end detected inside scheduler");
	local_irq_disable();
	rq = this_rq();
	rcu_note_context_switch();
	raw_spin_lock(&rq->lock);
	smp_mb();	/* the state set by the caller before the tests below */
	update_rq_clock(rq);
	if (!preempt && READ_ONCE(prev->__state) != TASK_RUNNING) {
		if (signal_pending_state(READ_ONCE(prev->__state), prev))
			WRITE_ONCE(prev->__state, TASK_RUNNING);
		else
			deactivate_task(rq, prev, DEQUEUE_SLEEP);
	}
	prev->sched_class->put_prev_task(rq, prev);
	next = pick_next_task(rq);
	clear_tsk_thread_flag(prev, TIF_NEED_RESCHED);
	if (prev == next) {
		raw_spin_unlock_irq(&rq->lock);
		return;
	}
	rq->nr_switches++;
	if (preempt)
		prev->nivcsw++;
	else
		prev->nvcsw++;
	WRITE_ONCE(rq->curr, next);
	next->on_cpu = 1;
	context_switch(rq, prev, next);
}

void schedule(void)
{
	struct task_struct *tsk = current;

	if ((tsk->flags & PF_WQ_WORKER) && READ_ONCE(tsk->__state) != TASK_RUNNING)
		wq_worker_sleeping(tsk);
	do {
		preempt_disable();
		__schedule(false);
		preempt_enable_no_resched();
	} while (need_resched());
	if (tsk->flags & PF_WQ_WORKER)
		wq_worker_running(tsk);
}

void schedule_preempt_disabled(void)
{
	preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

/* preempt_enable() came to 0 with TIF_NEED_RESCHED set. */
void preempt_schedule(void)
{
	if (irqs_disabled())
		return;
	do {
		preempt_disable();
		__schedule(true);
		preempt_enable_no_resched();
	} while (need_resched());
}

/* From the end of an interrupt that hit preemptible kernel code; interrupts are off and stay so. */
void preempt_schedule_irq(void)
{
	do {
		preempt_disable();
		local_irq_enable();
		__schedule(true);
		local_irq_disable();
		preempt_enable_no_resched();
	} while (need_resched());
}

/* Preemption stays off from before the state is set: a switch away from a dead task drops its last reference. */
void do_task_dead(void)
{
	sched_dead(current);
	preempt_disable();
	raw_spin_lock_irq(&current->pi_lock);
	WRITE_ONCE(current->__state, TASK_DEAD);
	raw_spin_unlock_irq(&current->pi_lock);
	__schedule(false);
	BUG();
}

int cond_resched(void)
{
	if (!need_resched() || preempt_count())
		return 0;
	schedule();
	return 1;
}

void yield(void)
{
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	raw_spin_lock(&rq->lock);
	update_rq_clock(rq);
	current->sched_class->yield_task(rq);
	raw_spin_unlock(&rq->lock);
	local_irq_enable();
	__set_current_state(TASK_RUNNING);
	schedule();
}

void scheduler_tick(void)
{
	struct rq *rq = this_rq();

	raw_spin_lock(&rq->lock);
	update_rq_clock(rq);
	rq->curr->sched_class->task_tick(rq, rq->curr);
	raw_spin_unlock(&rq->lock);
	trigger_load_balance(rq);
}

/* Makes idle the idle task of a CPU that runs nothing else yet. */
void init_idle(struct task_struct *idle, int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	idle->__state = TASK_RUNNING;
	idle->thread_info.flags = 0;
	idle->flags |= PF_IDLE | PF_KTHREAD;
	idle->sched_class = &idle_sched_class;
	idle->prio = MAX_PRIO;
	cpumask_copy(&idle->cpus_mask, cpumask_of(cpu));
	idle->nr_cpus_allowed = 1;
	idle->on_rq = TASK_ON_RQ_QUEUED;
	idle->on_cpu = 1;
	task_thread_info(idle)->cpu = cpu;
	set_task_rq(idle, cpu);
	task_thread_info(idle)->preempt_count = 1;
	rq->curr = rq->idle = idle;
	snprintf(idle->comm, sizeof(idle->comm), cpu ? "swapper/%d" : "swapper", cpu);
}

void __init sched_init(void)
{
	int cpu;

	wait_bit_init();
	init_root_task_group();
	init_rt_bandwidth(&def_rt_bandwidth, NSEC_PER_SEC, 950 * NSEC_PER_MSEC);
	autogroup_init(&init_task);
	for_each_possible_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);

		raw_spin_lock_init(&rq->lock);
		rq->cpu = cpu;
		init_cfs_rq(&rq->cfs, rq, &root_task_group);
		INIT_LIST_HEAD(&rq->cfs_tasks);
		init_llist_head(&rq->wake_list);
		init_rt_rq(&rq->rt);
		init_dl_rq(&rq->dl);
	}
	init_defrootdomain();
	init_dl_task(&init_task);
	set_load_weight(&init_task);
	mmgrab(&init_mm);
	init_idle(current, smp_processor_id());
	init_sched_fair_class();
	scheduler_running = true;
}
