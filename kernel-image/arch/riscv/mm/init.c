/*
 * Page tables of the kernel: the early ones, on which head.S turns the MMU on, and the final ones.
 *
 * setup_vm runs at physical addresses before the MMU is on. It may touch data
 * only relative to the pc, so nothing here is reached through a stored pointer
 * until then. early_pg_dir is kept for the secondary harts: once paging_init is
 * done its upper half is that of swapper_pg_dir, its lower half the identity
 * map of the image's gigabyte.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>

pgd_t swapper_pg_dir[PTRS_PER_PGD] __aligned(4096) __section(".bss..page_aligned");
pgd_t early_pg_dir[PTRS_PER_PGD] __aligned(4096) __section(".bss..page_aligned");
static pmd_t early_pmd[PTRS_PER_PMD] __initdata __aligned(4096);
static pmd_t fixmap_pmd[PTRS_PER_PMD] __initdata __aligned(4096);

struct kernel_mapping kernel_map;
unsigned long dtb_early_va;

#define LEAF(pa, prot) ((((pa) >> PAGE_SHIFT) << _PAGE_PFN_SHIFT) | (prot))
#define DTB_MAP_SIZE (2 * PMD_SIZE)

void __init setup_vm(unsigned long dtb_pa)
{
	unsigned long pa = (unsigned long)_start, size = (unsigned long)_end - pa;
	unsigned long dtb_block = ALIGN_DOWN(dtb_pa, PMD_SIZE);

	kernel_map.virt_addr = KERNEL_LINK_ADDR;
	kernel_map.phys_addr = pa;
	kernel_map.size = size;
	kernel_map.va_kernel_pa_offset = KERNEL_LINK_ADDR - pa;

	early_pg_dir[pgd_index(pa)].pgd = LEAF(ALIGN_DOWN(pa, PGDIR_SIZE), _PAGE_KERNEL | _PAGE_EXEC);
	early_pg_dir[pgd_index(KERNEL_LINK_ADDR)].pgd = LEAF((unsigned long)early_pmd, _PAGE_PRESENT);
	for (unsigned long off = 0; off < size; off += PMD_SIZE)
		early_pmd[pmd_index(KERNEL_LINK_ADDR + off)].pmd = LEAF(pa + off, _PAGE_KERNEL | _PAGE_EXEC);

	/* The device tree may lie anywhere; it is copied before the final tables come. */
	early_pg_dir[pgd_index(FIXADDR_START)].pgd = LEAF((unsigned long)fixmap_pmd, _PAGE_PRESENT);
	for (unsigned long off = 0; off < DTB_MAP_SIZE; off += PMD_SIZE)
		fixmap_pmd[pmd_index(FIXADDR_START + off)].pmd = LEAF(dtb_block + off, _PAGE_KERNEL & ~_PAGE_WRITE);
	dtb_early_va = FIXADDR_START + (dtb_pa - dtb_block);
}

/* A linear map by gigabytes: page tables made from memblock can be reached before their like exist. */
void __init setup_early_linear_map(void)
{
	phys_addr_t base = ALIGN_DOWN(memblock_start_of_DRAM(), PGDIR_SIZE);

	kernel_map.va_pa_offset = PAGE_OFFSET - base;
	if (memblock_end_of_DRAM() - base > KERNEL_LINK_ADDR - PAGE_OFFSET)
		panic("memory: more than the linear map can hold");
	for (phys_addr_t pa = base; pa < memblock_end_of_DRAM(); pa += PGDIR_SIZE)
		early_pg_dir[pgd_index(PAGE_OFFSET + pa - base)].pgd = LEAF(pa, _PAGE_KERNEL);
	local_flush_tlb_all();
}

static void *__init next_table(unsigned long *entry)
{
	if (!*entry)
		*entry = pgtable_entry(memblock_alloc(PAGE_SIZE, PAGE_SIZE));
	return pgtable_vaddr(*entry);
}

