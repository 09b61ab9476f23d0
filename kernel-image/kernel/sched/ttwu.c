/*
 * Waking tasks, and telling CPUs that they have to schedule.
 *
 * A sleeper has on_rq 0. Who wakes it holds its pi_lock, makes it TASK_WAKING
 * (so that nobody wakes it a second time), chooses its CPU and puts it on that
 * CPU's queue: under the queue's lock, or, if the CPU is another and has nothing
 * to run, by way of the CPU's wake_list. Who adds to an empty list tells the
 * CPU, which takes all of the list in sched_ttwu_pending: from the interrupt, or
 * at the end of its idle loop. Whoever adds to a list that is not empty need
 * not tell: the list is taken whole, by someone who is on his way already.
 *
 * Until it is taken, a task on a wake_list is on no queue. No balancer sees it,
 * its CPU is task_cpu and does not count as idle any more. Who has to have it
 * elsewhere (migration_cpu_stop) or sends away all that a dying CPU has
 * (sched_cpu_dying) runs on that CPU and takes the list first. Nobody adds for
 * a CPU that is not active: sched_cpu_deactivate waits for those who saw it so.
 *
 * on_rq is 0 for tasks that sleep, not for one on its way between queues: it
 * may have been preempted with its state set, right before schedule(), and who
 * wakes it has to wait for the queue's lock, not to take it for asleep and
 * queue it, too.
 */
#include <linux/cpu.h>
#include <linux/smp.h>
#include <linux/wait.h>

#include "sched.h"

/* The idle loop clears the one flag before it tests the other, in that order; here both are one step. */
static bool set_nr_and_not_polling(struct task_struct *p)
{
	unsigned long old = __atomic_fetch_or(&p->thread_info.flags, _TIF_NEED_RESCHED, __ATOMIC_SEQ_CST);

	return !(old & _TIF_POLLING_NRFLAG);
}

