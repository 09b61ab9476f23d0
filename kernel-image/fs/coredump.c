/*
 * A process that dies of a fault leaves a file `core`: its threads stand still, and their registers and memory are
 * written by its binary format.
 *
 * The thread whose signal it is sends SIGKILL to the others; each of them comes to coredump_task_exit as the first
 * thing of its end, puts itself on the list and sleeps there, with its registers on its kernel stack and its address
 * space still in use. The last to come wakes the dumper, which lets all of them go when it has done.
 */
#include <linux/binfmts.h>
#include <linux/completion.h>
#include <linux/coredump.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/pgtable.h>

#define CORE_MASK (sigmask(SIGQUIT) | sigmask(SIGILL) | sigmask(SIGTRAP) | sigmask(SIGABRT) | sigmask(SIGBUS) |	\
		   sigmask(SIGFPE) | sigmask(SIGSEGV) | sigmask(SIGXCPU) | sigmask(SIGXFSZ) | sigmask(SIGSYS))

int core_uses_pid;

bool sig_kernel_coredump(int sig)
{
	return sig < SIGRTMIN && (CORE_MASK & sigmask(sig));
}

/* Ends all other threads; false if the process is on its way out already. */
static bool zap_threads(struct core_state *state, int signr)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *t;
	bool ours;

	spin_lock_irq(&current->sighand->siglock);
	ours = !(signal->flags & SIGNAL_GROUP_EXIT) && !signal->group_exec_task;
	if (ours) {
		signal->group_exit_code = signr;
		signal->flags = SIGNAL_GROUP_EXIT;
		for_each_thread(current, t)
			state->nr_threads += t != current && !(t->flags & PF_POSTCOREDUMP);
		signal->core_state = state;
		zap_other_threads(current);
		clear_thread_flag(TIF_SIGPENDING);	/* only who kills it now ends the dump before its time */
		if (!state->nr_threads)
			complete(&state->startup);
	}
	spin_unlock_irq(&current->sighand->siglock);
	return ours;
}

/* The first thing of a thread's end. */
void coredump_task_exit(struct task_struct *tsk)
{
	struct core_thread self = { .task = tsk };
	struct core_state *state;

	spin_lock_irq(&tsk->sighand->siglock);
	tsk->flags |= PF_POSTCOREDUMP;
	state = tsk->signal->core_state;
	if (state) {
		self.next = state->dumper.next;
		state->dumper.next = &self;
		if (!--state->nr_threads)
			complete(&state->startup);
	}
	spin_unlock_irq(&tsk->sighand->siglock);
	if (!state)
		return;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!READ_ONCE(self.task))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* Each is on a stack that is gone as soon as its task is told. */
static void coredump_finish(struct core_state *state, bool dumped)
{
	struct core_thread *thread, *next;

	spin_lock_irq(&current->sighand->siglock);
	if (dumped)
		current->signal->group_exit_code |= 0x80;
	current->signal->core_state = NULL;
	spin_unlock_irq(&current->sighand->siglock);
	for (thread = state->dumper.next; thread; thread = next) {
		struct task_struct *task = thread->task;

		next = thread->next;
		get_task_struct(task);
		smp_store_release(&thread->task, NULL);
		wake_up_process(task);
		put_task_struct(task);
	}
}

bool dump_emit(struct coredump_params *cprm, const void *data, size_t size)
{
	if (signal_pending(current) || cprm->pos + size > cprm->limit)
		return false;
	return kernel_write(cprm->file, data, size, &cprm->pos) == (ssize_t)size;
}

bool dump_skip(struct coredump_params *cprm, size_t size)
{
	if (cprm->pos + size > cprm->limit)
		return false;
	cprm->pos += size;
	return true;
}

