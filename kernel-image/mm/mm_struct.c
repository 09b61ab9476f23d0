/* The life of address spaces: made empty for exec, copied for fork, left at exit. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>

static struct kmem_cache *mm_cachep, *vm_area_cachep;

/* The kernel's own: no user half, page tables made by paging_init. */
struct mm_struct init_mm = {
	.mmap = LIST_HEAD_INIT(init_mm.mmap),
	.mmap_lock = __RWSEM_INITIALIZER(init_mm.mmap_lock),
	.pgd = swapper_pg_dir,
	.mm_users = ATOMIC_INIT(2),
	.mm_count = ATOMIC_INIT(1),
};

void __init proc_caches_init(void)
{
	mm_cachep = KMEM_CACHE(mm_struct, SLAB_HWCACHE_ALIGN | SLAB_PANIC);
	vm_area_cachep = KMEM_CACHE(vm_area_struct, SLAB_PANIC);
}

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vm_area_cachep, GFP_KERNEL);

	if (vma) {
		vma->vm_mm = mm;
		INIT_LIST_HEAD(&vma->vm_list);
	}
	return vma;
}

void vm_area_free(struct vm_area_struct *vma)
{
	kmem_cache_free(vm_area_cachep, vma);
}

static struct mm_struct *mm_init_struct(struct mm_struct *mm)
{
	INIT_LIST_HEAD(&mm->mmap);
	init_rwsem(&mm->mmap_lock);
	spin_lock_init(&mm->page_table_lock);
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	atomic_long_set(&mm->rss, 0);
	atomic_long_set(&mm->pgtables_bytes, 0);
	cpumask_clear(&mm->cpu_bitmap);
	cpumask_clear(&mm->icache_stale_mask);
	mm->map_count = 0;
	mm->populate_new = false;
	mm->mmap_base = STACK_TOP - (64UL << 20);	/* below the room for the stack */
	mm->pgd = pgd_alloc(mm);
	if (!mm->pgd) {
		kmem_cache_free(mm_cachep, mm);
		return NULL;
	}
	return mm;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cachep, GFP_KERNEL);

	return mm ? mm_init_struct(mm) : NULL;
}

/* The last reference of any kind: no CPU has these page tables in satp any more. */
void __mmdrop(struct mm_struct *mm)
{
	BUG_ON(mm == &init_mm);
	pgd_free(mm, mm->pgd);
	kmem_cache_free(mm_cachep, mm);
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	if (mm->exe_file)
		fput(mm->exe_file);
	mmdrop(mm);
}

struct mm_struct *get_task_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm)
		mmget(mm);
	task_unlock(task);
	return mm;
}

struct mm_struct *dup_mm(struct mm_struct *oldmm)
{
	struct mm_struct *mm = kmem_cache_alloc(mm_cachep, GFP_KERNEL);
	int err;

	if (!mm)
		return ERR_PTR(-ENOMEM);
	memcpy(mm, oldmm, sizeof(*mm));
	if (!mm_init_struct(mm))
		return ERR_PTR(-ENOMEM);
	if (mm->exe_file)
		get_file(mm->exe_file);
	err = dup_mmap(mm, oldmm);
	if (err) {
		mmput(mm);
		return ERR_PTR(err);
	}
	return mm;
}

static void complete_vfork_done(struct task_struct *tsk)
{
	struct completion *vfork;

	task_lock(tsk);
	vfork = tsk->vfork_done;
	tsk->vfork_done = NULL;
	if (vfork)
		complete(vfork);
	task_unlock(tsk);
}

/* tsk lets go of its address space, by exec or exit: tell those that wait for it. */
void mm_release(struct task_struct *tsk)
{
	if (tsk->robust_list && tsk->mm)
		exit_robust_list();
	if (tsk->clear_child_tid) {
		if (tsk->mm && atomic_read(&tsk->mm->mm_users) > 1) {
			(void)put_user(0, tsk->clear_child_tid);
			futex_wake((u32 *)tsk->clear_child_tid, 1, ~0U);
		}
		tsk->clear_child_tid = NULL;
	}
	complete_vfork_done(tsk);
}

/* The rest of the task's life passes on borrowed page tables, like a kernel thread's. */
void exit_mm(void)
{
	struct mm_struct *mm = current->mm;

	mm_release(current);
	if (!mm)
		return;
	mmgrab(mm);
	task_lock(current);
	local_irq_disable();
	current->mm = NULL;
	local_irq_enable();
	task_unlock(current);
	mmput(mm);
}

int exec_mmap(struct mm_struct *mm)
{
	struct mm_struct *old_mm = current->mm, *active_mm;

	mm_release(current);
	task_lock(current);
	local_irq_disable();
	active_mm = current->active_mm;
	current->active_mm = mm;
	current->mm = mm;
	switch_mm(active_mm, mm, current);
	local_irq_enable();
	task_unlock(current);
	if (old_mm)
		mmput(old_mm);
	else
		mmdrop(active_mm);
	return 0;
}
