/*
 * Page faults and user page tables.
 *
 * mmap_lock is held for reading by faults and for writing by whatever changes
 * the VMAs, so two faults on one page may run at once: each prepares its page
 * first and then installs it under page_table_lock only if the entry is still
 * what it saw. A page in a private mapping that more than one holder counts is
 * never mapped writable; the write fault copies it.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <asm/cacheflush.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	pgd_t *pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);

	if (pgd)
		memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
		       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
	return pgd;
}

void pgd_free(struct mm_struct *mm, pgd_t *pgd)
{
	free_page((unsigned long)pgd);
}

static bool alloc_table(struct mm_struct *mm, unsigned long *entry)
{
	unsigned long table;

	if (READ_ONCE(*entry))
		return true;
	table = get_zeroed_page(GFP_KERNEL);
	if (!table)
		return false;
	spin_lock(&mm->page_table_lock);
	if (*entry) {
		spin_unlock(&mm->page_table_lock);
		free_page(table);
		return true;
	}
	smp_wmb();	/* the zeroes before the pointer to them */
	WRITE_ONCE(*entry, pgtable_entry((void *)table));
	atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
	spin_unlock(&mm->page_table_lock);
	return true;
}

/* The entry for addr, tables made as needed; NULL without memory. */
pte_t *pte_alloc_map(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pmd_t *pmd;

	if (!alloc_table(mm, &pgd->pgd))
		return NULL;
	pmd = pmd_offset(pgd, addr);
	if (!alloc_table(mm, &pmd->pmd))
		return NULL;
	return pte_offset(pmd, addr);
}

pte_t *pte_lookup(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, addr);
	return pmd_none(*pmd) ? NULL : pte_offset(pmd, addr);
}

static void free_pmd_table(pmd_t *pmd)
{
	for (int j = 0; j < PTRS_PER_PMD; j++)
		if (!pmd_none(pmd[j]))
			free_page((unsigned long)pgtable_vaddr(pmd[j].pmd));
	free_page((unsigned long)pmd);
}

/*
 * The last user is gone: every table of the user half goes back. A hart that
 * still borrows this pgd may walk it at any time, so the tables are unhooked
 * and flushed away first.
 */
void free_pgtables(struct mm_struct *mm)
{
	pgd_t old[USER_PTRS_PER_PGD];

	for (int i = 0; i < USER_PTRS_PER_PGD; i++) {
		old[i] = mm->pgd[i];
		WRITE_ONCE(mm->pgd[i].pgd, 0);
	}
	flush_tlb_mm(mm);
	for (int i = 0; i < USER_PTRS_PER_PGD; i++)
		if (!pgd_none(old[i]))
			free_pmd_table(pgtable_vaddr(old[i].pgd));
}

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	unsigned long prot = 0;

	if (vm_flags & VM_READ)
		prot |= _PAGE_READ;
	if (vm_flags & VM_WRITE)	/* W without R is reserved */
		prot |= _PAGE_READ | _PAGE_WRITE;
	if (vm_flags & VM_EXEC)
		prot |= _PAGE_EXEC;
	if (!prot)
		return __pgprot(0);
	return __pgprot(prot | _PAGE_BASE | _PAGE_USER);
}

static pte_t mk_pte(struct page *page, struct vm_area_struct *vma, bool writable)
{
	pte_t pte = pfn_pte(page_to_pfn(page), vma->vm_page_prot);

	/* Dirty at once: nothing here writes pages back, and harts may leave setting the bit to a trap. */
	return writable ? pte_mkdirty(pte) : pte_wrprotect(pte);
}

/*
 * Puts page, whose reference passes to the table, into *ptep if that still is
 * orig; else drops it. Returns whether it was put.
 */
static bool install_page(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t orig,
			 struct page *page, bool writable)
{
	struct mm_struct *mm = vma->vm_mm;

	/* Instructions must be visible before the first fetch through the entry. */
	if (vma->vm_flags & VM_EXEC)
		flush_icache_mm(mm);
	spin_lock(&mm->page_table_lock);
	if (pte_val(*ptep) != pte_val(orig)) {
		spin_unlock(&mm->page_table_lock);
		put_page(page);
		return false;
	}
	set_pte(ptep, mk_pte(page, vma, writable));
	if (pte_none(orig))
		atomic_long_inc(&mm->rss);
	spin_unlock(&mm->page_table_lock);
	if (pte_none(orig))
		local_flush_tlb_page(addr);	/* harts may cache invalid entries */
	else
		flush_tlb_page(vma, addr);
	return true;
}

