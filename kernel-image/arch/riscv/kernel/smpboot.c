/* Which harts there are, and bringing them up through SBI HSM. */
#include <linux/cpu.h>
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tick.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include <asm/traps.h>

static DECLARE_COMPLETION(cpu_running);

/* Not in bss: a hart may read it before CPU 0 has cleared that. */
struct sbi_hart_boot_data boot_data[NR_CPUS] __section(".data");

asmlinkage void secondary_start(void);

/* CPU 0 is the boot hart, the others follow in the order of the device tree. */
void __init setup_smp(void)
{
	struct device_node *cpus = of_find_node_by_path("/cpus"), *np;
	unsigned int cpu = 1;
	bool found_boot_cpu = false, too_many = false;

	for_each_child_of_node(cpus, np) {
		const char *type;
		const u32 *reg;
		unsigned long hartid;
		int len;

		if (of_property_read_string(np, "device_type", &type) || strcmp(type, "cpu") || !of_device_is_available(np))
			continue;
		reg = of_get_property(np, "reg", &len);
		if (!reg || len < 4)
			continue;
		hartid = of_read_number(reg, len / 4);
		if (hartid == boot_cpu_hartid) {
			found_boot_cpu = true;
			continue;
		}
		/* The boot hart may still come: any hart can win the firmware's lottery. */
		if (cpu >= nr_cpu_ids) {
			too_many = true;
			continue;
		}
		cpuid_to_hartid_map(cpu) = hartid;
		set_cpu_possible(cpu++, true);
	}
	if (too_many)
		pr_warn("CPU: more harts than nr_cpus (%u), the rest stays off\n", nr_cpu_ids);
	if (!found_boot_cpu)
		panic("device tree: the boot hart is not under /cpus");
}

void __init smp_prepare_boot_cpu(void)
{
	cpumask_set_cpu(smp_processor_id(), mm_cpumask(&init_mm));
}

void __init smp_prepare_cpus(unsigned int max_cpus)
{
	unsigned int cpu;

	if (!max_cpus)
		return;
	for_each_possible_cpu(cpu)
		set_cpu_present(cpu, true);
}

int __cpu_up(unsigned int cpu, struct task_struct *idle)
{
	struct sbi_hart_boot_data *data = &boot_data[cpu];
	int ret;

	reinit_completion(&cpu_running);
	data->hartid = cpuid_to_hartid_map(cpu);
	data->stack_ptr = task_pt_regs(idle);
	smp_store_release(&data->task_ptr, idle);
	smp_mb();
	ret = sbi_hsm_hart_start(cpuid_to_hartid_map(cpu), __pa(secondary_start), __pa(data));
	if (ret) {
		pr_crit("CPU%u: failed to start (%d)\n", cpu, ret);
		return ret;
	}
	wait_for_completion_timeout(&cpu_running, 10 * HZ);
	if (!cpu_online(cpu)) {
		pr_crit("CPU%u: failed to come online\n", cpu);
		return -EIO;
	}
	return 0;
}

/* The CPU's idle task, with interrupts off: drops the last address space and gives the hart back. */
void arch_cpu_idle_dead(void)
{
	struct mm_struct *mm = current->active_mm;

	switch_mm(mm, &init_mm, current);
	current->active_mm = NULL;
	mmdrop(mm);
	cpumask_clear_cpu(smp_processor_id(), mm_cpumask(&init_mm));
	sbi_hsm_hart_stop();
	panic("CPU%u: the firmware did not take the hart", smp_processor_id());
}

void __cpu_die(unsigned int cpu)
{
	for (int tries = 0; sbi_hsm_hart_get_status(cpuid_to_hartid_map(cpu)) != SBI_HSM_STATE_STOPPED; tries++) {
		if (tries == HZ) {
			pr_warn("CPU%u: the firmware does not say that the hart has stopped\n", cpu);
			return;
		}
		schedule_timeout_uninterruptible(1);
	}
	pr_info("CPU%u: off\n", cpu);
}

/* The first C code of a secondary hart, on its idle task's stack, interrupts off. */
asmlinkage void smp_callin(void)
{
	unsigned int cpu = smp_processor_id();

	mmgrab(&init_mm);
	current->active_mm = &init_mm;
	cpumask_set_cpu(cpu, mm_cpumask(&init_mm));
	csr_write(satp, SATP_MODE_39 | PFN_DOWN(__pa(swapper_pg_dir)));
	local_flush_tlb_all();
	trap_init();
	notify_cpu_starting(cpu);
	tick_setup_cpu();
	set_cpu_online(cpu, true);
	/* From here on remote flushes reach this hart; what happened before is covered by this one. */
	local_flush_tlb_all();
	complete(&cpu_running);
	local_irq_enable();
	cpu_startup_entry(CPUHP_AP_ONLINE_IDLE);
}
