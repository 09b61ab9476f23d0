/*
 * The page allocator: buddies, which are free blocks of 2^order pages in one
 * zone, and before them a short list of single pages for each CPU.
 *
 * zone->lock covers the buddies. A CPU's list is its own; it is touched with
 * interrupts off, and fetches from the zone and gives back to it in batches.
 */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/page_ext.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "internal.h"

#define PCP_BATCH 16
#define PCP_HIGH 64

struct per_cpu_pages {
	unsigned int count;
	struct list_head list;
};

static DEFINE_PER_CPU(struct per_cpu_pages, pagesets);
struct zone contig_zone = { .name = "Normal" };
gfp_t gfp_allowed_mask = GFP_BOOT_MASK;

/* Whether page heads a free block of exactly this order. */
static bool page_is_buddy(struct page *page, unsigned int order)
{
	return test_bit(PG_buddy, &page->flags) && page->private == order;
}

static void add_to_free_list(struct zone *zone, struct page *page, unsigned int order)
{
	__set_bit(PG_buddy, &page->flags);
	page->private = order;
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
}

static void del_from_free_list(struct zone *zone, struct page *page, unsigned int order)
{
	__clear_bit(PG_buddy, &page->flags);
	page->private = 0;
	list_del(&page->lru);
	zone->free_area[order].nr_free--;
}

void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	zone->nr_free += 1UL << order;
	for (; order < MAX_ORDER; order++) {
		unsigned long buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = pfn_to_page(buddy_pfn);

		if (!pfn_valid(buddy_pfn) || !page_is_buddy(buddy, order))
			break;
		del_from_free_list(zone, buddy, order);
		pfn &= buddy_pfn;
	}
	add_to_free_list(zone, pfn_to_page(pfn), order);
}

static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	for (unsigned int have = order; have <= MAX_ORDER; have++) {
		struct page *page = list_first_entry_or_null(&zone->free_area[have].free_list, struct page, lru);

		if (!page)
			continue;
		del_from_free_list(zone, page, have);
		while (have-- > order)
			add_to_free_list(zone, page + (1UL << have), have);
		zone->nr_free -= 1UL << order;
		return page;
	}
	return NULL;
}

static void rmqueue_bulk(struct zone *zone, struct per_cpu_pages *pcp)
{
	spin_lock(&zone->lock);
	for (int i = 0; i < PCP_BATCH; i++) {
		struct page *page = __rmqueue(zone, 0);

		if (!page)
			break;
		list_add_tail(&page->lru, &pcp->list);
		pcp->count++;
	}
	spin_unlock(&zone->lock);
}

static void free_pcppages_bulk(struct zone *zone, struct per_cpu_pages *pcp, unsigned int count)
{
	spin_lock(&zone->lock);
	for (; count && pcp->count; count--, pcp->count--) {
		struct page *page = list_last_entry(&pcp->list, struct page, lru);

		list_del(&page->lru);
		__free_one_page(zone, page, 0);
	}
	spin_unlock(&zone->lock);
}

/* A block, if that leaves more than mark pages free. */
static struct page *get_page_from_freelist(struct zone *zone, unsigned int order, unsigned long mark)
{
	struct page *page = NULL;
	unsigned long flags;

	local_irq_save(flags);
	if (order) {
		spin_lock(&zone->lock);
		if (zone->nr_free >= mark + (1UL << order))
			page = __rmqueue(zone, order);
		spin_unlock(&zone->lock);
	} else {
		struct per_cpu_pages *pcp = &this_cpu(pagesets);

		if (!pcp->count && READ_ONCE(zone->nr_free) >= mark + PCP_BATCH)
			rmqueue_bulk(zone, pcp);
		page = list_first_entry_or_null(&pcp->list, struct page, lru);
		if (page) {
			list_del(&page->lru);
			pcp->count--;
		} else if (READ_ONCE(zone->nr_free) > mark) {
			spin_lock(&zone->lock);
			page = __rmqueue(zone, 0);
			spin_unlock(&zone->lock);
		}
	}
	local_irq_restore(flags);
	return page;
}

/* Memory is short: kswapd begins to work; who may wait helps it, and looks again. */
static struct page *alloc_pages_slowpath(struct zone *zone, gfp_t gfp, unsigned int order)
{
	unsigned long mark = zone->watermark[WMARK_MIN];
	struct page *page;

