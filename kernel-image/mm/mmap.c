/* The map of an address space: VMAs, and the system calls that change them. */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <asm/tlbflush.h>

#include "internal.h"

#define MAX_MAP_COUNT 4096

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	for_each_vma(mm, vma)
		if (vma->vm_end > addr)
			return vma;
	return NULL;
}

void vma_account(struct mm_struct *mm, unsigned long vm_flags, long pages)
{
	mm->total_vm += pages;
	if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += pages;
	else if (vm_flags & VM_EXEC)
		mm->exec_vm += pages;
	else if (vm_flags & VM_WRITE)
		mm->data_vm += pages;
}

void link_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = find_vma(mm, vma->vm_start);

	list_add_tail(&vma->vm_list, next ? &next->vm_list : &mm->mmap);
	mm->map_count++;
	vma_account(mm, vma->vm_flags, vma_pages(vma));
}

int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = find_vma(mm, vma->vm_start);

	if (next && next->vm_start < vma->vm_end)
		return -ENOMEM;
	vma->vm_mm = mm;
	link_vma(mm, vma);
	return 0;
}

/* Unlinks and frees; the pages are gone already. */
static void remove_vma(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	list_del(&vma->vm_list);
	mm->map_count--;
	vma_account(mm, vma->vm_flags, -(long)vma_pages(vma));
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	vm_area_free(vma);
}

struct vm_area_struct *vma_dup(struct vm_area_struct *orig, struct mm_struct *mm)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);

	if (!vma)
		return NULL;
	*vma = *orig;
	vma->vm_mm = mm;
	INIT_LIST_HEAD(&vma->vm_list);
	if (vma->vm_file)
		get_file(vma->vm_file);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	return vma;
}

/* Cuts at addr; vma keeps the lower part. */
static int split_vma(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *upper;

	if (vma->vm_mm->map_count >= MAX_MAP_COUNT)
		return -ENOMEM;
	upper = vma_dup(vma, vma->vm_mm);
	if (!upper)
		return -ENOMEM;
	upper->vm_start = addr;
	upper->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
	vma_account(vma->vm_mm, vma->vm_flags, -(long)vma_pages(upper));
	vma->vm_end = addr;
	link_vma(vma->vm_mm, upper);
	return 0;
}

struct vm_area_struct *vma_isolate_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start), *last;
	int err;

	if (vma && vma->vm_start < start) {
		err = split_vma(vma, start);
		if (err)
			return ERR_PTR(err);
		vma = list_next_entry(vma, vm_list);
	}
	last = find_vma(mm, end - 1);
	if (last && last->vm_start < end && last->vm_end > end) {
		err = split_vma(last, end);
		if (err)
			return ERR_PTR(err);
	}
	return vma;
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	unsigned long end = start + PAGE_ALIGN(len);
	struct vm_area_struct *vma, *next;

	if ((start & ~PAGE_MASK) || !len || len > TASK_SIZE || start > TASK_SIZE - len)
		return -EINVAL;
	vma = vma_isolate_range(mm, start, end);
	if (IS_ERR_OR_NULL(vma))
		return PTR_ERR(vma);
	for (; &vma->vm_list != &mm->mmap && vma->vm_start < end; vma = next) {
		next = list_next_entry(vma, vm_list);
		unmap_page_range(vma, vma->vm_start, vma->vm_end);
		remove_vma(vma);
	}
	return 0;
}

/* From the top down below the stack's room, so that the heap can grow from below. */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long flags)
{
	struct vm_area_struct *vma;
	unsigned long end = mm->mmap_base;

	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & MAP_FIXED)
		return addr > TASK_SIZE - len ? -ENOMEM : addr & ~PAGE_MASK ? -EINVAL : addr;
	addr = PAGE_ALIGN(addr);
	if (addr && addr <= TASK_SIZE - len) {
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start >= addr + len)
			return addr;
	}
	list_for_each_entry_reverse(vma, &mm->mmap, vm_list) {
		if (vma->vm_start >= end)
			continue;
		if (vma->vm_end <= end && end - vma->vm_end >= len)
			break;
		end = vma->vm_start;
	}
	return end < len + PAGE_SIZE ? -ENOMEM : end - len;
}

