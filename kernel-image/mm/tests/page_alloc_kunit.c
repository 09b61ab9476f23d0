/* Tests of the buddy allocator. */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#define BLOCKS 24

static void page_alloc_test_orders(struct kunit *test)
{
	for (unsigned int order = 0; order <= MAX_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);

		if (!page)
			kunit_skip(test, "memory has no block of order %u", order);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED(page_to_pfn(page), 1UL << order));
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		memset(page_address(page), 0x5a, PAGE_SIZE << order);
		__free_pages(page, order);
	}
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER + 1));
}

/* Blocks of many sizes, alive at once, have no page in common. */
static void page_alloc_test_disjoint(struct kunit *test)
{
	unsigned long blocks[BLOCKS];
	unsigned int overlaps = 0;

	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = __get_free_pages(GFP_KERNEL, i % 4);
		KUNIT_ASSERT_TRUE(test, blocks[i]);
	}
	for (int i = 0; i < BLOCKS; i++)
		for (int j = 0; j < i; j++)
			overlaps += blocks[i] < blocks[j] + (PAGE_SIZE << j % 4) &&
				    blocks[j] < blocks[i] + (PAGE_SIZE << i % 4);
	KUNIT_EXPECT_EQ(test, overlaps, 0);
	for (int i = 0; i < BLOCKS; i++)
		free_pages(blocks[i], i % 4);
}

/* How much memory lies in blocks of at least this order, in such blocks. */
static unsigned long free_in_blocks(unsigned int least)
{
	unsigned long n = 0;

	drain_all_pages();
	spin_lock_irq(&contig_zone.lock);
	for (unsigned int order = least; order <= MAX_ORDER; order++)
		n += contig_zone.free_area[order].nr_free << (order - least);
	spin_unlock_irq(&contig_zone.lock);
	return n;
}

/* What was split comes together again, in whatever order it comes back. */
static void page_alloc_test_merge(struct kunit *test)
{
	unsigned long before = free_in_blocks(4);
	struct page *pages[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		pages[i] = alloc_pages(GFP_KERNEL, 1);
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
	}
	for (int i = 0; i < BLOCKS; i++)
		__free_pages(pages[i * 5 % BLOCKS], 1);
	KUNIT_EXPECT_GE(test, free_in_blocks(4) + 1, before);	/* another CPU may have split one meanwhile */
}

static void page_alloc_test_zeroed(struct kunit *test)
{
	unsigned long *page = (unsigned long *)__get_free_page(GFP_KERNEL), sum = 0;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page, 0xff, PAGE_SIZE);
	free_page((unsigned long)page);
	page = (unsigned long *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	for (int i = 0; i < PAGE_SIZE / sizeof(long); i++)
		sum |= page[i];
	KUNIT_EXPECT_EQ(test, sum, 0);
	free_page((unsigned long)page);
}

static void page_alloc_test_addresses(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *address;

	KUNIT_ASSERT_NOT_NULL(test, page);
	address = page_address(page);
	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(address), page);
	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(page_to_pfn(page)), page);
	KUNIT_EXPECT_PTR_EQ(test, __va(__pa(address)), address);
	KUNIT_EXPECT_EQ(test, page_to_phys(page), __pa(address));
	__free_page(page);
}

static struct kunit_case page_alloc_test_cases[] = {
	KUNIT_CASE(page_alloc_test_orders),
	KUNIT_CASE(page_alloc_test_disjoint),
	KUNIT_CASE(page_alloc_test_merge),
	KUNIT_CASE(page_alloc_test_zeroed),
	KUNIT_CASE(page_alloc_test_addresses),
	{ },
};

static struct kunit_suite page_alloc_suite = {
	.name = "page_alloc",
	.test_cases = page_alloc_test_cases,
};
kunit_test_suite(page_alloc_suite);
