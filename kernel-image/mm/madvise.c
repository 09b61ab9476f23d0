/* What a program says about its mappings: advice, locking, writing back; and what it asks: which pages are there. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/writeback.h>
#include <linux/uaccess.h>
#include <asm/pgtable.h>

#include "internal.h"

#define MADV_SEQUENTIAL	2
#define MADV_WILLNEED	3
#define MADV_DONTNEED	4
#define MADV_FREE	8
#define MADV_DONTFORK	10
#define MADV_DOFORK	11
#define MADV_HUGEPAGE	14
#define MADV_DODUMP	17
#define MADV_COLD	20
#define MADV_PAGEOUT	21
#define MS_ASYNC	1
#define MS_INVALIDATE	2
#define MS_SYNC		4
#define MLOCK_ONFAULT	1
#define MCL_CURRENT	1
#define MCL_FUTURE	2

static int madvise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	unmap_page_range(vma, start, end);
	return 0;
}

/* Pages of anonymous memory only may vanish, since they come back as zeroes. */
static int madvise_free(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_file || vma->vm_ops)
		return -EINVAL;
	unmap_page_range(vma, start, end);
	return 0;
}

/* What a shared mapping of a file has in memory goes to the file. */
static int sync_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	filemap_dirty_range(vma, start, end);
	return vma->vm_file && (vma->vm_flags & VM_SHARED) ? write_inode_now(file_inode(vma->vm_file)) : 0;
}

/* Applies step to the parts of the range that are mapped; -ENOMEM at the end if there was a hole. */
static int walk_range(unsigned long start, unsigned long end,
		      int (*step)(struct vm_area_struct *vma, unsigned long start, unsigned long end))
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long pos = start;
	int err = 0, hole = 0;

	for_each_vma(mm, vma) {
		if (vma->vm_end <= pos)
			continue;
		if (err || vma->vm_start >= end)
			break;
		if (vma->vm_start > pos)
			hole = -ENOMEM;
		err = step(vma, max(pos, vma->vm_start), min(end, vma->vm_end));
		pos = vma->vm_end;
	}
	return err ? err : pos < end ? -ENOMEM : hole;
}

static int advise_fork(unsigned long start, unsigned long end, bool copy)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = vma_isolate_range(mm, start, end);

	if (IS_ERR_OR_NULL(vma))
		return vma ? PTR_ERR(vma) : -ENOMEM;
	for (; &vma->vm_list != &mm->mmap && vma->vm_start < end; vma = list_next_entry(vma, vm_list))
		vma->vm_flags = copy ? vma->vm_flags & ~VM_DONTCOPY : vma->vm_flags | VM_DONTCOPY;
	return 0;
}

static bool bad_range(unsigned long start, size_t len)
{
	return (start & ~PAGE_MASK) || len > TASK_SIZE || start > TASK_SIZE - PAGE_ALIGN(len);
}

SYSCALL_DEFINE3(madvise, unsigned long, start, size_t, len, int, advice)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int ret;

	if (bad_range(start, len))
		return -EINVAL;
	mmap_write_lock(mm);
	if (advice == MADV_DONTNEED)
		ret = walk_range(start, end, madvise_dontneed);
	else if (advice == MADV_FREE)
		ret = walk_range(start, end, madvise_free);
	else if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
		ret = advise_fork(start, end, advice == MADV_DOFORK);
	else	/* about speed: heard, and nothing to do */
		ret = (advice >= 0 && advice <= MADV_WILLNEED) || (advice >= MADV_HUGEPAGE && advice <= MADV_DODUMP) ||
		      advice == MADV_COLD || advice == MADV_PAGEOUT ? 0 : -EINVAL;
	mmap_write_unlock(mm);
	return ret;
}

SYSCALL_DEFINE3(msync, unsigned long, start, size_t, len, int, flags)
{
	int ret;

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC) ||
	    (start & ~PAGE_MASK))
		return -EINVAL;
	if (bad_range(start, len))
		return -ENOMEM;
	mmap_read_lock(current->mm);
	ret = walk_range(start, start + PAGE_ALIGN(len), sync_pages);
	mmap_read_unlock(current->mm);
	return ret;
}

void mm_populate(unsigned long start, unsigned long end)
{
	for (; start < end && !signal_pending(current); start += PAGE_SIZE) {
		struct page *page = get_user_page(current->mm, start, true) ?: get_user_page(current->mm, start, false);

		if (!page)
			return;
		put_page(page);
	}
}

static int hold_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	return 0;
}

/* Nothing takes a page from a mapping, so locked means that it is there. */
static int do_mlock(unsigned long start, size_t len, bool populate)
{
	unsigned long end = PAGE_ALIGN(start + len);
	int ret;

	start &= PAGE_MASK;
	if (end < start || bad_range(start, end - start))
		return -EINVAL;
	if (!capable_root() && end - start > current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur)
		return -ENOMEM;
	mmap_read_lock(current->mm);
	ret = walk_range(start, end, hold_pages);
	mmap_read_unlock(current->mm);
	if (!ret && populate)
		mm_populate(start, end);
	return ret;
}

SYSCALL_DEFINE2(mlock, unsigned long, start, size_t, len)
{
	return do_mlock(start, len, true);
}

SYSCALL_DEFINE3(mlock2, unsigned long, start, size_t, len, int, flags)
{
	return flags & ~MLOCK_ONFAULT ? -EINVAL : do_mlock(start, len, !(flags & MLOCK_ONFAULT));
}

SYSCALL_DEFINE2(munlock, unsigned long, start, size_t, len)
{
	return do_mlock(start, len, false);
}

SYSCALL_DEFINE1(mlockall, int, flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long pos = 0, end;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	if (!capable_root())
		return -EPERM;
	mm->populate_new = flags & MCL_FUTURE;
	while (flags & MCL_CURRENT) {
		mmap_read_lock(mm);
		vma = find_vma(mm, pos);
		pos = vma ? vma->vm_start : 0;
		end = vma ? vma->vm_end : 0;
		mmap_read_unlock(mm);
		if (!vma)
			break;
		mm_populate(pos, end);
		pos = end;
	}
	return 0;
}

SYSCALL_DEFINE0(munlockall)
{
	current->mm->populate_new = false;
	return 0;
}

SYSCALL_DEFINE3(mincore, unsigned long, start, size_t, len, unsigned char __user *, vec)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int ret;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (bad_range(start, len))
		return -ENOMEM;
	mmap_read_lock(mm);
	ret = walk_range(start, end, hold_pages);
	mmap_read_unlock(mm);
	for (; !ret && start < end; start += PAGE_SIZE, vec++) {
		pte_t *ptep;
		unsigned char there;

		mmap_read_lock(mm);
		ptep = pte_lookup(mm, start);
		there = ptep && pte_present(*ptep);
		mmap_read_unlock(mm);
		ret = put_user(there, vec);
	}
	return ret;
}