static vm_fault_t do_anonymous_page(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t orig)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return VM_FAULT_OOM;
	install_page(vma, addr, ptep, orig, page, vma->vm_flags & VM_WRITE);
	return 0;
}

static struct page *copy_user_page(struct page *from)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (page)
		copy_page(page_address(page), page_address(from));
	return page;
}

/* A page of a file (or a device): shared as it is, copied at once for a private write. */
static vm_fault_t do_fault(struct vm_area_struct *vma, unsigned long addr, unsigned int flags, pte_t *ptep, pte_t orig)
{
	struct vm_fault vmf = {
		.vma = vma,
		.flags = flags,
		.address = addr,
		.pgoff = ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff,
	};
	bool shared = vma->vm_flags & VM_SHARED, writable;
	struct page *page, *copy;
	vm_fault_t ret = vma->vm_ops->fault(&vmf);

	if (ret & VM_FAULT_ERROR)
		return ret;
	page = vmf.page;
	if ((flags & FAULT_FLAG_WRITE) && !shared) {
		copy = copy_user_page(page);
		put_page(page);
		if (!copy)
			return VM_FAULT_OOM;
		install_page(vma, addr, ptep, orig, copy, true);
		return 0;
	}
	writable = shared && (vma->vm_flags & VM_WRITE);
	if (writable && vma->vm_ops->page_mkwrite) {
		writable = flags & FAULT_FLAG_WRITE;
		ret = writable ? vma->vm_ops->page_mkwrite(&vmf) : 0;
		if (ret) {
			put_page(page);
			return ret;
		}
	}
	install_page(vma, addr, ptep, orig, page, writable);
	return 0;
}

/* A write to a page that is mapped read-only in a writable area. */
static vm_fault_t do_wp_page(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t orig)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *old = pfn_to_page(pte_pfn(orig)), *copy;

	spin_lock(&mm->page_table_lock);
	if (pte_val(*ptep) != pte_val(orig)) {
		spin_unlock(&mm->page_table_lock);
		return 0;
	}
	if ((vma->vm_flags & VM_SHARED) && vma->vm_ops && vma->vm_ops->page_mkwrite) {
		struct vm_fault vmf = {
			.vma = vma, .address = addr, .page = old,
			.pgoff = ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff,
		};
		vm_fault_t ret;

		get_page(old);
		spin_unlock(&mm->page_table_lock);
		ret = vma->vm_ops->page_mkwrite(&vmf);
		spin_lock(&mm->page_table_lock);
		put_page(old);
		if (ret || pte_val(*ptep) != pte_val(orig)) {
			spin_unlock(&mm->page_table_lock);
			return ret;
		}
	}
	/* Ours alone: no other table, no page cache holds it. */
	if ((vma->vm_flags & VM_SHARED) || page_count(old) == 1) {
		set_pte(ptep, pte_mkdirty(pte_mkwrite(orig)));
		spin_unlock(&mm->page_table_lock);
		local_flush_tlb_page(addr);
		return 0;
	}
	get_page(old);
	spin_unlock(&mm->page_table_lock);

	copy = copy_user_page(old);
	if (copy && install_page(vma, addr, ptep, orig, copy, true))
		put_page(old);	/* the table's reference */
	put_page(old);
	return copy ? 0 : VM_FAULT_OOM;
}

vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	unsigned long addr = address & PAGE_MASK;
	pte_t *ptep = pte_alloc_map(vma->vm_mm, addr), pte;

	if (!ptep)
		return VM_FAULT_OOM;
	pte = READ_ONCE(*ptep);
	if (pte_none(pte)) {
		current->min_flt++;
		count_vm_event(PGFAULT);
		if (vma->vm_ops && vma->vm_ops->fault)
			return do_fault(vma, addr, flags, ptep, pte);
		return do_anonymous_page(vma, addr, ptep, pte);
	}
	if ((flags & FAULT_FLAG_WRITE) && !pte_write(pte))
		return do_wp_page(vma, addr, ptep, pte);
	/* Someone else was faster; what this hart's TLB holds is out of date. */
	local_flush_tlb_page(addr);
	return 0;
}