/* True if p polls, and hence sees by itself that it has to schedule. */
static bool set_nr_if_polling(struct task_struct *p)
{
	unsigned long *flags = &p->thread_info.flags, old = READ_ONCE(*flags);

	do {
		if (!(old & _TIF_POLLING_NRFLAG))
			return false;
	} while (!__atomic_compare_exchange_n(flags, &old, old | _TIF_NEED_RESCHED, 0, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return true;
}

/* Asks rq's CPU to schedule soon; the caller holds its lock. */
void resched_curr(struct rq *rq)
{
	struct task_struct *curr = rq->curr;

	if (test_tsk_thread_flag(curr, TIF_NEED_RESCHED))
		return;
	if (rq->cpu == smp_processor_id())
		set_tsk_thread_flag(curr, TIF_NEED_RESCHED);
	else if (set_nr_and_not_polling(curr))
		smp_send_reschedule(rq->cpu);
}

void resched_cpu(int cpu)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	raw_spin_lock_irqsave(&rq->lock, flags);
	resched_curr(rq);
	raw_spin_unlock_irqrestore(&rq->lock, flags);
}

/* Sends an idle CPU once through schedule(), where it looks for work. If it idles no more, no harm is done. */
void wake_up_idle_cpu(int cpu)
{
	if (set_nr_and_not_polling(cpu_rq(cpu)->idle))
		smp_send_reschedule(cpu);
}

static void check_preempt_curr(struct rq *rq, struct task_struct *p)
{
	if (p->sched_class == rq->curr->sched_class) {
		rq->curr->sched_class->check_preempt_curr(rq, p);
		return;
	}
	for (const struct sched_class *class = sched_class_highest; class; class = class->next) {
		if (class == rq->curr->sched_class)
			return;
		if (class == p->sched_class)
			break;
	}
	resched_curr(rq);
}

/* Wherever it moves meanwhile. */
struct rq *__task_rq_lock(struct task_struct *p)
{
	for (;;) {
		struct rq *rq = task_rq(p);

		raw_spin_lock(&rq->lock);
		if (rq == task_rq(p))
			return rq;
		raw_spin_unlock(&rq->lock);
	}
}

static bool ttwu_runnable(struct task_struct *p)
{
	struct rq *rq = __task_rq_lock(p);
	bool queued = p->on_rq;

	if (queued) {
		update_rq_clock(rq);
		check_preempt_curr(rq, p);
		WRITE_ONCE(p->__state, TASK_RUNNING);
	}
	raw_spin_unlock(&rq->lock);
	return queued;
}

static void ttwu_do_activate(struct rq *rq, struct task_struct *p)
{
	activate_task(rq, p, ENQUEUE_WAKEUP);
	check_preempt_curr(rq, p);
	WRITE_ONCE(p->__state, TASK_RUNNING);
}

/* In the order of their waking, which is that of real-time tasks of one priority. */
noinline void sched_ttwu_pending(void)
{
	struct rq *rq = this_rq();
	struct llist_node *node = llist_reverse_order(llist_del_all(&rq->wake_list));
	unsigned long flags;

	if (!node)
		return;
	raw_spin_lock_irqsave(&rq->lock, flags);
	update_rq_clock(rq);
	while (node) {
		struct task_struct *p = llist_entry(node, struct task_struct, wake_entry);

		node = node->next;	/* once it is on the queue it may be put on a list anew */
		ttwu_do_activate(rq, p);
	}
	raw_spin_unlock_irqrestore(&rq->lock, flags);
}

void scheduler_ipi(void)
{
	sched_ttwu_pending();
}

/* A CPU that is busy would be interrupted for what may well not preempt anything. */
static bool ttwu_queue_cond(int cpu)
{
	return cpu != smp_processor_id() && cpu_active(cpu) && !READ_ONCE(cpu_rq(cpu)->nr_running);
}

static noinline void ttwu_queue_remote(struct task_struct *p, int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	if (llist_add(&p->wake_entry, &rq->wake_list) && !set_nr_if_polling(rq->idle))
		smp_send_reschedule(cpu);
}

static void ttwu_queue(struct task_struct *p, int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	if (ttwu_queue_cond(cpu)) {
		ttwu_queue_remote(p, cpu);
		return;
	}
	raw_spin_lock(&rq->lock);
	update_rq_clock(rq);
	ttwu_do_activate(rq, p);
	raw_spin_unlock(&rq->lock);
}

static int try_to_wake_up(struct task_struct *p, unsigned int state)
{
	unsigned long flags;
	int success = 0;

	raw_spin_lock_irqsave(&p->pi_lock, flags);
	smp_mb();	/* the waker's stores before the test of the state */
	if (!(READ_ONCE(p->__state) & state))
		goto unlock;
	success = 1;
	smp_rmb();	/* state before on_rq: p may just be going to sleep */
	if (READ_ONCE(p->on_rq) && ttwu_runnable(p))
		goto unlock;
	WRITE_ONCE(p->__state, TASK_WAKING);
	/* It may still be switching away on its CPU. */
	while (smp_load_acquire(&p->on_cpu))
		cpu_relax();
	set_task_cpu(p, select_task_rq(p, WF_TTWU));
	ttwu_queue(p, task_cpu(p));
unlock:
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	return success;
}

int wake_up_process(struct task_struct *p)
{
	return try_to_wake_up(p, TASK_NORMAL);
}

int wake_up_state(struct task_struct *p, unsigned int state)
{
	return try_to_wake_up(p, state);
}

int default_wake_function(wait_queue_entry_t *wq, unsigned int mode, int flags, void *key)
{
	return try_to_wake_up(wq->private, mode);
}

void wake_up_new_task(struct task_struct *p)
{
	unsigned long flags;
	struct rq *rq;

	raw_spin_lock_irqsave(&p->pi_lock, flags);
	WRITE_ONCE(p->__state, TASK_RUNNING);
	task_thread_info(p)->cpu = select_task_rq(p, WF_FORK);
	set_task_rq(p, task_cpu(p));
	rq = __task_rq_lock(p);
	update_rq_clock(rq);
	if (p->sched_class->task_fork)
		p->sched_class->task_fork(p);
	activate_task(rq, p, ENQUEUE_INITIAL);
	check_preempt_curr(rq, p);
	raw_spin_unlock(&rq->lock);
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
}

void kick_process(struct task_struct *p)
{
	int cpu = get_cpu();

	if (task_cpu(p) != cpu && READ_ONCE(p->on_cpu))
		smp_send_reschedule(task_cpu(p));
	put_cpu();
}
