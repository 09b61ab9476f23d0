/* Running functions on other CPUs, and bringing those up. */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/smp.h>

/* Sits on the sender's stack (the sender waits) until done. */
struct call_single_data {
	struct list_head list;
	smp_call_func_t func;
	void *info;
	bool done;
};

struct call_queue {
	spinlock_t lock;
	struct list_head list;
};

static DEFINE_PER_CPU(struct call_queue, call_queues);
unsigned int setup_max_cpus = NR_CPUS;
unsigned long __per_cpu_offset[NR_CPUS];

static int __init nosmp(char *str)
{
	setup_max_cpus = 0;
	return 0;
}
early_param("nosmp", nosmp);

static int __init maxcpus(char *str)
{
	int n, err = kstrtoint(str, 0, &n);

	if (err || n < 0)
		return -EINVAL;
	setup_max_cpus = n;
	return 0;
}
early_param("maxcpus", maxcpus);

/* Not more CPUs than this are possible; setup_smp looks at it. */
static int __init nrcpus(char *str)
{
	int n, err = kstrtoint(str, 0, &n);

	if (err || n < 1)
		return -EINVAL;
	nr_cpu_ids = min_t(int, n, NR_CPUS);
	return 0;
}
early_param("nr_cpus", nrcpus);

void __init setup_nr_cpu_ids(void)
{
	nr_cpu_ids = fls64(__cpu_possible_mask.bits[0]);
}

void __init call_function_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		spin_lock_init(&per_cpu(call_queues, cpu).lock);
		INIT_LIST_HEAD(&per_cpu(call_queues, cpu).list);
	}
}

void generic_smp_call_function_interrupt(void)
{
	struct call_queue *q = &this_cpu(call_queues);

	for (;;) {
		struct call_single_data *csd;

		spin_lock(&q->lock);
		csd = list_first_entry_or_null(&q->list, struct call_single_data, list);
		if (csd)
			list_del(&csd->list);
		spin_unlock(&q->lock);
		if (!csd)
			return;
		csd->func(csd->info);
		smp_store_release(&csd->done, true);
	}
}

/* Interrupts must be on: two CPUs that call each other with theirs off would wait for ever. */
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	struct call_single_data csd[NR_CPUS];
	cpumask_t cpus;
	int cpu;

	WARN_ON(irqs_disabled() && !oops_in_progress);
	preempt_disable();
	cpumask_and(&cpus, mask, cpu_online_mask);
	cpumask_clear_cpu(smp_processor_id(), &cpus);
	for_each_cpu(cpu, &cpus) {
		struct call_queue *q = &per_cpu(call_queues, cpu);

		csd[cpu] = (struct call_single_data){ .func = func, .info = info };
		spin_lock_irq(&q->lock);
		list_add_tail(&csd[cpu].list, &q->list);
		spin_unlock_irq(&q->lock);
	}
	if (!cpumask_empty(&cpus))
		arch_send_call_function_ipi_mask(&cpus);
	for_each_cpu(cpu, &cpus)
		while (!smp_load_acquire(&csd[cpu].done))
			cpu_relax();
	preempt_enable();
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	if (!cpu_online(cpu))
		return -ENXIO;
	preempt_disable();
	if (cpu == smp_processor_id()) {
		local_irq_disable();
		func(info);
		local_irq_enable();
	} else {
		smp_call_function_many(cpumask_of(cpu), func, info, wait);
	}
	preempt_enable();
	return 0;
}

void __init smp_init(void)
{
	idle_threads_init();
	cpuhp_threads_init();
	pr_info("Bringing up secondary CPUs ...\n");
	bringup_nonboot_cpus(setup_max_cpus);
	pr_info("Brought up 1 node, %u CPU%s\n", num_online_cpus(), num_online_cpus() == 1 ? "" : "s");
}