/* Pages of no file that were never touched are zeroes: they stay holes, and no memory is spent on them. */
static bool page_is_hole(const struct core_vma_metadata *m, unsigned long addr)
{
	pte_t *pte = m->anonymous ? pte_lookup(current->mm, addr) : NULL;

	return m->anonymous && (!pte || !pte_present(*pte));
}

bool dump_user_range(struct coredump_params *cprm, const struct core_vma_metadata *m)
{
	for (unsigned long addr = m->start; addr < m->start + m->dump_size; addr += PAGE_SIZE) {
		struct page *page = page_is_hole(m, addr) ? NULL : get_user_page(current->mm, addr, false);
		bool done = page ? dump_emit(cprm, page_address(page), PAGE_SIZE) : dump_skip(cprm, PAGE_SIZE);

		if (page)
			put_page(page);
		if (!done)
			return false;
	}
	return true;
}

static bool dump_vma_snapshot(struct coredump_params *cprm)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	cprm->vma_meta = kcalloc(mm->map_count, sizeof(*cprm->vma_meta), GFP_KERNEL);
	if (cprm->vma_meta)
		for_each_vma(mm, vma)
			cprm->vma_meta[cprm->vma_count++] = (struct core_vma_metadata){
				.start = vma->vm_start, .end = vma->vm_end, .flags = vma->vm_flags, .pgoff = vma->vm_pgoff,
				.file = vma->vm_file ? get_file(vma->vm_file) : NULL,
				.anonymous = !vma->vm_file && !vma->vm_ops,
			};
	mmap_read_unlock(mm);
	return cprm->vma_meta;
}

static void free_vma_snapshot(struct coredump_params *cprm)
{
	for (int i = 0; i < cprm->vma_count; i++)
		if (cprm->vma_meta[i].file)
			fput(cprm->vma_meta[i].file);
	kfree(cprm->vma_meta);
}

/* Another's file, a link or a device by this name is not written to. */
static struct file *open_core(void)
{
	char name[32] = "core";
	struct file *file;
	struct inode *inode;

	if (core_uses_pid)
		snprintf(name, sizeof(name), "core.%d", current->tgid);
	file = filp_open(name, O_CREAT | O_RDWR | O_NOFOLLOW, 0600);
	if (IS_ERR(file))
		return file;
	inode = file_inode(file);
	if (!S_ISREG(inode->i_mode) || inode->i_nlink != 1 || inode->i_uid != current_fsuid() ||
	    do_truncate(file->f_path.dentry, 0)) {
		fput(file);
		return ERR_PTR(-EPERM);
	}
	return file;
}

static noinline bool write_core(struct linux_binfmt *binfmt, struct coredump_params *cprm)
{
	bool dumped;

	cprm->file = open_core();
	if (IS_ERR(cprm->file))
		return false;
	dumped = dump_vma_snapshot(cprm) && binfmt->core_dump(cprm);
	free_vma_snapshot(cprm);
	/* The file may end in a hole. */
	if (dumped && file_inode(cprm->file)->i_size < cprm->pos)
		dumped = !do_truncate(cprm->file->f_path.dentry, cprm->pos);
	fput(cprm->file);
	return dumped;
}

/* Nothing is left of a process that may not be looked into, or whose limit has no place for a first page. */
noinline void do_coredump(const siginfo_t *siginfo)
{
	struct core_state state = { .dumper = { .task = current } };
	struct mm_struct *mm = current->mm;
	struct linux_binfmt *binfmt = mm->binfmt;
	struct coredump_params cprm = {
		.siginfo = siginfo,
		.limit = current->signal->rlim[RLIMIT_CORE].rlim_cur,
		.threads = &state.dumper,
	};

	if (!binfmt || !binfmt->core_dump || !mm->dumpable || cprm.limit < binfmt->min_coredump)
		return;
	init_completion(&state.startup);
	if (!zap_threads(&state, siginfo->si_signo))
		return;
	wait_for_completion(&state.startup);
	coredump_finish(&state, write_core(binfmt, &cprm));
}
