/*
 * Scheduling domains: which CPUs share work.
 *
 * All CPUs of this machine are alike, so there is one level: a domain of every
 * CPU that isolcpus= does not set apart. An isolated CPU has no domain; only
 * tasks that are sent there explicitly run on it.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "sched.h"

struct root_domain def_root_domain;
static struct sched_domain cpu_domain;
static cpumask_t isolated_cpus;

/* CPUs and ranges of them: 1,3-5. */
static int __init isolated_cpu_setup(char *str)
{
	cpumask_t mask = CPU_MASK_NONE;

	for (;;) {
		unsigned long first = simple_strtoul(str, &str, 10), last = first;

		if (*str == '-')
			last = simple_strtoul(str + 1, &str, 10);
		for (unsigned long cpu = first; cpu <= last && cpu < NR_CPUS; cpu++)
			cpumask_set_cpu(cpu, &mask);
		if (*str != ',')
			break;
		str++;
	}
	if (*str || cpumask_test_cpu(smp_processor_id(), &mask)) {
		pr_warn("isolcpus: takes a list of CPUs without the boot CPU; ignored\n");
		return 1;
	}
	isolated_cpus = mask;
	return 1;
}
__setup("isolcpus=", isolated_cpu_setup);

void __init init_defrootdomain(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		cpu_rq(cpu)->rd = &def_root_domain;
		cpumask_set_cpu(cpu, &def_root_domain.span);
	}
	sched_cpu_activate(smp_processor_id());
}

/* The CPU takes part in scheduling from here on. */
void sched_cpu_activate(unsigned int cpu)
{
	set_cpu_active(cpu, true);
	cpumask_set_cpu(cpu, &def_root_domain.online);
}

static void __init init_sched_domains(void)
{
	int cpu;

	cpumask_andnot(&cpu_domain.span, cpu_active_mask, &isolated_cpus);
	cpu_domain.balance_interval = cpumask_weight(&cpu_domain.span);
	if (cpumask_weight(&cpu_domain.span) < 2)
		return;
	for_each_cpu(cpu, &cpu_domain.span)
		WRITE_ONCE(cpu_rq(cpu)->sd, &cpu_domain);
}

/* All CPUs are up: work spreads over them, and pid 1, with all that it will fork, keeps off the isolated ones. */
void __init sched_init_smp(void)
{
	cpumask_t housekeeping;

	init_sched_domains();
	cpumask_andnot(&housekeeping, cpu_possible_mask, &isolated_cpus);
	set_cpus_allowed_ptr(current, &housekeeping);
	sched_init_granularity();
	if (!cpumask_empty(&isolated_cpus))
		pr_info("isolcpus: %u CPUs are left to who asks for them\n", cpumask_weight(&isolated_cpus));
}
