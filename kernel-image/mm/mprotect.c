/* Changing the protection of mapped memory. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/syscalls.h>

#include "internal.h"

static int mprotect_fixup(struct vm_area_struct *vma, unsigned long prot_flags)
{
	unsigned long vm_flags = (vma->vm_flags & ~VM_ACCESS_FLAGS) | prot_flags;

	if (prot_flags & ~(vm_flags >> 4) & VM_ACCESS_FLAGS)
		return -EACCES;
	vma_account(vma->vm_mm, vma->vm_flags, -(long)vma_pages(vma));
	vma_account(vma->vm_mm, vm_flags, vma_pages(vma));
	vma->vm_flags = vm_flags;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	change_protection(vma);
	return 0;
}

SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len, unsigned long, prot)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len), pos = start;
	struct vm_area_struct *vma;
	int err;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	if (end <= start || end > TASK_SIZE)
		return -ENOMEM;
	mmap_write_lock(mm);
	vma = vma_isolate_range(mm, start, end);
	err = PTR_ERR_OR_ZERO(vma);
	for (; !err && pos < end; vma = list_next_entry(vma, vm_list)) {
		if (!vma || &vma->vm_list == &mm->mmap || vma->vm_start > pos) {
			err = -ENOMEM;	/* a hole */
			break;
		}
		pos = vma->vm_end;
		err = mprotect_fixup(vma, calc_vm_flags(prot));
	}
	mmap_write_unlock(mm);
	return err;
}
