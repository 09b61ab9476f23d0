/* Which CPU this is, and running a function on others. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/preempt.h>

#define raw_smp_processor_id() (((struct thread_info *)current)->cpu)
#define smp_processor_id() raw_smp_processor_id()
#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

typedef void (*smp_call_func_t)(void *info);

extern unsigned int setup_max_cpus;

void smp_send_reschedule(int cpu);
void smp_send_stop(void);
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);
void generic_smp_call_function_interrupt(void);

void smp_prepare_boot_cpu(void);
void smp_prepare_cpus(unsigned int max_cpus);
void smp_init(void);
void call_function_init(void);
void setup_nr_cpu_ids(void);

#endif
