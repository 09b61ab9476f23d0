/* Page size, the kernel's virtual layout and address conversions. */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#define PAGE_SHIFT 12
#define PMD_SHIFT 21
#define PGDIR_SHIFT 30

/*
 * Sv39: user space is the low half. The high half holds, from below, the
 * vmalloc area (1 GiB), the linear map of all memory, the kernel image, and
 * the modules.
 */
#define VMALLOC_START 0xffffffd000000000
#define FIXADDR_START 0xffffffd040000000
#define PAGE_OFFSET 0xffffffd800000000
#define KERNEL_LINK_ADDR 0xffffffff80000000
#define TASK_SIZE 0x4000000000
/* In the image's own gigabyte: modules and the kernel reach each other with auipc, and share its page tables. */
#define MODULES_VADDR (KERNEL_LINK_ADDR + 0x10000000)
#define MODULES_END (MODULES_VADDR + 0x08000000)

#define THREAD_SIZE_ORDER 2
#define THREAD_SIZE 16384

#ifdef __ASSEMBLY__
#define PAGE_SIZE (1 << PAGE_SHIFT)
#else
#include <linux/types.h>

#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PMD_SIZE (1UL << PMD_SHIFT)
#define PGDIR_SIZE (1UL << PGDIR_SHIFT)
#define VMALLOC_END (VMALLOC_START + PGDIR_SIZE)
#define PAGE_ALIGN(a) (((a) + PAGE_SIZE - 1) & PAGE_MASK)
#define PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x) ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x) ((phys_addr_t)(x) << PAGE_SHIFT)

/* Where the image and memory really lie; found out by setup_vm. */
struct kernel_mapping {
	unsigned long virt_addr;	/* first byte of the image */
	unsigned long phys_addr;	/* where the image was loaded */
	unsigned long size;
	unsigned long va_pa_offset;	/* linear map: virtual - physical */
	unsigned long va_kernel_pa_offset; /* image: virtual - physical */
};
extern struct kernel_mapping kernel_map;

#define __va(pa) ((void *)((unsigned long)(pa) + kernel_map.va_pa_offset))
static inline phys_addr_t __pa(const volatile void *va)
{
	unsigned long a = (unsigned long)va;

	return a >= KERNEL_LINK_ADDR ? a - kernel_map.va_kernel_pa_offset : a - kernel_map.va_pa_offset;
}
#define lm_alias(x) __va(__pa(x))

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;

void clear_page(void *page);
void copy_page(void *to, const void *from);
#endif

#endif
