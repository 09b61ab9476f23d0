/*
 * CPU hotplug: the masks, and the steps on which a CPU comes up.
 *
 * The controlling CPU creates the newcomer's threads and starts it; once it
 * idles, its own cpuhp/N thread takes it through the remaining states.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <linux/workqueue.h>

cpumask_t __cpu_possible_mask, __cpu_present_mask, __cpu_online_mask, __cpu_active_mask;
unsigned int nr_cpu_ids = NR_CPUS;

#define ONE_CPU(n) { .bits = { 1UL << (n) } }
const cpumask_t cpu_bit_masks[NR_CPUS] = {
	ONE_CPU(0), ONE_CPU(1), ONE_CPU(2), ONE_CPU(3), ONE_CPU(4), ONE_CPU(5), ONE_CPU(6), ONE_CPU(7),
};

struct cpuhp_cpu_state {
	enum cpuhp_state state, target;
	struct task_struct *thread;
	bool should_run;
	int result;
	struct completion done_up;
};

static DEFINE_PER_CPU(struct cpuhp_cpu_state, cpuhp_state);
static bool cpuhp_ready;

void __init boot_cpu_init(void)
{
	int cpu = smp_processor_id();

	set_cpu_online(cpu, true);
	set_cpu_active(cpu, true);
	set_cpu_present(cpu, true);
	set_cpu_possible(cpu, true);
}

void __init boot_cpu_hotplug_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		init_completion(&per_cpu(cpuhp_state, cpu).done_up);
	this_cpu(cpuhp_state).state = CPUHP_ONLINE;
}

/* On the new CPU, early: it has its own stack and per-CPU area, nothing else yet. */
void notify_cpu_starting(unsigned int cpu)
{
	per_cpu(cpuhp_state, cpu).state = CPUHP_BRINGUP_CPU;
}

/* On the new CPU, right before its idle loop. */
void cpuhp_online_idle(enum cpuhp_state state)
{
	struct cpuhp_cpu_state *st = &this_cpu(cpuhp_state);

	if (state != CPUHP_AP_ONLINE_IDLE)
		return;
	st->state = CPUHP_AP_ONLINE_IDLE;
	complete(&st->done_up);
}

static int cpuhp_invoke_step(unsigned int cpu, enum cpuhp_state state)
{
	switch (state) {
	case CPUHP_AP_SMPBOOT_THREADS:
		smpboot_unpark_threads(cpu);
		return 0;
	case CPUHP_AP_ACTIVE:
		sched_cpu_activate(cpu);
		return 0;
	default:
		return 0;
	}
}

static int cpuhp_should_run(unsigned int cpu)
{
	return READ_ONCE(per_cpu(cpuhp_state, cpu).should_run);
}

static void cpuhp_thread_fun(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = &per_cpu(cpuhp_state, cpu);

	st->should_run = false;
	st->result = 0;
	while (st->state < st->target && !st->result) {
		st->result = cpuhp_invoke_step(cpu, st->state + 1);
		if (!st->result)
			st->state++;
	}
	complete(&st->done_up);
}

static struct smp_hotplug_thread cpuhp_threads = {
	.thread_should_run = cpuhp_should_run,
	.thread_fn = cpuhp_thread_fun,
	.thread_comm = "cpuhp/%u",
};

void __init cpuhp_threads_init(void)
{
	cpuhp_threads.store = &cpuhp_state.thread;
	cpuhp_ready = !smpboot_register_percpu_thread(&cpuhp_threads);
}

static noinline int bringup_cpu(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = &per_cpu(cpuhp_state, cpu);
	struct task_struct *idle = idle_thread_get(cpu);
	int ret;

	if (!idle)
		return -ENOMEM;
	ret = smpboot_create_threads(cpu) ?: workqueue_prepare_cpu(cpu);
	if (ret)
		return ret;
	ret = __cpu_up(cpu, idle);
	if (ret)
		return ret;
	wait_for_completion(&st->done_up);

	reinit_completion(&st->done_up);
	st->target = CPUHP_ONLINE;
	WRITE_ONCE(st->should_run, true);
	kthread_unpark(st->thread);
	wake_up_process(st->thread);
	wait_for_completion(&st->done_up);
	return st->result;
}

int cpu_up(unsigned int cpu)
{
	if (!cpuhp_ready || !cpu_possible(cpu))
		return -EINVAL;
	return cpu_online(cpu) ? 0 : bringup_cpu(cpu);
}

void __init bringup_nonboot_cpus(unsigned int max_cpus)
{
	unsigned int cpu;

	for_each_present_cpu(cpu) {
		if (num_online_cpus() >= max_cpus)
			break;
		if (!cpu_online(cpu))
			cpu_up(cpu);
	}
}
