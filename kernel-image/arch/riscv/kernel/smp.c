/* Interrupts between harts: reschedule, call a function, stop. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/sbi.h>
#include <asm/smp.h>

unsigned long boot_cpu_hartid;
unsigned long __cpuid_to_hartid_map[NR_CPUS];

static DEFINE_PER_CPU(unsigned long, ipi_pending);

/* Whichever hart entered _start is CPU 0. */
void __init smp_setup_processor_id(void)
{
	cpuid_to_hartid_map(0) = boot_cpu_hartid;
}

int riscv_hartid_to_cpuid(unsigned long hartid)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (cpuid_to_hartid_map(cpu) == hartid)
			return cpu;
	return -1;
}

static void send_ipi_mask(const struct cpumask *mask, enum ipi_message_type op)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		__atomic_fetch_or(&per_cpu(ipi_pending, cpu), BIT(op), __ATOMIC_RELEASE);
	smp_mb();
	sbi_send_ipi(mask);
}

void smp_send_reschedule(int cpu)
{
	send_ipi_mask(cpumask_of(cpu), IPI_RESCHEDULE);
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	send_ipi_mask(mask, IPI_CALL_FUNC);
}

static void ipi_stop(void)
{
	set_cpu_online(smp_processor_id(), false);
	cpu_park();
}

/* Bounded: a CPU with interrupts off for good must not keep a panic from its last words. */
void smp_send_stop(void)
{
	cpumask_t mask;
	unsigned long tries = 1000000;

	cpumask_andnot(&mask, cpu_online_mask, cpumask_of(smp_processor_id()));
	if (cpumask_empty(&mask))
		return;
	send_ipi_mask(&mask, IPI_CPU_STOP);
	while (num_online_cpus() > 1 && --tries)
		cpu_relax();
}

void handle_IPI(void)
{
	unsigned long *pending = &this_cpu(ipi_pending), ops;

	csr_clear(sip, SIE_SSIE);
	/* After the clear: whoever sets a bit later raises the interrupt again. */
	smp_mb();
	while ((ops = xchg(pending, 0UL))) {
		if (ops & BIT(IPI_RESCHEDULE))
			scheduler_ipi();
		if (ops & BIT(IPI_CALL_FUNC))
			generic_smp_call_function_interrupt();
		if (ops & BIT(IPI_CPU_STOP))
			ipi_stop();
	}
}
