/* Page allocation: what the caller may do while it waits, and the calls. */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>

#define __GFP_ZERO 0x100
#define __GFP_RECLAIM 0x400	/* may sleep */
#define __GFP_NOWARN 0x200
#define __GFP_BITS_MASK 0x700
#define GFP_BOOT_MASK (__GFP_BITS_MASK & ~__GFP_RECLAIM)	/* nothing may sleep yet */
#define GFP_ATOMIC 0
#define GFP_KERNEL __GFP_RECLAIM

struct page;

extern gfp_t gfp_allowed_mask;	/* widened when the scheduler runs */
void page_address_init(void);
struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp);
void free_pages(unsigned long addr, unsigned int order);
#define alloc_page(gfp) alloc_pages(gfp, 0)
#define __get_free_page(gfp) __get_free_pages(gfp, 0)
#define __free_page(page) __free_pages(page, 0)
#define free_page(addr) free_pages(addr, 0)

#endif
