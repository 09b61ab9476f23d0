/* Per-CPU areas: one copy of the template for every possible CPU. */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/page.h>
#include <asm/sections.h>

void __init setup_per_cpu_areas(void)
{
	size_t size = __per_cpu_end - __per_cpu_start;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		char *area = __va(memblock_phys_alloc(size, 64));

		memcpy(area, __per_cpu_start, size);
		__per_cpu_offset[cpu] = area - __per_cpu_start;
	}
}
