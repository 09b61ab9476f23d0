/* The zone and its node: free blocks of pages by order, watermarks, and the list of pages that can be reclaimed. */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define MAX_ORDER 10
#define MAX_ORDER_NR_PAGES (1UL << MAX_ORDER)

/* Below low kswapd is woken and works until high; min is what only reclaim itself and interrupts may go below. */
enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

struct free_area {
	struct list_head free_list;
	unsigned long nr_free;	/* blocks */
};

struct zone {
	spinlock_t lock;	/* everything below; taken with interrupts off */
	const char *name;
	unsigned long nr_free;	/* pages; those in the CPUs' own lists do not count */
	unsigned long watermark[NR_WMARK];
	struct free_area free_area[MAX_ORDER + 1];
};

/* Pages of files that could be read again, the longest unused at the end. */
struct lruvec {
	spinlock_t lock;
	struct list_head list;
	unsigned long nr_pages;
};

typedef struct pglist_data {
	struct lruvec lruvec;
	struct task_struct *kswapd;
	wait_queue_head_t kswapd_wait;
	bool kswapd_wanted;
} pg_data_t;

/* Nodes that have memory: bit 0, and no other. */
typedef struct {
	unsigned long bits;
} nodemask_t;
enum node_states { N_POSSIBLE, N_ONLINE, N_MEMORY, NR_NODE_STATES };
extern nodemask_t node_states[NR_NODE_STATES];
/* The nodes that current, and what it will fork, may allocate from. */
void set_mems_allowed(nodemask_t nodemask);

extern struct zone contig_zone;
extern pg_data_t contig_page_data;

void build_all_zonelists(void);
void page_alloc_init(void);
void page_alloc_init_late(void);
void setup_per_zone_wmarks(void);
void drain_all_pages(void);
void init_mm_internals(void);
extern struct workqueue_struct *mm_percpu_wq;

/* vmscan.c */
void lru_cache_add(struct page *page);
void lru_cache_del(struct page *page);
void lru_cache_sync(void);	/* no reclaimer still looks at what has left the list */
void wakeup_kswapd(void);
unsigned long try_to_free_pages(void);	/* by whoever wants memory now: how many */
/* What else can shrink; count and scan as in Linux: how many there are, and free so many. */
struct shrinker {
	unsigned long (*count_objects)(void);
	unsigned long (*scan_objects)(unsigned long nr_to_scan);
	struct list_head list;
};
void register_shrinker(struct shrinker *shrinker);

#endif
