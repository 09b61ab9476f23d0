/* memblock: sorted arrays of physical ranges, in use until the buddy allocator takes over. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>
#include <asm/page.h>

struct memblock memblock = {
	.memory.name = "memory",
	.reserved.name = "reserved",
};

/* Inserts in order of address, merging with neighbours that touch or overlap. */
static int __init memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	struct memblock_region *rgn = type->regions;
	phys_addr_t end = base + size;
	unsigned long i = 0, j;

	if (!size)
		return 0;
	while (i < type->cnt && rgn[i].base + rgn[i].size < base)
		i++;
	for (j = i; j < type->cnt && rgn[j].base <= end; j++) {
		base = min(base, rgn[j].base);
		end = max(end, rgn[j].base + rgn[j].size);
	}
	if (j == i && type->cnt == ARRAY_SIZE(type->regions))
		panic("memblock: too many %s regions", type->name);
	memmove(&rgn[i + 1], &rgn[j], (type->cnt - j) * sizeof(*rgn));
	rgn[i] = (struct memblock_region){ base, end - base };
	type->cnt += 1 - (long)(j - i);
	return 0;
}

int __init memblock_add(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_range(&memblock.memory, base, size);
}

int __init memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_range(&memblock.reserved, base, size);
}

bool __init memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	struct memblock_type *type = &memblock.memory;

	for (unsigned long i = 0; i < type->cnt; i++) {
		struct memblock_region *r = &type->regions[i];

		if (base >= r->base && size <= r->size && base - r->base <= r->size - size)
			return true;
	}
	return false;
}

phys_addr_t __init memblock_start_of_DRAM(void)
{
	return memblock.memory.regions[0].base;
}

phys_addr_t __init memblock_end_of_DRAM(void)
{
	struct memblock_region *last = &memblock.memory.regions[memblock.memory.cnt - 1];

	return last->base + last->size;
}

/* Walks the free ranges from the lowest; fn returning true ends the walk. */
static bool __init for_each_free_range(bool (*fn)(phys_addr_t start, phys_addr_t end, void *data), void *data)
{
	struct memblock_type *res = &memblock.reserved;

	for (unsigned long i = 0; i < memblock.memory.cnt; i++) {
		phys_addr_t pos = memblock.memory.regions[i].base;
		phys_addr_t end = pos + memblock.memory.regions[i].size;

		for (unsigned long j = 0; j <= res->cnt && pos < end; j++) {
			phys_addr_t stop = j < res->cnt ? min(res->regions[j].base, end) : end;

			if (stop > pos && fn(pos, stop, data))
				return true;
			if (j < res->cnt)
				pos = max(pos, res->regions[j].base + res->regions[j].size);
		}
	}
	return false;
}

struct alloc_request {
	phys_addr_t size, align, found;
};

static bool __init try_alloc(phys_addr_t start, phys_addr_t end, void *data)
{
	struct alloc_request *req = data;

	req->found = ALIGN(start, req->align);
	return req->found >= start && req->found < end && end - req->found >= req->size;
}

phys_addr_t __init memblock_phys_alloc(phys_addr_t size, phys_addr_t align)
{
	struct alloc_request req = { size, align, 0 };

	if (!for_each_free_range(try_alloc, &req))
		panic("memblock: no %lu free bytes in memory", (unsigned long)size);
	memblock_reserve(req.found, size);
	return req.found;
}

void *__init memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memset(__va(memblock_phys_alloc(size, align)), 0, size);
}

struct free_walk {
	void (*fn)(unsigned long start_pfn, unsigned long end_pfn, void *data);
	void *data;
};

static bool __init give_free(phys_addr_t start, phys_addr_t end, void *data)
{
	struct free_walk *walk = data;

	if (PFN_UP(start) < PFN_DOWN(end))
		walk->fn(PFN_UP(start), PFN_DOWN(end), walk->data);
	return false;
}

void __init memblock_for_each_free(void (*fn)(unsigned long start_pfn, unsigned long end_pfn, void *data), void *data)
{
	struct free_walk walk = { fn, data };

	for_each_free_range(give_free, &walk);
}
