/* mremap: resizes a mapping where it is, or moves it with its pages. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#include "internal.h"

#define MREMAP_MAYMOVE	1
#define MREMAP_FIXED	2

/* Moves the entries of a range; the tables for them are made before anything changes. */
static int move_page_tables(struct vm_area_struct *vma, unsigned long from, unsigned long to, unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;

	for (unsigned long off = 0; off < len; off += PAGE_SIZE)
		if (pte_lookup(mm, from + off) && !pte_alloc_map(mm, to + off))
			return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	for (unsigned long off = 0; off < len; off += PAGE_SIZE) {
		pte_t *ptep = pte_lookup(mm, from + off);

		if (!ptep || pte_none(*ptep))
			continue;
		set_pte(pte_lookup(mm, to + off), *ptep);
		set_pte(ptep, __pte(0));
	}
	spin_unlock(&mm->page_table_lock);
	flush_tlb_range(vma, from, from + len);
	return 0;
}

static unsigned long move_vma(struct mm_struct *mm, unsigned long addr, unsigned long old_len, unsigned long new_addr,
			      unsigned long new_len)
{
	struct vm_area_struct *vma = vma_isolate_range(mm, addr, addr + old_len), *copy;
	int err;

	if (IS_ERR(vma))
		return PTR_ERR(vma);
	copy = vma_dup(vma, mm);
	if (!copy)
		return -ENOMEM;
	copy->vm_start = new_addr;
	copy->vm_end = new_addr + new_len;
	link_vma(mm, copy);
	err = move_page_tables(vma, addr, new_addr, old_len);
	err = err ? do_munmap(mm, new_addr, new_len), err : do_munmap(mm, addr, old_len);
	return err ? (unsigned long)err : new_addr;
}

/* The area that covers all of the range and may grow to new_len. */
static struct vm_area_struct *vma_to_resize(struct mm_struct *mm, unsigned long addr, unsigned long old_len,
					    unsigned long new_len)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || vma->vm_start > addr || old_len > vma->vm_end - addr)
		return ERR_PTR(-EFAULT);
	if (new_len > old_len && (vma->vm_flags & VM_DONTEXPAND))
		return ERR_PTR(-EFAULT);
	return vma;
}

static bool expand_in_place(struct vm_area_struct *vma, unsigned long end, unsigned long new_end)
{
	struct vm_area_struct *next = list_next_entry(vma, vm_list);

	if (vma->vm_end != end || new_end > TASK_SIZE || new_end < end)
		return false;
	if (&next->vm_list != &vma->vm_mm->mmap && next->vm_start < new_end)
		return false;
	vma_account(vma->vm_mm, vma->vm_flags, (new_end - end) >> PAGE_SHIFT);
	vma->vm_end = new_end;
	return true;
}

static unsigned long do_mremap(struct mm_struct *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
			       unsigned long flags, unsigned long new_addr)
{
	struct vm_area_struct *vma;
	int err = 0;

	if (flags & MREMAP_FIXED) {
		if ((new_addr & ~PAGE_MASK) || new_len > TASK_SIZE || new_addr > TASK_SIZE - new_len ||
		    (addr < new_addr + new_len && new_addr < addr + old_len))
			return -EINVAL;
		err = do_munmap(mm, new_addr, new_len);
	}
	if (!err && old_len > new_len) {
		err = do_munmap(mm, addr + new_len, old_len - new_len);
		old_len = new_len;
	}
	if (err)
		return err;
	vma = vma_to_resize(mm, addr, old_len, new_len);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if (!(flags & MREMAP_FIXED)) {
		if (old_len == new_len || expand_in_place(vma, addr + old_len, addr + new_len))
			return addr;
		if (!(flags & MREMAP_MAYMOVE))
			return -ENOMEM;
		new_addr = get_unmapped_area(mm, 0, new_len, 0);
		if (IS_ERR_VALUE(new_addr))
			return new_addr;
	}
	return move_vma(mm, addr, old_len, new_addr, new_len);
}

SYSCALL_DEFINE5(mremap, unsigned long, addr, unsigned long, old_len, unsigned long, new_len, unsigned long, flags,
		unsigned long, new_addr)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if ((addr & ~PAGE_MASK) || !old_len || !new_len || new_len > TASK_SIZE ||
	    (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) || flags == MREMAP_FIXED)
		return -EINVAL;
	mmap_write_lock(mm);
	ret = do_mremap(mm, addr, old_len, new_len, flags, new_addr);
	mmap_write_unlock(mm);
	return ret;
}
