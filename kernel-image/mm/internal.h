/* What the files of mm/ share about VMAs. */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/mm.h>
#include <linux/mman.h>

static inline unsigned long vma_pages(struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

static inline unsigned long calc_vm_flags(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) | (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* Adds pages (negative: takes) to the counts of a kind of area. */
void vma_account(struct mm_struct *mm, unsigned long vm_flags, long pages);

/* A copy for mm, on no list yet, that holds what the original holds. */
struct vm_area_struct *vma_dup(struct vm_area_struct *orig, struct mm_struct *mm);
void link_vma(struct mm_struct *mm, struct vm_area_struct *vma);

/* Faults the pages of a range of current's in, as far as they can be. */
void mm_populate(unsigned long start, unsigned long end);

/* Makes start and end boundaries of VMAs; the first one behind start, or NULL, or an error. */
struct vm_area_struct *vma_isolate_range(struct mm_struct *mm, unsigned long start, unsigned long end);

/* page_alloc.c: zone->lock is held. */
struct zone;
void __free_one_page(struct zone *zone, struct page *page, unsigned int order);
void setup_zone_pageset(void);

/* fs/filemap.c: the page leaves its mapping, whose lock is held. */
void filemap_remove_page(struct page *page);

#endif