/* Maps with the largest pages that alignment allows, unless small ones are wanted. */
static void __init create_mapping(unsigned long va, phys_addr_t pa, unsigned long size, unsigned long prot, bool small)
{
	unsigned long end = va + size;

	while (va != end) {
		unsigned long *pgd = &swapper_pg_dir[pgd_index(va)].pgd, *pmd, *pte;
		unsigned long step = PAGE_SIZE;

		if (!small && IS_ALIGNED(va | pa, PGDIR_SIZE) && end - va >= PGDIR_SIZE && !*pgd) {
			*pgd = LEAF(pa, prot);
			step = PGDIR_SIZE;
		} else {
			pmd = (unsigned long *)next_table(pgd) + pmd_index(va);
			if (!small && IS_ALIGNED(va | pa, PMD_SIZE) && end - va >= PMD_SIZE && !*pmd) {
				*pmd = LEAF(pa, prot);
				step = PMD_SIZE;
			} else {
				pte = (unsigned long *)next_table(pmd) + pte_index(va);
				*pte = LEAF(pa, prot);
			}
		}
		va += step;
		pa += step;
	}
}

static void __init map_kernel_section(const char *start, const char *end, pgprot_t prot)
{
	create_mapping((unsigned long)start, __pa(start), end - start, pgprot_val(prot), true);
}

/*
 * The linear map, too, must not give a way to write the text: the image's own
 * pages are mapped singly there, so that mark_rodata_ro can protect both views.
 */
static void __init map_linear(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t image = kernel_map.phys_addr, image_end = image + kernel_map.size, end = base + size;

	if (image < base || image_end > end) {
		create_mapping((unsigned long)__va(base), base, size, _PAGE_KERNEL, false);
		return;
	}
	create_mapping((unsigned long)__va(base), base, image - base, _PAGE_KERNEL, false);
	create_mapping((unsigned long)__va(image), image, image_end - image, _PAGE_KERNEL, true);
	create_mapping((unsigned long)__va(image_end), image_end, end - image_end, _PAGE_KERNEL, false);
}

void __init paging_init(void)
{
	struct memblock_type *memory = &memblock.memory;

	for (unsigned long i = 0; i < memory->cnt; i++) {
		phys_addr_t base = PAGE_ALIGN(memory->regions[i].base);

		map_linear(base, ((memory->regions[i].base + memory->regions[i].size) & PAGE_MASK) - base);
	}
	map_kernel_section(_stext, __init_begin, PAGE_KERNEL_READ_EXEC);
	map_kernel_section(__init_begin, __init_data_begin, PAGE_KERNEL_READ_EXEC);
	map_kernel_section(__init_data_begin, __init_end, PAGE_KERNEL);
	map_kernel_section(__start_rodata, __end_rodata, PAGE_KERNEL);	/* until mark_rodata_ro */
	map_kernel_section(_sdata, _end, PAGE_KERNEL);
	/* All user page tables share the vmalloc area's table, so it must exist before the first copy. */
	next_table(&swapper_pg_dir[pgd_index(VMALLOC_START)].pgd);

	csr_write(satp, SATP_MODE_39 | PFN_DOWN(__pa(swapper_pg_dir)));
	local_flush_tlb_all();
	for (int i = USER_PTRS_PER_PGD; i < PTRS_PER_PGD; i++)
		early_pg_dir[i] = swapper_pg_dir[i];
}

pte_t *kernel_pte(unsigned long va)
{
	pmd_t *pmd = pmd_offset(&swapper_pg_dir[pgd_index(va)], va);

	return pmd_none(*pmd) || pmd_leaf(*pmd) ? NULL : pte_offset(pmd, va);
}

/* Changes the protection of single-page kernel mappings; prot 0 unmaps. */
void set_kernel_memory(unsigned long start, unsigned long end, unsigned long prot)
{
	for (unsigned long va = start; va < end; va += PAGE_SIZE) {
		pte_t *pte = kernel_pte(va);

		set_pte(pte, prot ? pfn_pte(pte_pfn(*pte), __pgprot(prot)) : __pte(0));
	}
	flush_tlb_kernel_range(start, end);
}

void mark_rodata_ro(void)
{
	unsigned long ro = pgprot_val(PAGE_KERNEL_READ);

	set_kernel_memory((unsigned long)__start_rodata, (unsigned long)__end_rodata, ro);
	set_kernel_memory((unsigned long)lm_alias(_stext), (unsigned long)lm_alias(__init_begin), ro);
	set_kernel_memory((unsigned long)lm_alias(__start_rodata), (unsigned long)lm_alias(__end_rodata), ro);
}

/* The init sections' pages go to the page allocator and vanish from the image's mapping. */
void free_initmem(void)
{
	set_kernel_memory((unsigned long)__init_begin, (unsigned long)__init_end, 0);
	free_reserved_area(lm_alias(__init_begin), lm_alias(__init_end), "unused kernel image (initmem)");
}
