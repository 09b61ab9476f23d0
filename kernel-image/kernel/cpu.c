/*
 * CPU hotplug: the masks, and the steps on which a CPU comes up and goes.
 *
 * On the way up the controlling CPU creates the newcomer's threads and starts
 * it; once it idles, its own cpuhp/N thread takes it through the remaining
 * states. The way down is the same backwards: the thread undoes what is the
 * CPU's own, then, with the machine stopped, the last tasks are sent away, the
 * idle task hands the hart back to the firmware, and the controlling CPU
 * collects what was left there.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <linux/tick.h>
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
	struct completion done;		/* of its way up, or of the part of it that was asked for */
	struct completion dead;
};

static DEFINE_PER_CPU(struct cpuhp_cpu_state, cpuhp_state);
static DEFINE_MUTEX(cpu_add_remove_lock);
static bool cpuhp_ready;

static struct cpuhp_step {
	const char *name;
	cpuhp_callback_t startup, teardown;
} cpuhp_hp_states[CPUHP_ONLINE + 1] = {
	[CPUHP_CREATE_THREADS] = { "threads:prepare", smpboot_create_threads, NULL },
	[CPUHP_WORKQUEUE_PREP] = { "workqueue:prepare", workqueue_prepare_cpu, NULL },
	[CPUHP_TIMERS_PREPARE] = { "timers:prepare", NULL, timers_dead_cpu },
	[CPUHP_HRTIMERS_PREPARE] = { "hrtimers:prepare", NULL, hrtimers_dead_cpu },
	[CPUHP_AP_SMPBOOT_THREADS] = { "smpboot/threads:online", smpboot_unpark_threads, smpboot_park_threads },
	[CPUHP_AP_WORKQUEUE_ONLINE] = { "workqueue:online", workqueue_online_cpu, workqueue_offline_cpu },
	[CPUHP_AP_ACTIVE] = { "sched:active", sched_cpu_activate, sched_cpu_deactivate },
};

void cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name, cpuhp_callback_t startup,
			       cpuhp_callback_t teardown)
{
	cpuhp_hp_states[state] = (struct cpuhp_step){ name, startup, teardown };
}

static int cpuhp_invoke_callback(unsigned int cpu, enum cpuhp_state state, bool bringup)
{
	struct cpuhp_step *step = &cpuhp_hp_states[state];
	cpuhp_callback_t fn = bringup ? step->startup : step->teardown;
	int ret = fn ? fn(cpu) : 0;

	if (ret)
		pr_err("CPU%u: %s failed with %d\n", cpu, step->name, ret);
	return ret;
}

/* From state to target, one by one; a failure on the way up is undone. */
static int cpuhp_walk(unsigned int cpu, struct cpuhp_cpu_state *st, enum cpuhp_state target)
{
	enum cpuhp_state begin = st->state;
	int ret = 0;

	for (; st->state < target; st->state++) {
		ret = cpuhp_invoke_callback(cpu, st->state + 1, true);
		if (ret) {
			target = begin;
			break;
		}
	}
	for (; st->state > target; st->state--) {
		int err = cpuhp_invoke_callback(cpu, st->state, false);

		if (err && !ret)
			return err;
	}
	return ret;
}

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

	for_each_possible_cpu(cpu) {
		init_completion(&per_cpu(cpuhp_state, cpu).done);
		init_completion(&per_cpu(cpuhp_state, cpu).dead);
	}
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
	complete(&st->done);
}

/* On the old CPU, as its last word. */
void cpuhp_report_idle_dead(void)
{
	complete(&this_cpu(cpuhp_state).dead);
}

static int cpuhp_should_run(unsigned int cpu)
{
	return READ_ONCE(per_cpu(cpuhp_state, cpu).should_run);
}

static void cpuhp_thread_fun(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = &per_cpu(cpuhp_state, cpu);

	st->should_run = false;
	st->result = cpuhp_walk(cpu, st, st->target);
	complete(&st->done);
}

static struct smp_hotplug_thread cpuhp_threads = {
	.thread_should_run = cpuhp_should_run,
	.thread_fn = cpuhp_thread_fun,
	.thread_comm = "cpuhp/%u",
	.selfparking = true,
};

void __init cpuhp_threads_init(void)
{
	cpuhp_threads.store = &cpuhp_state.thread;
	cpuhp_ready = !smpboot_register_percpu_thread(&cpuhp_threads);
}

/* Has the CPU's own thread take it through the states that are the CPU's own. */
static int cpuhp_kick_ap(struct cpuhp_cpu_state *st, enum cpuhp_state target)
{
	reinit_completion(&st->done);
	st->target = target;
	WRITE_ONCE(st->should_run, true);
	wake_up_process(st->thread);
	wait_for_completion(&st->done);
	return st->result;
}

static noinline int bringup_cpu(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = &per_cpu(cpuhp_state, cpu);
	struct task_struct *idle = idle_thread_get(cpu);
	int ret;

	if (!idle)
		return -ENOMEM;
	reinit_completion(&st->done);
	ret = __cpu_up(cpu, idle);
	if (ret)
		return ret;
	wait_for_completion(&st->done);
	kthread_unpark(st->thread);
	return cpuhp_kick_ap(st, CPUHP_ONLINE);
}

/* On the CPU that goes, in its stopper, which then parks itself: only the idle task is left. */
static int take_cpu_down(void *unused)
{
	unsigned int cpu = smp_processor_id();

	set_cpu_online(cpu, false);
	sched_cpu_dying(cpu);
	tick_shutdown_cpu();
	kthread_park(current);
	return 0;
}

static void takedown_cpu(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = &per_cpu(cpuhp_state, cpu);

	kthread_park(st->thread);
	reinit_completion(&st->dead);
	stop_machine(take_cpu_down, NULL, cpumask_of(cpu));
	wait_for_completion(&st->dead);
	__cpu_die(cpu);
	st->state = CPUHP_BRINGUP_CPU - 1;
}

int cpu_up(unsigned int cpu)
{
	struct cpuhp_cpu_state *st;
	int ret = 0;

	if (!cpuhp_ready || !cpu_present(cpu))
		return -EINVAL;
	st = &per_cpu(cpuhp_state, cpu);
	mutex_lock(&cpu_add_remove_lock);
	if (!cpu_online(cpu)) {
		ret = cpuhp_walk(cpu, st, CPUHP_BRINGUP_CPU - 1) ?: bringup_cpu(cpu);
		if (ret && !cpu_online(cpu))
			cpuhp_walk(cpu, st, CPUHP_OFFLINE);
	}
	mutex_unlock(&cpu_add_remove_lock);
	return ret;
}

/* The boot CPU takes the interrupts of all devices: it stays. */
int cpu_down(unsigned int cpu)
{
	struct cpuhp_cpu_state *st;
	int ret = 0;

	if (!cpu || !cpu_possible(cpu))
		return -EBUSY;
	st = &per_cpu(cpuhp_state, cpu);
	mutex_lock(&cpu_add_remove_lock);
	if (cpu_online(cpu)) {
		ret = cpuhp_kick_ap(st, CPUHP_AP_ONLINE_IDLE);
		if (!ret) {
			takedown_cpu(cpu);
			ret = cpuhp_walk(cpu, st, CPUHP_OFFLINE);
		}
	}
	mutex_unlock(&cpu_add_remove_lock);
	return ret;
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