static struct vm_area_struct *can_grow(struct mm_struct *mm, unsigned long addr, unsigned long vm_flags)
{
	struct vm_area_struct *vma;

	for_each_vma(mm, vma)
		if (vma->vm_end == addr && vma->vm_flags == vm_flags && !vma->vm_file && !vma->vm_ops)
			return vma;
	return NULL;
}

/* Whether the address space may be so many bytes larger. */
static bool may_expand_vm(struct mm_struct *mm, unsigned long bytes)
{
	return mm->total_vm + (bytes >> PAGE_SHIFT) <= current->signal->rlim[RLIMIT_AS].rlim_cur >> PAGE_SHIFT;
}

int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long vm_flags)
{
	unsigned long flags = VM_DATA_DEFAULT_FLAGS | vm_flags;
	struct vm_area_struct *vma = find_vma(mm, addr);

	len = PAGE_ALIGN(len);
	if (!len)
		return 0;
	if (addr > TASK_SIZE - len || !may_expand_vm(mm, len))
		return -ENOMEM;
	if (vma && vma->vm_start < addr + len) {
		int err = do_munmap(mm, addr, len);

		if (err)
			return err;
	}
	vma = can_grow(mm, addr, flags);
	if (vma) {
		vma->vm_end += len;
		vma_account(mm, flags, len >> PAGE_SHIFT);
		return 0;
	}
	vma = vm_area_alloc(mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = flags;
	vma->vm_page_prot = vm_get_page_prot(flags);
	link_vma(mm, vma);
	return 0;
}

/* What the open mode of the file allows. */
static int file_vm_flags(struct file *file, unsigned long *vm_flags)
{
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if ((*vm_flags & VM_SHARED) && !(file->f_mode & FMODE_WRITE)) {
		if (*vm_flags & VM_WRITE)
			return -EACCES;
		*vm_flags &= ~VM_MAYWRITE;
	}
	return file->f_op->mmap ? 0 : -ENODEV;
}

/* Shared memory without a file gets one without a name. */
static unsigned long mmap_shared_anonymous(unsigned long addr, unsigned long len, unsigned long prot,
					   unsigned long flags)
{
	struct file *file = len ? shmem_file_setup("dev/zero", len) : ERR_PTR(-EINVAL);
	unsigned long ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = do_mmap(file, addr, len, prot, flags, 0);
	fput(file);
	return ret;
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags = calc_vm_flags(prot) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	unsigned long type = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE ? MAP_SHARED : flags & MAP_TYPE;
	struct vm_area_struct *vma, *clash;
	int err = 0;

	len = PAGE_ALIGN(len);
	if (!file && type == MAP_SHARED)
		return mmap_shared_anonymous(addr, len, prot, flags);
	if (!len || (type != MAP_SHARED && type != MAP_PRIVATE))
		return -EINVAL;
	if (mm->map_count >= MAX_MAP_COUNT || !may_expand_vm(mm, len))
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	addr = get_unmapped_area(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (type == MAP_SHARED)
		vm_flags |= VM_SHARED;
	if (file)
		err = file_vm_flags(file, &vm_flags);
	if (err)
		return err;

	clash = find_vma(mm, addr);
	if (clash && clash->vm_start < addr + len) {
		if (flags & MAP_FIXED_NOREPLACE)
			return -EEXIST;
		err = do_munmap(mm, addr, len);
		if (err)
			return err;
	}
	vma = vm_area_alloc(mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	vma->vm_pgoff = pgoff;
	if (file) {
		vma->vm_file = get_file(file);
		err = file->f_op->mmap(file, vma);
		if (err) {
			fput(file);
			vm_area_free(vma);
			return err;
		}
	}
	link_vma(mm, vma);
	return addr;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset)
{
	unsigned long ret;

	if (offset & ~PAGE_MASK || offset + PAGE_ALIGN(len) < offset)
		return -EINVAL;
	mmap_write_lock(current->mm);
	ret = do_mmap(file, addr, len, prot, flags, offset >> PAGE_SHIFT);
	mmap_write_unlock(current->mm);
	return ret;
}

int vm_munmap(unsigned long start, size_t len)
{
	int ret;

	mmap_write_lock(current->mm);
	ret = do_munmap(current->mm, start, len);
	mmap_write_unlock(current->mm);
	return ret;
}

/* Lets a stack reach down to address, within its limit and a gap to its neighbour. */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long start = address & PAGE_MASK, gap = 16 * PAGE_SIZE;
	unsigned long limit = current->signal->rlim[RLIMIT_STACK].rlim_cur;

	if (!(vma->vm_flags & VM_GROWSDOWN) || vma->vm_end - start > limit)
		return -ENOMEM;
	if (vma->vm_list.prev != &mm->mmap) {
		struct vm_area_struct *prev = list_prev_entry(vma, vm_list);

		if (start < prev->vm_end + gap)
			return -ENOMEM;
	}
	/* Faults hold mmap_lock for reading only: two may grow the same stack. */
	spin_lock(&mm->page_table_lock);
	if (start < vma->vm_start) {
		vma_account(mm, vma->vm_flags, (vma->vm_start - start) >> PAGE_SHIFT);
		vma->vm_pgoff -= (vma->vm_start - start) >> PAGE_SHIFT;
		vma->vm_start = start;
	}
	spin_unlock(&mm->page_table_lock);
	return 0;
}

struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || vma->vm_start <= addr)
		return vma;
	return expand_stack(vma, addr) ? NULL : vma;
}

