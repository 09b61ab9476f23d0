/* The first allocator: ranges of memory and of what is taken, before the buddy system. */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/types.h>

struct memblock_region {
	phys_addr_t base, size;
};

struct memblock_type {
	unsigned long cnt;
	struct memblock_region regions[64];
	const char *name;
};

struct memblock {
	struct memblock_type memory, reserved;
};

extern struct memblock memblock;

int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_reserve(phys_addr_t base, phys_addr_t size);
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
phys_addr_t memblock_phys_alloc(phys_addr_t size, phys_addr_t align);
void *memblock_alloc(phys_addr_t size, phys_addr_t align);	/* zeroed, panics on failure */
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);
/* Calls fn for each page-aligned free range. */
void memblock_for_each_free(void (*fn)(unsigned long start_pfn, unsigned long end_pfn, void *data), void *data);

#endif