	wakeup_kswapd();
	if (current->flags & PF_MEMALLOC)
		mark = 0;
	else if (!(gfp & __GFP_RECLAIM))
		mark /= 2;
	page = get_page_from_freelist(zone, order, mark);
	if (page || !(gfp & __GFP_RECLAIM) || (current->flags & PF_MEMALLOC))
		return page;
	drain_all_pages();
	for (int tries = 0; !page && tries < 4; tries++) {
		count_vm_event(ALLOCSTALL);
		if (!try_to_free_pages())
			tries = 4;
		page = get_page_from_freelist(zone, order, mark);
	}
	return page;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct zone *zone = &contig_zone;
	struct page *page = NULL;

	gfp &= gfp_allowed_mask;
	if (order <= MAX_ORDER) {
		page = get_page_from_freelist(zone, order, zone->watermark[WMARK_LOW]);
		if (!page)
			page = alloc_pages_slowpath(zone, gfp, order);
	}
	if (!page) {
		if (!(gfp & __GFP_NOWARN))
			pr_warn("%s: page allocation failure: order:%u\n", current->comm, order);
		return NULL;
	}
	BUG_ON(page_count(page) != 0);
	count_vm_events(PGALLOC, 1L << order);
	set_page_count(page, 1);
	page->mapping = NULL;
	page->index = 0;
	set_page_owner(page, order);
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	return page;
}

/* The block's first page carries the only reference. */
void __free_pages(struct page *page, unsigned int order)
{
	struct zone *zone = &contig_zone;
	unsigned long flags;

	if (!atomic_dec_and_test(&page->_refcount))
		return;
	BUG_ON(test_bit(PG_buddy, &page->flags) || test_bit(PG_reserved, &page->flags));
	count_vm_events(PGFREE, 1L << order);
	reset_page_owner(page);
	page->flags = 0;
	local_irq_save(flags);
	if (order) {
		spin_lock(&zone->lock);
		__free_one_page(zone, page, order);
		spin_unlock(&zone->lock);
	} else {
		struct per_cpu_pages *pcp = &this_cpu(pagesets);

		list_add(&page->lru, &pcp->list);
		if (++pcp->count > PCP_HIGH)
			free_pcppages_bulk(zone, pcp, PCP_BATCH);
	}
	local_irq_restore(flags);
}

void put_page(struct page *page)
{
	if (!test_bit(PG_reserved, &page->flags))
		__free_pages(page, 0);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}

/* Free for anybody, those that wait in the CPUs' own lists too. */
unsigned long nr_free_pages(void)
{
	unsigned long n = READ_ONCE(contig_zone.nr_free);
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu(pagesets, cpu).count);
	return n;
}

void __init setup_zone_pageset(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(&per_cpu(pagesets, cpu).list);
}

static void drain_pages(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	free_pcppages_bulk(&contig_zone, &per_cpu(pagesets, cpu), UINT_MAX);
	local_irq_restore(flags);
}

static void drain_local_pages_wq(struct work_struct *work)
{
	drain_pages(raw_smp_processor_id());
}

/* Has every CPU give its list back, by a work of its own. */
void drain_all_pages(void)
{
	static struct work_struct works[NR_CPUS];
	static DEFINE_MUTEX(drain_mutex);
	int cpu;

	drain_pages(get_cpu());
	put_cpu();
	if (!mm_percpu_wq || (current->flags & PF_WQ_WORKER) || !mutex_trylock(&drain_mutex))
		return;
	for_each_online_cpu(cpu) {
		if (!READ_ONCE(per_cpu(pagesets, cpu).count))
			continue;
		INIT_WORK(&works[cpu], drain_local_pages_wq);
		queue_work_on(cpu, mm_percpu_wq, &works[cpu]);
	}
	for_each_online_cpu(cpu)
		flush_work(&works[cpu]);
	mutex_unlock(&drain_mutex);
}

/* A CPU is gone: what it had in its list is free for the others. */
static int page_alloc_cpu_dead(unsigned int cpu)
{
	drain_pages(cpu);
	return 0;
}

void __init page_alloc_init(void)
{
	cpuhp_setup_state_nocalls(CPUHP_PAGE_ALLOC, "mm/page_alloc:dead", NULL, page_alloc_cpu_dead);
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0;

	for (unsigned long bit = 1UL << (fls64(x) / 2); bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= x)
			root += bit;
	return root;
}

/* Grows with the square root of memory: the more there is, the smaller the share that is kept. */
void setup_per_zone_wmarks(void)
{
	unsigned long min = int_sqrt(totalram_pages() * (PAGE_SIZE / 1024) * 16) / (PAGE_SIZE / 1024);
	struct zone *zone = &contig_zone;

	spin_lock_irq(&zone->lock);
	zone->watermark[WMARK_MIN] = min;
	zone->watermark[WMARK_LOW] = min + min / 4;
	zone->watermark[WMARK_HIGH] = min + min / 2;
	spin_unlock_irq(&zone->lock);
}