int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma, *copy;
	int err = 0;

	mmap_write_lock(oldmm);
	mm->total_vm = mm->data_vm = mm->exec_vm = mm->stack_vm = 0;
	for_each_vma(oldmm, vma) {
		if (vma->vm_flags & VM_DONTCOPY)
			continue;
		copy = vma_dup(vma, mm);
		if (!copy) {
			err = -ENOMEM;
			break;
		}
		link_vma(mm, copy);
		err = copy_page_range(copy, vma);
		if (err)
			break;
	}
	flush_tlb_mm(oldmm);	/* its private pages are read-only now */
	mmap_write_unlock(oldmm);
	return err;
}

void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *next;

	mmap_write_lock(mm);
	list_for_each_entry_safe(vma, next, &mm->mmap, vm_list) {
		unmap_page_range(vma, vma->vm_start, vma->vm_end);
		remove_vma(vma);
	}
	free_pgtables(mm);
	mmap_write_unlock(mm);
}

SYSCALL_DEFINE1(brk, unsigned long, brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old, new;
	struct vm_area_struct *next;

	mmap_write_lock(mm);
	old = PAGE_ALIGN(mm->brk);
	new = PAGE_ALIGN(brk);
	if (brk < mm->start_brk || new > TASK_SIZE)
		goto out;
	if (new < old) {
		if (do_munmap(mm, new, old - new))
			goto out;
	} else if (new > old) {
		next = find_vma(mm, old);
		if ((next && next->vm_start < new + PAGE_SIZE) || do_brk_flags(mm, old, new - old, 0))
			goto out;
	}
	mm->brk = brk;
out:
	brk = mm->brk;
	mmap_write_unlock(mm);
	return brk;
}

SYSCALL_DEFINE6(mmap, unsigned long, addr, unsigned long, len, unsigned long, prot,
		unsigned long, flags, unsigned long, fd, unsigned long, offset)
{
	struct file *file = NULL;
	unsigned long ret;

	if (offset & ~PAGE_MASK)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fget(fd);
		if (!file)
			return -EBADF;
	}
	ret = vm_mmap(file, addr, len, prot, flags, file ? offset : 0);
	if (file)
		fput(file);
	if (!IS_ERR_VALUE(ret) && ((flags & (MAP_POPULATE | MAP_LOCKED)) || current->mm->populate_new))
		mm_populate(ret, ret + PAGE_ALIGN(len));
	return ret;
}

SYSCALL_DEFINE2(munmap, unsigned long, addr, size_t, len)
{
	return vm_munmap(addr, len);
}