/* fork: the child's tables name the same pages; private writable ones become read-only on both sides. */
int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct mm_struct *mm = src->vm_mm;
	bool cow = !(src->vm_flags & VM_SHARED) && (src->vm_flags & VM_MAYWRITE);

	for (unsigned long addr = src->vm_start; addr < src->vm_end; addr += PAGE_SIZE) {
		pte_t *from = pte_lookup(mm, addr), *to, pte;

		if (!from) {	/* no table: none of its 512 pages */
			addr = ALIGN_DOWN(addr, PMD_SIZE) + PMD_SIZE - PAGE_SIZE;
			continue;
		}
		if (pte_none(READ_ONCE(*from)))
			continue;
		to = pte_alloc_map(dst->vm_mm, addr);
		if (!to)
			return -ENOMEM;
		spin_lock(&mm->page_table_lock);
		pte = *from;
		if (cow && pte_write(pte)) {
			pte = pte_wrprotect(pte);
			set_pte(from, pte);
		}
		if (!pte_special(pte))
			get_page(pfn_to_page(pte_pfn(pte)));
		spin_unlock(&mm->page_table_lock);
		set_pte(to, pte);
		atomic_long_inc(&dst->vm_mm->rss);
	}
	return 0;
}

/* mprotect: present entries take the area's new protection; private pages become writable only by a fault. */
void change_protection(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	bool exec = vma->vm_flags & VM_EXEC;

	if (exec)
		flush_icache_mm(mm);
	spin_lock(&mm->page_table_lock);
	for (unsigned long addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE) {
		pte_t *ptep = pte_lookup(mm, addr), pte;

		if (!ptep || pte_none(*ptep))
			continue;
		pte = pfn_pte(pte_pfn(*ptep), vma->vm_page_prot);
		set_pte(ptep, pte_wrprotect(__pte(pte_val(pte) | (pte_val(*ptep) & (_PAGE_DIRTY | _PAGE_SPECIAL)))));
	}
	spin_unlock(&mm->page_table_lock);
	flush_tlb_range(vma, vma->vm_start, vma->vm_end);
}

#define UNMAP_BATCH 64

/*
 * Empties the entries of a range. A page goes back only after no hart can
 * reach it any more, hence in batches: clear, flush, free.
 */
void unmap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr = start;

	filemap_dirty_range(vma, start, end);
	while (addr < end) {
		struct page *pages[UNMAP_BATCH];
		unsigned long from = addr;
		int n = 0;

		spin_lock(&mm->page_table_lock);
		for (; addr < end && n < UNMAP_BATCH; addr += PAGE_SIZE) {
			pte_t *ptep = pte_lookup(mm, addr), pte;

			if (!ptep) {
				addr = ALIGN_DOWN(addr, PMD_SIZE) + PMD_SIZE - PAGE_SIZE;
				continue;
			}
			pte = *ptep;
			if (pte_none(pte))
				continue;
			set_pte(ptep, __pte(0));
			atomic_long_dec(&mm->rss);
			if (!pte_special(pte))
				pages[n++] = pfn_to_page(pte_pfn(pte));
		}
		spin_unlock(&mm->page_table_lock);
		if (!n)
			continue;
		flush_tlb_range(vma, from, addr);
		while (n)
			put_page(pages[--n]);
	}
}

struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct page *page = NULL;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_extend_vma(mm, addr);
	if (vma && (vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_EXEC))) {
		for (;;) {
			pte_t *ptep = pte_lookup(mm, addr), pte = ptep ? READ_ONCE(*ptep) : __pte(0);

			if (pte_present(pte) && (!write || pte_write(pte))) {
				spin_lock(&mm->page_table_lock);
				if (pte_val(*ptep) == pte_val(pte) && !pte_special(pte)) {
					page = pfn_to_page(pte_pfn(pte));
					get_page(page);
				}
				spin_unlock(&mm->page_table_lock);
				if (page || pte_special(pte))
					break;
				continue;
			}
			if (handle_mm_fault(vma, addr, write ? FAULT_FLAG_WRITE : 0) & VM_FAULT_ERROR)
				break;
		}
	}
	mmap_read_unlock(mm);
	return page;
}

int access_process_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write)
{
	int done = 0;

	while (done < len) {
		unsigned long offset = (addr + done) & ~PAGE_MASK;
		int bytes = min_t(int, len - done, PAGE_SIZE - offset);
		struct page *page = get_user_page(mm, addr + done, write);

		if (!page)
			break;
		if (write)
			memcpy(page_address(page) + offset, buf + done, bytes);
		else
			memcpy(buf + done, page_address(page) + offset, bytes);
		put_page(page);
		done += bytes;
	}
	return done;
}
