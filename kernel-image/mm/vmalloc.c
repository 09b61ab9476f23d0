/* The vmalloc area: kernel virtual ranges for device registers and for large blocks of single pages. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

struct vm_struct {
	struct list_head list;
	unsigned long addr, size;	/* followed by one page that stays unmapped */
	bool pages;			/* owns what it maps */
};

static LIST_HEAD(vmlist);
static DEFINE_SPINLOCK(vmlist_lock);
static struct kmem_cache *vm_struct_cachep;

void __init vmalloc_init(void)
{
	vm_struct_cachep = KMEM_CACHE(vm_struct, SLAB_PANIC);
}

/* The first gap between start and end that is large enough; vmlist is in order of addresses. */
static struct vm_struct *__get_vm_area(unsigned long size, unsigned long start, unsigned long end)
{
	struct vm_struct *area = kmem_cache_zalloc(vm_struct_cachep, GFP_KERNEL), *next;
	unsigned long addr = start;

	if (!area)
		return NULL;
	spin_lock(&vmlist_lock);
	list_for_each_entry(next, &vmlist, list) {
		if (next->addr >= addr && next->addr - addr >= size + PAGE_SIZE)
			break;
		addr = max(addr, next->addr + next->size + PAGE_SIZE);
	}
	if (size > end - start || addr + size + PAGE_SIZE > end) {
		spin_unlock(&vmlist_lock);
		kmem_cache_free(vm_struct_cachep, area);
		return NULL;
	}
	area->addr = addr;
	area->size = size;
	list_add_tail(&area->list, &next->list);
	spin_unlock(&vmlist_lock);
	return area;
}

static struct vm_struct *get_vm_area(unsigned long size)
{
	return __get_vm_area(size, VMALLOC_START, VMALLOC_END);
}

static struct vm_struct *remove_vm_area(unsigned long addr)
{
	struct vm_struct *area;

	spin_lock(&vmlist_lock);
	list_for_each_entry(area, &vmlist, list) {
		if (area->addr == addr) {
			list_del(&area->list);
			spin_unlock(&vmlist_lock);
			return area;
		}
	}
	spin_unlock(&vmlist_lock);
	return NULL;
}

static int map_page(unsigned long va, phys_addr_t pa, pgprot_t prot)
{
	pmd_t *pmd = pmd_offset(pgd_offset(&init_mm, va), va);

	if (pmd_none(*pmd)) {
		unsigned long table = get_zeroed_page(GFP_KERNEL);
		unsigned long none = 0;

		if (!table)
			return -ENOMEM;
		if (!__atomic_compare_exchange_n(&pmd->pmd, &none, pgtable_entry((void *)table), 0,
						 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			free_page(table);
	}
	set_pte(pte_offset(pmd, va), pfn_pte(PFN_DOWN(pa), prot));
	return 0;
}

int vmap_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot)
{
	for (unsigned long off = 0; off < size; off += PAGE_SIZE) {
		int err = map_page(va + off, pa + off, prot);

		if (err)
			return err;
	}
	flush_tlb_kernel_range(va, va + size);
	return 0;
}

void vunmap_range(unsigned long va, unsigned long size)
{
	for (unsigned long off = 0; off < size; off += PAGE_SIZE) {
		pte_t *pte = kernel_pte(va + off);

		if (pte)
			set_pte(pte, __pte(0));
	}
	flush_tlb_kernel_range(va, va + size);
}

void __iomem *ioremap(phys_addr_t addr, size_t size)
{
	unsigned long offset = addr & ~PAGE_MASK, len = PAGE_ALIGN(offset + size);
	struct vm_struct *area = get_vm_area(len);

	if (!area)
		return NULL;
	if (vmap_range(area->addr, addr - offset, len, PAGE_KERNEL)) {
		iounmap((void *)area->addr);
		return NULL;
	}
	return (void *)(area->addr + offset);
}

void iounmap(void __iomem *addr)
{
	struct vm_struct *area = remove_vm_area((unsigned long)addr & PAGE_MASK);

	if (!area)
		return;
	vunmap_range(area->addr, area->size);
	kmem_cache_free(vm_struct_cachep, area);
}

void vfree(const void *addr)
{
	struct vm_struct *area;

	if (!addr)
		return;
	area = remove_vm_area((unsigned long)addr);
	BUG_ON(!area || !area->pages);
	for (unsigned long va = area->addr; va < area->addr + area->size; va += PAGE_SIZE) {
		pte_t *pte = kernel_pte(va), old;

		if (!pte || !pte_present(*pte))
			continue;
		old = *pte;
		set_pte(pte, __pte(0));
		flush_tlb_kernel_range(va, va + PAGE_SIZE);
		__free_page(pfn_to_page(pte_pfn(old)));
	}
	kmem_cache_free(vm_struct_cachep, area);
}

static void *fill_area(struct vm_struct *area)
{
	if (!area)
		return NULL;
	area->pages = true;
	for (unsigned long va = area->addr; va < area->addr + area->size; va += PAGE_SIZE) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page || map_page(va, page_to_phys(page), PAGE_KERNEL)) {
			if (page)
				__free_page(page);
			vfree((void *)area->addr);
			return NULL;
		}
	}
	flush_tlb_kernel_range(area->addr, area->addr + area->size);
	return (void *)area->addr;
}

void *vmalloc(unsigned long size)
{
	return fill_area(get_vm_area(PAGE_ALIGN(size)));
}

void *module_alloc(unsigned long size)
{
	return fill_area(__get_vm_area(PAGE_ALIGN(size), MODULES_VADDR, MODULES_END));
}

void *vzalloc(unsigned long size)
{
	void *p = vmalloc(size);

	return p ? memset(p, 0, size) : NULL;
}
