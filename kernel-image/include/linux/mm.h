/* Memory management: pages, address spaces, faults. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#define VM_NONE 0
#define VM_READ 0x1
#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_SHARED 0x8
#define VM_MAYREAD 0x10
#define VM_MAYWRITE 0x20
#define VM_MAYEXEC 0x40
#define VM_GROWSDOWN 0x100
#define VM_PFNMAP 0x400
#define VM_IO 0x4000
#define VM_DONTCOPY 0x20000
#define VM_DONTEXPAND 0x40000
#define VM_DONTDUMP 0x4000000
#define VM_ACCESS_FLAGS (VM_READ | VM_WRITE | VM_EXEC)
#define VM_STACK_FLAGS (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_GROWSDOWN)
#define VM_DATA_DEFAULT_FLAGS (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

#define FAULT_FLAG_WRITE 0x1
#define FAULT_FLAG_USER 0x40
#define FAULT_FLAG_INSTRUCTION 0x100

typedef unsigned int vm_fault_t;
#define VM_FAULT_OOM 0x1
#define VM_FAULT_SIGBUS 0x2
#define VM_FAULT_SIGSEGV 0x40
#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned int flags;
	unsigned long pgoff;		/* page of vm_file that is wanted */
	unsigned long address;
	struct page *page;		/* set by ->fault, with a reference for the caller */
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);	/* vma was copied (fork, split) */
	void (*close)(struct vm_area_struct *vma);
	vm_fault_t (*fault)(struct vm_fault *vmf);	/* absent: anonymous memory */
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);	/* a shared page is about to become writable */
};

extern struct page *mem_map;
extern unsigned long min_low_pfn, max_low_pfn;
extern atomic_long_t _totalram_pages;
extern struct mm_struct init_mm;

#define pfn_to_page(pfn) (mem_map + ((pfn) - min_low_pfn))
#define page_to_pfn(page) ((unsigned long)((page) - mem_map) + min_low_pfn)
#define pfn_valid(pfn) ((pfn) >= min_low_pfn && (pfn) < max_low_pfn)
#define page_to_phys(page) PFN_PHYS(page_to_pfn(page))
#define page_address(page) __va(page_to_phys(page))
#define virt_to_page(va) pfn_to_page(PFN_DOWN(__pa(va)))

static inline int page_count(struct page *page) { return atomic_read(&page->_refcount); }
static inline void get_page(struct page *page) { atomic_inc(&page->_refcount); }
void put_page(struct page *page);	/* the last one frees an order-0 page */
static inline void set_page_count(struct page *page, int v) { atomic_set(&page->_refcount, v); }
static inline unsigned long totalram_pages(void) { return atomic_long_read(&_totalram_pages); }
unsigned long nr_free_pages(void);

struct sysinfo_mem {
	unsigned long totalram, freeram, slab, cached, dirty;	/* pages */
};
void si_meminfo(struct sysinfo_mem *val);

static inline void mmap_read_lock(struct mm_struct *mm) { down_read(&mm->mmap_lock); }
static inline void mmap_read_unlock(struct mm_struct *mm) { up_read(&mm->mmap_lock); }
static inline void mmap_write_lock(struct mm_struct *mm) { down_write(&mm->mmap_lock); }
static inline void mmap_write_unlock(struct mm_struct *mm) { up_write(&mm->mmap_lock); }
static inline void mmget(struct mm_struct *mm) { atomic_inc(&mm->mm_users); }
static inline void mmgrab(struct mm_struct *mm) { atomic_inc(&mm->mm_count); }
static inline void mmdrop(struct mm_struct *mm)
{
	if (atomic_dec_and_test(&mm->mm_count))
		__mmdrop(mm);
}

#define for_each_vma(mm, vma) list_for_each_entry(vma, &(mm)->mmap, vm_list)

/* Callers hold mmap_lock. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);	/* first with vm_end > addr */
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);
void vm_area_free(struct vm_area_struct *vma);
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma);
int expand_stack(struct vm_area_struct *vma, unsigned long address);
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long flags);
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff);
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);
int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long vm_flags);
pgprot_t vm_get_page_prot(unsigned long vm_flags);
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);

/* These take mmap_lock themselves and work on current->mm. prot and flags as mmap(2). */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset);
int vm_munmap(unsigned long start, size_t len);

/*
 * Pins and returns the page behind a user address of any mm, faulting it in
 * (copied first if write); NULL if there is none. For exec's arguments and
 * /proc/PID/mem. Takes mmap_lock.
 */
struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write);
/* Bytes really copied between buf and another task's memory. */
int access_process_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write);

int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm);
void exit_mmap(struct mm_struct *mm);
int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src);
void unmap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void change_protection(struct vm_area_struct *vma);
void free_pgtables(struct mm_struct *mm);
pgd_t *pgd_alloc(struct mm_struct *mm);
void pgd_free(struct mm_struct *mm, pgd_t *pgd);
pte_t *pte_alloc_map(struct mm_struct *mm, unsigned long addr);
pte_t *pte_lookup(struct mm_struct *mm, unsigned long addr);

void mm_init(void);
void mem_init(void);
void free_initmem(void);
void free_reserved_page(struct page *page);
unsigned long free_reserved_area(void *start, void *end, const char *what);

/* A page fault found no memory: somebody is killed, and the fault tried again. */
void pagefault_out_of_memory(void);
void show_mem(void);	/* to the log; callers hold tasklist_lock */

#endif
