/* Sets of CPUs: bitmaps of NR_CPUS bits, and the four global ones. */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/bitops.h>
#include <linux/kernel.h>

#define NR_CPUS 8

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;

extern unsigned int nr_cpu_ids;
extern cpumask_t __cpu_possible_mask, __cpu_present_mask, __cpu_online_mask, __cpu_active_mask;
#define cpu_possible_mask ((const struct cpumask *)&__cpu_possible_mask)
#define cpu_present_mask ((const struct cpumask *)&__cpu_present_mask)
#define cpu_online_mask ((const struct cpumask *)&__cpu_online_mask)
#define cpu_active_mask ((const struct cpumask *)&__cpu_active_mask)

#define CPU_MASK_ALL { .bits = { (1UL << NR_CPUS) - 1 } }
#define CPU_MASK_NONE { .bits = { 0 } }

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *m) { set_bit(cpu, m->bits); }
static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *m) { clear_bit(cpu, m->bits); }
static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *m) { return test_bit(cpu, m->bits); }
static inline bool cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *m) { return test_and_clear_bit(cpu, m->bits); }
static inline void cpumask_setall(struct cpumask *m) { m->bits[0] = (1UL << NR_CPUS) - 1; }
static inline void cpumask_clear(struct cpumask *m) { m->bits[0] = 0; }
static inline void cpumask_copy(struct cpumask *d, const struct cpumask *s) { *d = *s; }
static inline bool cpumask_empty(const struct cpumask *m) { return !READ_ONCE(m->bits[0]); }
static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b) { return a->bits[0] == b->bits[0]; }
static inline bool cpumask_and(struct cpumask *d, const struct cpumask *a, const struct cpumask *b)
{
	return (d->bits[0] = a->bits[0] & b->bits[0]) != 0;
}
static inline void cpumask_andnot(struct cpumask *d, const struct cpumask *a, const struct cpumask *b)
{
	d->bits[0] = a->bits[0] & ~b->bits[0];
}
static inline unsigned int cpumask_first(const struct cpumask *m) { return find_first_bit(m->bits, NR_CPUS); }
static inline unsigned int cpumask_next(int n, const struct cpumask *m) { return find_next_bit(m->bits, NR_CPUS, n + 1); }
static inline unsigned int cpumask_weight(const struct cpumask *m) { return hweight64(m->bits[0]); }

#define for_each_cpu(cpu, m) \
	for ((cpu) = cpumask_first(m); (cpu) < NR_CPUS; (cpu) = cpumask_next(cpu, m))
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_present_cpu(cpu) for_each_cpu(cpu, cpu_present_mask)
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)

static inline bool cpu_online(unsigned int cpu) { return cpumask_test_cpu(cpu, cpu_online_mask); }
static inline bool cpu_active(unsigned int cpu) { return cpumask_test_cpu(cpu, cpu_active_mask); }
static inline bool cpu_possible(unsigned int cpu) { return cpumask_test_cpu(cpu, cpu_possible_mask); }
static inline bool cpu_present(unsigned int cpu) { return cpumask_test_cpu(cpu, cpu_present_mask); }
static inline void set_cpu_possible(unsigned int cpu, bool v) { (v ? cpumask_set_cpu : cpumask_clear_cpu)(cpu, &__cpu_possible_mask); }
static inline void set_cpu_present(unsigned int cpu, bool v) { (v ? cpumask_set_cpu : cpumask_clear_cpu)(cpu, &__cpu_present_mask); }
static inline void set_cpu_online(unsigned int cpu, bool v) { (v ? cpumask_set_cpu : cpumask_clear_cpu)(cpu, &__cpu_online_mask); }
static inline void set_cpu_active(unsigned int cpu, bool v) { (v ? cpumask_set_cpu : cpumask_clear_cpu)(cpu, &__cpu_active_mask); }
#define num_online_cpus() cpumask_weight(cpu_online_mask)
#define num_possible_cpus() cpumask_weight(cpu_possible_mask)
#define cpumask_of(cpu) (&cpu_bit_masks[cpu])
extern const cpumask_t cpu_bit_masks[NR_CPUS];

int cpulist_parse(const char *s, struct cpumask *mask);
int cpumask_print_list(char *buf, size_t size, const struct cpumask *mask);

#endif
