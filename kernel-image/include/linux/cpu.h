/* CPU hotplug: the states a CPU passes on its way up, and the idle entry. */
#ifndef _LINUX_CPU_H
#define _LINUX_CPU_H

#include <linux/cpumask.h>

struct task_struct;

enum cpuhp_state {
	CPUHP_OFFLINE,
	CPUHP_BRINGUP_CPU,
	CPUHP_AP_ONLINE_IDLE,
	CPUHP_AP_SMPBOOT_THREADS,
	CPUHP_AP_ACTIVE,
	CPUHP_ONLINE,
};

void boot_cpu_init(void);
void boot_cpu_hotplug_init(void);
int cpu_up(unsigned int cpu);
void bringup_nonboot_cpus(unsigned int max_cpus);
int __cpu_up(unsigned int cpu, struct task_struct *idle);
void notify_cpu_starting(unsigned int cpu);
void cpu_startup_entry(enum cpuhp_state state) __noreturn;
void cpuhp_online_idle(enum cpuhp_state state);
void cpuhp_threads_init(void);
void idle_threads_init(void);
struct task_struct *idle_thread_get(unsigned int cpu);
void idle_thread_set_boot_cpu(void);

#endif
