/*
 * Reclaim: kswapd, and whoever cannot wait for it, take pages of files that can be read again from the page cache.
 *
 * The pages are on one list, new ones first. From its end, one that has been
 * used since the last look (PG_referenced) gets another round, one that
 * somebody holds or that is dirty stays, any other goes. lruvec.lock is held
 * meanwhile: a page on the list has left neither its mapping nor that mapping
 * its inode, and the mapping's own lock is only tried for. An inode that goes
 * away waits for lruvec.lock once (lru_cache_sync), so that no reclaimer is
 * still about to unlock its mapping.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#include "internal.h"

#define SWAP_CLUSTER_MAX 32UL
#define MAX_PRIORITY 4

static LIST_HEAD(shrinker_list);
static DEFINE_MUTEX(shrinker_mutex);

void register_shrinker(struct shrinker *shrinker)
{
	mutex_lock(&shrinker_mutex);
	list_add_tail(&shrinker->list, &shrinker_list);
	mutex_unlock(&shrinker_mutex);
}

void lru_cache_add(struct page *page)
{
	struct lruvec *lruvec = &contig_page_data.lruvec;

	spin_lock(&lruvec->lock);
	__set_bit(PG_lru, &page->flags);
	list_add(&page->lru, &lruvec->list);
	lruvec->nr_pages++;
	spin_unlock(&lruvec->lock);
}

static void del_page_from_lru_list(struct lruvec *lruvec, struct page *page)
{
	clear_bit(PG_lru, &page->flags);
	list_del(&page->lru);
	lruvec->nr_pages--;
}

void lru_cache_del(struct page *page)
{
	struct lruvec *lruvec = &contig_page_data.lruvec;

	if (!test_bit(PG_lru, &page->flags))
		return;
	spin_lock(&lruvec->lock);
	del_page_from_lru_list(lruvec, page);
	spin_unlock(&lruvec->lock);
}

void lru_cache_sync(void)
{
	spin_lock(&contig_page_data.lruvec.lock);
	spin_unlock(&contig_page_data.lruvec.lock);
}

/* lruvec.lock is held. Whether the page is free now. */
static bool try_to_reclaim(struct lruvec *lruvec, struct page *page)
{
	struct address_space *mapping = page->mapping;
	bool freed = false;

	if (test_and_clear_bit(PG_referenced, &page->flags) || test_bit(PG_dirty, &page->flags) ||
	    page_count(page) != 1 || !mutex_trylock(&mapping->lock))
		return false;
	/* The only count is the mapping's, and nobody can take another while we have its lock. */
	if (page_count(page) == 1 && !test_bit(PG_dirty, &page->flags)) {
		filemap_remove_page(page);
		del_page_from_lru_list(lruvec, page);
		freed = true;
	}
	mutex_unlock(&mapping->lock);
	if (freed)
		put_page(page);
	return freed;
}

static unsigned long shrink_lruvec(unsigned long nr_to_scan, bool kswapd)
{
	struct lruvec *lruvec = &contig_page_data.lruvec;
	unsigned long freed = 0, scanned = 0;

	while (scanned < nr_to_scan) {
		spin_lock(&lruvec->lock);
		for (unsigned long i = 0; i < SWAP_CLUSTER_MAX && scanned < nr_to_scan && lruvec->nr_pages; i++) {
			struct page *page = list_last_entry(&lruvec->list, struct page, lru);

			scanned++;
			if (try_to_reclaim(lruvec, page))
				freed++;
			else
				list_move(&page->lru, &lruvec->list);
		}
		spin_unlock(&lruvec->lock);
		if (!lruvec->nr_pages)
			break;
		cond_resched();
	}
	count_vm_events(kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, scanned);
	count_vm_events(kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, freed);
	return freed;
}

/* The same share of each of the other caches as of the pages. */
static unsigned long shrink_slab(int priority)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	if (!mutex_trylock(&shrinker_mutex))
		return 0;
	list_for_each_entry(shrinker, &shrinker_list, list) {
		unsigned long nr = shrinker->count_objects() >> priority;

		if (nr) {
			count_vm_events(SLABS_SCANNED, nr);
			freed += shrinker->scan_objects(nr);
		}
	}
	mutex_unlock(&shrinker_mutex);
	return freed;
}

/* Looks at ever more until enough is free; then dirty pages are written, so that the next round can have them. */
static unsigned long do_try_to_free_pages(unsigned long wanted, bool kswapd)
{
	unsigned long freed = 0;

	for (int priority = MAX_PRIORITY; priority >= 0 && freed < wanted; priority--) {
		unsigned long scan = max(contig_page_data.lruvec.nr_pages >> priority, SWAP_CLUSTER_MAX);

		freed += shrink_slab(priority);
		freed += shrink_lruvec(min(scan, contig_page_data.lruvec.nr_pages), kswapd);
		if (priority == 1 && freed < wanted)
			wakeup_flusher();
	}
	return freed;
}

/* Allocations on the way may use what is kept for this. */
unsigned long try_to_free_pages(void)
{
	unsigned long freed;

	current->flags |= PF_MEMALLOC;
	freed = do_try_to_free_pages(SWAP_CLUSTER_MAX, false);
	current->flags &= ~PF_MEMALLOC;
	if (!freed && wait_for_flusher())
		freed = 1;
	return freed;
}

void wakeup_kswapd(void)
{
	pg_data_t *pgdat = &contig_page_data;

	if (!pgdat->kswapd || READ_ONCE(pgdat->kswapd_wanted))
		return;
	WRITE_ONCE(pgdat->kswapd_wanted, true);
	wake_up(&pgdat->kswapd_wait);
}

/* Works until the high watermark is reached or there is nothing left to take. */
static void balance_pgdat(pg_data_t *pgdat)
{
	unsigned long goal = contig_zone.watermark[WMARK_HIGH], free;

	count_vm_event(PAGEOUTRUN);
	while ((free = nr_free_pages()) < goal)
		if (!do_try_to_free_pages(goal - free, true))
			break;
}

static int kswapd(void *p)
{
	pg_data_t *pgdat = p;

	current->flags |= PF_MEMALLOC | PF_KSWAPD;
	for (;;) {
		wait_event(pgdat->kswapd_wait, READ_ONCE(pgdat->kswapd_wanted));
		balance_pgdat(pgdat);
		WRITE_ONCE(pgdat->kswapd_wanted, false);
	}
	return 0;
}

static int __init kswapd_init(void)
{
	struct task_struct *task = kthread_run(kswapd, &contig_page_data, "kswapd0");

	if (IS_ERR(task))
		return PTR_ERR(task);
	contig_page_data.kswapd = task;
	return 0;
}
module_init(kswapd_init);
