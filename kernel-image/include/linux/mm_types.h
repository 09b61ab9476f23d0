/* struct page, struct mm_struct and struct vm_area_struct. */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <asm/page.h>

struct address_space;
struct file;
struct kmem_cache;
struct linux_binfmt;
struct vm_operations_struct;

enum pageflags { PG_locked, PG_reserved, PG_slab, PG_buddy, PG_uptodate, PG_dirty, PG_head, PG_lru, PG_referenced };

struct page {
	unsigned long flags;
	atomic_t _refcount;
	u32 private;			/* buddy: order; slab: objects in use */
	struct list_head lru;		/* buddy free list, slab list */
	union {
		struct {		/* page cache */
			struct address_space *mapping;
			unsigned long index;
		};
		struct {		/* slab */
			struct kmem_cache *slab_cache;
			void *freelist;
		};
	};
};

struct mm_struct {
	struct list_head mmap;		/* vm_area_structs by address */
	struct rw_semaphore mmap_lock;	/* the list above and what it maps */
	spinlock_t page_table_lock;	/* the page tables below pgd */
	pgd_t *pgd;
	atomic_t mm_users;		/* tasks in this address space */
	atomic_t mm_count;		/* 1 for all users together, 1 per lazy CPU */
	int map_count;
	unsigned long mmap_base;
	unsigned long total_vm, data_vm, exec_vm, stack_vm;
	atomic_long_t rss;		/* user pages mapped */
	atomic_long_t pgtables_bytes;
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[48];
	struct linux_binfmt *binfmt;
	bool dumpable;			/* its owner may look into it */
	struct file *exe_file;
	bool membarrier_ready;
	bool populate_new;		/* mlockall: new mappings are filled at once */
	unsigned long vdso;		/* page that signal handlers return through */
	cpumask_t cpu_bitmap;		/* CPUs whose satp names pgd */
	cpumask_t icache_stale_mask;	/* CPUs that owe a fence.i before running it */
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct list_head vm_list;	/* in mm->mmap */
	struct mm_struct *vm_mm;
	unsigned long vm_flags;		/* VM_* */
	pgprot_t vm_page_prot;
	unsigned long vm_pgoff;		/* offset in vm_file, in pages */
	struct file *vm_file;
	const struct vm_operations_struct *vm_ops;
	void *vm_private_data;
};

#define mm_cpumask(mm) (&(mm)->cpu_bitmap)

#endif
