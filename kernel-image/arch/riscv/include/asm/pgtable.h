/* Sv39 page-table entries: bits, protections, and walking three levels. */
#ifndef _ASM_PGTABLE_H
#define _ASM_PGTABLE_H

#include <asm/page.h>
#include <asm/csr.h>
#include <linux/compiler.h>

#define _PAGE_PRESENT (1 << 0)
#define _PAGE_READ (1 << 1)
#define _PAGE_WRITE (1 << 2)
#define _PAGE_EXEC (1 << 3)
#define _PAGE_USER (1 << 4)
#define _PAGE_GLOBAL (1 << 5)
#define _PAGE_ACCESSED (1 << 6)
#define _PAGE_DIRTY (1 << 7)
#define _PAGE_SPECIAL (1 << 8)	/* software: no struct page behind it to count */
#define _PAGE_PFN_SHIFT 10
#define _PAGE_LEAF (_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC)

#define PTRS_PER_PTE 512
#define PTRS_PER_PMD 512
#define PTRS_PER_PGD 512
#define USER_PTRS_PER_PGD (TASK_SIZE / PGDIR_SIZE)

#define _PAGE_BASE (_PAGE_PRESENT | _PAGE_ACCESSED)
#define _PAGE_KERNEL (_PAGE_BASE | _PAGE_READ | _PAGE_WRITE | _PAGE_GLOBAL | _PAGE_DIRTY)
#define __pgprot(x) ((pgprot_t){ (x) })
#define pgprot_val(x) ((x).pgprot)
#define PAGE_KERNEL __pgprot(_PAGE_KERNEL)
#define PAGE_KERNEL_READ __pgprot(_PAGE_KERNEL & ~_PAGE_WRITE)
#define PAGE_KERNEL_READ_EXEC __pgprot((_PAGE_KERNEL & ~_PAGE_WRITE) | _PAGE_EXEC)

#define __pte(x) ((pte_t){ (x) })
#define pte_val(x) ((x).pte)
#define pfn_pte(pfn, prot) __pte(((pfn) << _PAGE_PFN_SHIFT) | pgprot_val(prot))
#define pte_pfn(p) (pte_val(p) >> _PAGE_PFN_SHIFT)
#define pte_none(p) (pte_val(p) == 0)
#define pte_present(p) (pte_val(p) & _PAGE_PRESENT)
#define pte_write(p) (pte_val(p) & _PAGE_WRITE)
#define pte_dirty(p) (pte_val(p) & _PAGE_DIRTY)
#define pte_special(p) (pte_val(p) & _PAGE_SPECIAL)
static inline pte_t pte_wrprotect(pte_t p) { return __pte(pte_val(p) & ~_PAGE_WRITE); }
static inline pte_t pte_mkwrite(pte_t p) { return __pte(pte_val(p) | _PAGE_WRITE); }
static inline pte_t pte_mkdirty(pte_t p) { return __pte(pte_val(p) | _PAGE_DIRTY); }

#define pgd_index(a) (((a) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pmd_index(a) (((a) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(a) (((a) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pgd_offset(mm, a) ((mm)->pgd + pgd_index(a))
#define pgd_none(p) ((p).pgd == 0)
#define pmd_none(p) ((p).pmd == 0)
#define pmd_leaf(p) ((p).pmd & _PAGE_LEAF)

static inline void *pgtable_vaddr(unsigned long entry)
{
	return __va((entry >> _PAGE_PFN_SHIFT) << PAGE_SHIFT);
}
static inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long addr) { return (pmd_t *)pgtable_vaddr(pgd->pgd) + pmd_index(addr); }
static inline pte_t *pte_offset(pmd_t *pmd, unsigned long addr) { return (pte_t *)pgtable_vaddr(pmd->pmd) + pte_index(addr); }
static inline unsigned long pgtable_entry(const void *table)
{
	return ((__pa(table) >> PAGE_SHIFT) << _PAGE_PFN_SHIFT) | _PAGE_PRESENT;
}
static inline void set_pte(pte_t *ptep, pte_t pte) { WRITE_ONCE(ptep->pte, pte.pte); }

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

void setup_vm(unsigned long dtb_pa);
void setup_early_linear_map(void);
void paging_init(void);
pte_t *kernel_pte(unsigned long va);
void set_kernel_memory(unsigned long start, unsigned long end, unsigned long prot);
extern unsigned long dtb_early_va;
void mark_rodata_ro(void);
/* Maps a kernel range of the vmalloc area page by page. */
int vmap_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot);
void vunmap_range(unsigned long va, unsigned long size);

#endif
