/* Hart numbering and the interrupts harts send each other. */
#ifndef _ASM_SMP_H
#define _ASM_SMP_H

#include <linux/cpumask.h>

struct task_struct;

extern unsigned long boot_cpu_hartid;
extern unsigned long __cpuid_to_hartid_map[NR_CPUS];
#define cpuid_to_hartid_map(cpu) __cpuid_to_hartid_map[cpu]
/* What secondary_start finds at the physical address in a1. */
struct sbi_hart_boot_data {
	struct task_struct *task_ptr;	/* set last */
	void *stack_ptr;
	unsigned long hartid;
};
extern struct sbi_hart_boot_data boot_data[NR_CPUS];

int riscv_hartid_to_cpuid(unsigned long hartid);

enum ipi_message_type { IPI_RESCHEDULE, IPI_CALL_FUNC, IPI_CPU_STOP, IPI_MAX };
void handle_IPI(void);
void arch_send_call_function_ipi_mask(const struct cpumask *mask);
void smp_setup_processor_id(void);
void setup_smp(void);
asmlinkage void smp_callin(void);

#endif
