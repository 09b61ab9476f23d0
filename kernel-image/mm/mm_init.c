/*
 * Memory from memblock to the page allocator.
 *
 * Only so many struct pages are prepared by the boot CPU alone as it needs to
 * come up; the rest, most of a large machine, waits until page_alloc_init_late
 * can share the work out among all CPUs.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/padata.h>
#include <linux/string.h>

#include "internal.h"

#define EARLY_PAGES ((32UL << 20) >> PAGE_SHIFT)	/* free ones that are prepared at once */

struct page *mem_map;
unsigned long min_low_pfn, max_low_pfn;
atomic_long_t _totalram_pages;
pg_data_t contig_page_data;
nodemask_t node_states[NR_NODE_STATES];
static unsigned long first_deferred_pfn __initdata;

/* Every page begins reserved; those that memblock does not hold are set free then. */
static void __init init_reserved_range(unsigned long pfn, unsigned long end)
{
	for (struct page *page = pfn_to_page(pfn); pfn < end; pfn++, page++) {
		page->flags = 1UL << PG_reserved;
		page->_refcount.counter = 1;
	}
}

static void __init find_deferred(unsigned long pfn, unsigned long end, void *data)
{
	unsigned long *seen = data;

	if (*seen < EARLY_PAGES && *seen + (end - pfn) >= EARLY_PAGES)
		first_deferred_pfn = min(ALIGN(pfn + EARLY_PAGES - *seen, MAX_ORDER_NR_PAGES), max_low_pfn);
	*seen += end - pfn;
}

static void __init free_area_init(void)
{
	unsigned long seen = 0;

	min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	max_low_pfn = PFN_DOWN(memblock_end_of_DRAM());
	mem_map = __va(memblock_phys_alloc((max_low_pfn - min_low_pfn) * sizeof(struct page), PAGE_SIZE));
	first_deferred_pfn = max_low_pfn;
	memblock_for_each_free(find_deferred, &seen);
	init_reserved_range(min_low_pfn, first_deferred_pfn);
}

/* Memory that only a window can show has its table of windows set up here. All of ours is mapped. */
void __init page_address_init(void)
{
}

void __init build_all_zonelists(void)
{
	free_area_init();
	node_states[N_POSSIBLE].bits = node_states[N_ONLINE].bits = node_states[N_MEMORY].bits = 1;
	for (int order = 0; order <= MAX_ORDER; order++)
		INIT_LIST_HEAD(&contig_zone.free_area[order].free_list);
	INIT_LIST_HEAD(&contig_page_data.lruvec.list);
	init_waitqueue_head(&contig_page_data.kswapd_wait);
	setup_zone_pageset();
	pr_debug("zone %s: pages %lu to %lu\n", contig_zone.name, min_low_pfn, max_low_pfn);
}

/* The largest aligned blocks that fit, one after another. */
static void __init free_range(unsigned long pfn, unsigned long end)
{
	unsigned long flags;

	while (pfn < end) {
		unsigned int order = min_t(unsigned int, pfn ? __ffs(pfn) : MAX_ORDER, MAX_ORDER);

		while (pfn + (1UL << order) > end)
			order--;
		for (unsigned long i = 0; i < 1UL << order; i++) {
			pfn_to_page(pfn + i)->flags = 0;
			pfn_to_page(pfn + i)->_refcount.counter = 0;
		}
		spin_lock_irqsave(&contig_zone.lock, flags);
		__free_one_page(&contig_zone, pfn_to_page(pfn), order);
		spin_unlock_irqrestore(&contig_zone.lock, flags);
		pfn += 1UL << order;
	}
}

/* What is deferred counts from now on, too: limits are computed from the total. */
static void __init free_early_range(unsigned long pfn, unsigned long end, void *data)
{
	atomic_long_add(end - pfn, &_totalram_pages);
	if (pfn < first_deferred_pfn)
		free_range(pfn, min(end, first_deferred_pfn));
}

void __init mem_init(void)
{
	memblock_for_each_free(free_early_range, NULL);
	/* What is left of it depends on the firmware and is for /proc/meminfo. */
	pr_info("Memory: %luK\n", (max_low_pfn - min_low_pfn) * (PAGE_SIZE / 1024));
}

struct deferred_chunk {
	unsigned long start, end;
};

static void __init free_in_chunk(unsigned long pfn, unsigned long end, void *data)
{
	const struct deferred_chunk *chunk = data;

	pfn = max(pfn, chunk->start);
	end = min(end, chunk->end);
	if (pfn < end)
		free_range(pfn, end);
}

static void __init deferred_init_memmap_chunk(unsigned long start, unsigned long end, void *arg)
{
	struct deferred_chunk chunk = { start, end };

	init_reserved_range(start, end);
	memblock_for_each_free(free_in_chunk, &chunk);
}

void __init page_alloc_init_late(void)
{
	struct padata_mt_job job = {
		.thread_fn = deferred_init_memmap_chunk,
		.start = first_deferred_pfn,
		.size = max_low_pfn - first_deferred_pfn,
		.align = MAX_ORDER_NR_PAGES,
		.min_chunk = 4 * MAX_ORDER_NR_PAGES,
		.max_threads = num_online_cpus(),
	};

	padata_do_multithreaded(&job);
	setup_per_zone_wmarks();
}

void free_reserved_page(struct page *page)
{
	page->flags = 0;
	set_page_count(page, 1);
	__free_page(page);
	atomic_long_inc(&_totalram_pages);
}

unsigned long free_reserved_area(void *start, void *end, const char *what)
{
	unsigned long pages = 0;

	for (unsigned long a = PAGE_ALIGN((unsigned long)start); a + PAGE_SIZE <= (unsigned long)end; a += PAGE_SIZE, pages++)
		free_reserved_page(virt_to_page((void *)a));
	if (pages && what)
		pr_info("Freeing %s memory: %luK\n", what, pages * (PAGE_SIZE / 1024));
	return pages;
}

void free_initrd_mem(unsigned long start, unsigned long end)
{
	free_reserved_area((void *)ALIGN_DOWN(start, PAGE_SIZE), (void *)PAGE_ALIGN(end), "initrd");
}
