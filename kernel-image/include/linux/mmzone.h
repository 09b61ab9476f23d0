/* The zone: free blocks of pages by order. */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/list.h>
#include <linux/spinlock.h>

#define MAX_ORDER 10

struct free_area {
	struct list_head free_list;
	unsigned long nr_free;	/* blocks */
};

struct zone {
	spinlock_t lock;	/* everything below; taken with interrupts off */
	const char *name;
	unsigned long nr_free;	/* pages */
	struct free_area free_area[MAX_ORDER + 1];
};

extern struct zone contig_zone;
void build_all_zonelists(void);

#endif
