/* The buddy allocator: free blocks of 2^order pages in one zone. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/string.h>

struct page *mem_map;
unsigned long min_low_pfn, max_low_pfn;
atomic_long_t _totalram_pages;

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

static void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
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

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct zone *zone = &contig_zone;
	struct page *page = NULL;
	unsigned long flags;

	gfp &= gfp_allowed_mask;
	if (order <= MAX_ORDER) {
		spin_lock_irqsave(&zone->lock, flags);
		page = __rmqueue(zone, order);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	if (!page) {
		if (!(gfp & __GFP_NOWARN))
			pr_warn("%s: page allocation failure: order:%u\n", current->comm, order);
		return NULL;
	}
	BUG_ON(page_count(page) != 0);
	set_page_count(page, 1);
	page->mapping = NULL;
	page->index = 0;
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
	page->flags = 0;
	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
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

unsigned long nr_free_pages(void)
{
	return READ_ONCE(contig_zone.nr_free);
}

/* Every page begins reserved; those that memblock does not hold are set free by mem_init. */
void __init free_area_init(void)
{
	unsigned long n;

	min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	max_low_pfn = PFN_DOWN(memblock_end_of_DRAM());
	n = max_low_pfn - min_low_pfn;
	mem_map = __va(memblock_phys_alloc(n * sizeof(struct page), PAGE_SIZE));
	for (struct page *page = mem_map; page < mem_map + n; page++) {
		page->flags = 1UL << PG_reserved;
		page->_refcount.counter = 1;
	}
}

/* Memory that only a window can show has its table of windows set up here. All of ours is mapped. */
void __init page_address_init(void)
{
}

void __init build_all_zonelists(void)
{
	free_area_init();
	for (int order = 0; order <= MAX_ORDER; order++)
		INIT_LIST_HEAD(&contig_zone.free_area[order].free_list);
	pr_debug("zone %s: pages %lu to %lu\n", contig_zone.name, min_low_pfn, max_low_pfn);
}

/* The largest aligned blocks that fit, one after another. */
static void __init free_range(unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		unsigned int order = min_t(unsigned int, pfn ? __ffs(pfn) : MAX_ORDER, MAX_ORDER);

		while (pfn + (1UL << order) > end)
			order--;
		for (unsigned long i = 0; i < 1UL << order; i++) {
			pfn_to_page(pfn + i)->flags = 0;
			pfn_to_page(pfn + i)->_refcount.counter = 0;
		}
		__free_one_page(&contig_zone, pfn_to_page(pfn), order);
		atomic_long_add(1UL << order, &_totalram_pages);
		pfn += 1UL << order;
	}
}

void __init mem_init(void)
{
	memblock_for_each_free(free_range);
	/* What is left of it depends on the firmware and is for /proc/meminfo. */
	pr_info("Memory: %luK\n",
		(max_low_pfn - min_low_pfn) * (PAGE_SIZE / 1024));
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
