/* CPU hotplug: the states a CPU passes on its way up and down, and the idle entry. */
#ifndef _LINUX_CPU_H
#define _LINUX_CPU_H

#include <linux/cpumask.h>

struct task_struct;

/* Up to BRINGUP_CPU the steps run on the CPU that brings the other up, or takes it down; the rest on the CPU itself. */
enum cpuhp_state {
	CPUHP_OFFLINE,
	CPUHP_CREATE_THREADS,
	CPUHP_WORKQUEUE_PREP,
	CPUHP_TIMERS_PREPARE,
	CPUHP_HRTIMERS_PREPARE,
	CPUHP_PAGE_ALLOC,
	CPUHP_BRINGUP_CPU,
	CPUHP_AP_ONLINE_IDLE,
	CPUHP_AP_SMPBOOT_THREADS,
	CPUHP_AP_WORKQUEUE_ONLINE,
	CPUHP_AP_ACTIVE,
	CPUHP_ONLINE,
};

typedef int (*cpuhp_callback_t)(unsigned int cpu);

extern cpumask_t cpu_isolated_map;	/* those that isolcpus= sets apart */

void boot_cpu_init(void);
void boot_cpu_hotplug_init(void);
/* What to do when a CPU passes this state upwards, and downwards; either may be NULL. */
void cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name, cpuhp_callback_t startup,
			       cpuhp_callback_t teardown);
int cpu_up(unsigned int cpu);
int cpu_down(unsigned int cpu);
void bringup_nonboot_cpus(unsigned int max_cpus);
int __cpu_up(unsigned int cpu, struct task_struct *idle);
void __cpu_die(unsigned int cpu);	/* waits until the firmware has the hart */
void notify_cpu_starting(unsigned int cpu);
void cpu_startup_entry(enum cpuhp_state state) __noreturn;
void cpuhp_online_idle(enum cpuhp_state state);
void cpuhp_report_idle_dead(void);
void arch_cpu_idle(void);		/* interrupts are off: waits for one */
void arch_cpu_idle_enter(void);		/* around that */
void arch_cpu_idle_exit(void);
void arch_cpu_idle_dead(void) __noreturn;
void cpuhp_threads_init(void);
void idle_threads_init(void);
struct task_struct *idle_thread_get(unsigned int cpu);

int timers_dead_cpu(unsigned int cpu);
int hrtimers_dead_cpu(unsigned int cpu);
int sched_cpu_activate(unsigned int cpu);
int sched_cpu_deactivate(unsigned int cpu);
void sched_cpu_dying(unsigned int cpu);	/* on it, with everything else stopped: sends all its tasks away */

/* Runs fn on one CPU of cpus while every other stands still with its interrupts off. */
int stop_machine(int (*fn)(void *data), void *data, const struct cpumask *cpus);

#endif
