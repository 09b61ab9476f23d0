/*
 * Scheduling domains: which CPUs share work.
 *
 * All CPUs of this machine are alike, so there is one level: a domain of every
 * CPU that isolcpus= does not set apart. An isolated CPU has no domain; only
 * tasks that are sent there explicitly run on it.
 */
#include <linux/cgroup.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "sched.h"

struct root_domain def_root_domain;
static struct sched_domain cpu_domain;
cpumask_t cpu_isolated_map;
static bool sched_smp_initialized;

static int __init isolated_cpu_setup(char *str)
{
	cpumask_t mask;

	if (cpulist_parse(str, &mask) || cpumask_test_cpu(smp_processor_id(), &mask))
		pr_warn("isolcpus: takes a list of CPUs without the boot CPU; ignored\n");
	else
		cpu_isolated_map = mask;
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

static void build_sched_domains(void)
{
	int cpu;

	cpumask_andnot(&cpu_domain.span, cpu_active_mask, &cpu_isolated_map);
	cpu_domain.balance_interval = cpumask_weight(&cpu_domain.span);
	for_each_possible_cpu(cpu) {
		bool member = cpumask_test_cpu(cpu, &cpu_domain.span) && cpumask_weight(&cpu_domain.span) > 1;

		WRITE_ONCE(cpu_rq(cpu)->sd, member ? &cpu_domain : NULL);
	}
}

/* The CPU takes part in scheduling from here on. */
int sched_cpu_activate(unsigned int cpu)
{
	set_cpu_active(cpu, true);
	cpumask_set_cpu(cpu, &def_root_domain.online);
	if (sched_smp_initialized) {
		build_sched_domains();
		cpuset_update_active_cpus();
	}
	return 0;
}

/* No task is sent there any more; those that are there go when it dies. */
int sched_cpu_deactivate(unsigned int cpu)
{
	set_cpu_active(cpu, false);
	cpumask_clear_cpu(cpu, &def_root_domain.online);
	build_sched_domains();
	synchronize_rcu();	/* whoever chose a CPU by the old mask has put his task there */
	cpuset_update_active_cpus();
	return 0;
}

/* All CPUs are up: work spreads over them, and pid 1, with all that it will fork, keeps off the isolated ones. */
void __init sched_init_smp(void)
{
	cpumask_t housekeeping;

	build_sched_domains();
	sched_smp_initialized = true;
	cpumask_andnot(&housekeeping, cpu_possible_mask, &cpu_isolated_map);
	set_cpus_allowed_ptr(current, &housekeeping);
	sched_init_granularity();
	if (!cpumask_empty(&cpu_isolated_map))
		pr_info("isolcpus: %u CPUs are left to who asks for them\n", cpumask_weight(&cpu_isolated_map));
}
