/* Idle tasks of the secondary CPUs, and threads of which every CPU has one. */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smpboot.h>

static DEFINE_PER_CPU(struct task_struct *, idle_threads);
static LIST_HEAD(hotplug_threads);
static DEFINE_MUTEX(smpboot_threads_lock);

/* Made fresh: the CPU may have been up before. */
struct task_struct *idle_thread_get(unsigned int cpu)
{
	struct task_struct *idle = per_cpu(idle_threads, cpu);

	if (idle)
		init_idle(idle, cpu);
	return idle;
}

void __init idle_threads_init(void)
{
	unsigned int cpu, boot_cpu = smp_processor_id();

	for_each_possible_cpu(cpu) {
		struct task_struct *idle;

		if (cpu == boot_cpu || !cpumask_test_cpu(cpu, cpu_present_mask))
			continue;
		idle = fork_idle(cpu);
		if (IS_ERR(idle))
			pr_err("SMP: fork_idle() failed for CPU %u\n", cpu);
		else
			per_cpu(idle_threads, cpu) = idle;
	}
}

struct smpboot_thread_data {
	unsigned int cpu;
	struct smp_hotplug_thread *ht;
};

static int smpboot_thread_fn(void *data)
{
	struct smpboot_thread_data *td = data;
	struct smp_hotplug_thread *ht = td->ht;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop()) {
			__set_current_state(TASK_RUNNING);
			kfree(td);
			return 0;
		}
		if (kthread_should_park()) {
			__set_current_state(TASK_RUNNING);
			kthread_parkme();
			continue;
		}
		if (!ht->thread_should_run(td->cpu)) {
			schedule();
		} else {
			__set_current_state(TASK_RUNNING);
			ht->thread_fn(td->cpu);
		}
	}
}

/* Parked and bound to its CPU until smpboot_unpark_threads. */
static int smpboot_create_thread(struct smp_hotplug_thread *ht, unsigned int cpu)
{
	struct task_struct **slot = per_cpu_ptr(ht->store, cpu), *tsk;
	struct smpboot_thread_data *td;

	if (*slot)
		return 0;
	td = kzalloc(sizeof(*td), GFP_KERNEL);
	if (!td)
		return -ENOMEM;
	td->cpu = cpu;
	td->ht = ht;
	tsk = kthread_create_on_cpu(smpboot_thread_fn, td, cpu, ht->thread_comm);
	if (IS_ERR(tsk)) {
		kfree(td);
		return PTR_ERR(tsk);
	}
	kthread_park(tsk);
	get_task_struct(tsk);
	*slot = tsk;
	if (ht->create)
		ht->create(cpu);
	return 0;
}

int smpboot_create_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *cur;
	int ret = 0;

	mutex_lock(&smpboot_threads_lock);
	list_for_each_entry(cur, &hotplug_threads, list) {
		ret = smpboot_create_thread(cur, cpu);
		if (ret)
			break;
	}
	mutex_unlock(&smpboot_threads_lock);
	return ret;
}

int smpboot_unpark_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *cur;

	mutex_lock(&smpboot_threads_lock);
	list_for_each_entry(cur, &hotplug_threads, list)
		kthread_unpark(*per_cpu_ptr(cur->store, cpu));
	mutex_unlock(&smpboot_threads_lock);
	return 0;
}

int smpboot_park_threads(unsigned int cpu)
{
	struct smp_hotplug_thread *cur;

	mutex_lock(&smpboot_threads_lock);
	list_for_each_entry_reverse(cur, &hotplug_threads, list)
		if (!cur->selfparking)
			kthread_park(*per_cpu_ptr(cur->store, cpu));
	mutex_unlock(&smpboot_threads_lock);
	return 0;
}

int smpboot_register_percpu_thread(struct smp_hotplug_thread *ht)
{
	unsigned int cpu;
	int ret = 0;

	mutex_lock(&smpboot_threads_lock);
	for_each_online_cpu(cpu) {
		ret = smpboot_create_thread(ht, cpu);
		if (ret)
			break;
		kthread_unpark(*per_cpu_ptr(ht->store, cpu));
	}
	if (!ret)
		list_add_tail(&ht->list, &hotplug_threads);
	mutex_unlock(&smpboot_threads_lock);
	return ret;
}
