/*
 * execve: gives the calling task a new program.
 *
 * Everything that can fail cheaply happens before begin_new_exec, on a new
 * address space of bprm's own: the caller keeps its old program and gets an
 * errno. begin_new_exec is the point of no return: the other threads are gone
 * and the old address space with them, so that a failure after it can only
 * kill the task.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static LIST_HEAD(formats);
static DEFINE_MUTEX(binfmt_lock);

void register_binfmt(struct linux_binfmt *fmt)
{
	mutex_lock(&binfmt_lock);
	list_add_tail(&fmt->lh, &formats);
	mutex_unlock(&binfmt_lock);
}

void set_binfmt(struct linux_binfmt *new)
{
	current->mm->binfmt = new;
}

/* The file behind a descriptor, for a program that is known by it alone. */
static struct file *reopen(int fd)
{
	struct file *open = fget(fd), *file;

	if (!open)
		return ERR_PTR(fd == AT_FDCWD ? -ENOENT : -EBADF);
	file = dentry_open(&open->f_path, O_RDONLY);
	fput(open);
	return file;
}

static noinline struct file *do_open_execat(int dfd, const char *name)
{
	struct file *file = *name ? do_filp_open(dfd, name, O_RDONLY | __FMODE_EXEC, 0) : reopen(dfd);
	int ret = 0;

	if (IS_ERR(file))
		return file;
	if (!S_ISREG(file_inode(file)->i_mode) || (file->f_path.mnt->mnt_flags & MS_NOEXEC))
		ret = -EACCES;
	if (!ret)
		ret = inode_permission(file_inode(file), MAY_EXEC);
	if (ret) {
		fput(file);
		return ERR_PTR(ret);
	}
	return file;
}

struct file *open_exec(const char *name)
{
	return do_open_execat(AT_FDCWD, name);
}

/* argv or envp: an array in user memory or in the kernel's. */
struct arg_ptr {
	bool user;
	const char *const *ptr;
};

static const char *get_arg_ptr(struct arg_ptr argv, int index)
{
	const char *arg;

	if (!argv.user)
		return argv.ptr[index];
	if (get_user(arg, argv.ptr + index))
		return ERR_PTR(-EFAULT);
	return arg;
}

static int count(struct arg_ptr argv)
{
	int i = 0;

	if (!argv.ptr)
		return 0;
	for (;; i++) {
		const char *arg = get_arg_ptr(argv, i);

		if (!arg)
			return i;
		if (IS_ERR(arg))
			return PTR_ERR(arg);
		if (i >= MAX_ARG_STRINGS)
			return -E2BIG;
		if (signal_pending(current))
			return -ERESTARTNOHAND;
	}
}

/* Puts len bytes below bprm->p into the new stack. */
static int push_bytes(struct linux_binprm *bprm, const char *from, size_t len, bool user)
{
	if (bprm->p - len < bprm->argmin)
		return -E2BIG;
	bprm->p -= len;
	for (size_t done = 0; done < len;) {
		unsigned long pos = bprm->p + done;
		size_t bytes = min_t(size_t, len - done, PAGE_SIZE - (pos & ~PAGE_MASK));
		struct page *page = get_user_page(bprm->mm, pos, true);
		char *to;
		int ret = 0;

		if (!page)
			return -E2BIG;
		to = (char *)page_address(page) + (pos & ~PAGE_MASK);
		if (!user)
			memcpy(to, from + done, bytes);
		else if (copy_from_user(to, from + done, bytes))
			ret = -EFAULT;
		put_page(page);
		if (ret)
			return ret;
		done += bytes;
	}
	return 0;
}

static long arg_length(const char *arg, bool user)
{
	char chunk[64];
	long len = 0;

	if (!user)
		return strlen(arg) + 1;
	for (;;) {
		long n = strncpy_from_user(chunk, arg + len, sizeof(chunk));

		if (n < 0)
			return n;
		len += n;
		if (len >= MAX_ARG_STRLEN)
			return -E2BIG;
		if (n < (long)sizeof(chunk))
			return len + 1;
	}
}

static noinline int copy_strings(int argc, struct arg_ptr argv, struct linux_binprm *bprm)
{
	while (argc-- > 0) {
		const char *arg = get_arg_ptr(argv, argc);
		long len;
		int ret;

		if (IS_ERR_OR_NULL(arg))
			return -EFAULT;
		len = arg_length(arg, argv.user);
		if (len < 0)
			return len;
		ret = push_bytes(bprm, arg, len, argv.user);
		if (ret)
			return ret;
	}
	return 0;
}

int copy_string_kernel(const char *arg, struct linux_binprm *bprm)
{
	return push_bytes(bprm, arg, strlen(arg) + 1, false);
}

/* Drops argv[0] from the new stack: moves p past its terminating 0. */
int remove_arg_zero(struct linux_binprm *bprm)
{
	if (!bprm->argc)
		return 0;
	for (char c = 1; c; bprm->p++) {
		struct page *page = get_user_page(bprm->mm, bprm->p, false);

		if (!page)
			return -EFAULT;
		c = *((char *)page_address(page) + (bprm->p & ~PAGE_MASK));
		put_page(page);
	}
	bprm->argc--;
	return 0;
}

int bprm_change_interp(const char *interp, struct linux_binprm *bprm)
{
	char *copy = kstrdup(interp, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(bprm->interp_copy);
	bprm->interp = bprm->interp_copy = copy;
	return 0;
}

/* A new address space with one page-aligned stack at the very top of user space. */
static noinline int bprm_mm_init(struct linux_binprm *bprm)
{
	struct vm_area_struct *vma;
	int ret;

	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	vma = vm_area_alloc(bprm->mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_end = STACK_TOP;
	vma->vm_start = vma->vm_end - PAGE_SIZE;
	vma->vm_flags = VM_STACK_FLAGS;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	mmap_write_lock(bprm->mm);
	ret = insert_vm_struct(bprm->mm, vma);
	mmap_write_unlock(bprm->mm);
	if (ret) {
		vm_area_free(vma);
		return ret;
	}
	bprm->vma = vma;
	bprm->p = vma->vm_end - sizeof(void *);
	/* At most a quarter of the stack's limit may hold arguments. */
	bprm->argmin = bprm->p - min_t(unsigned long, current->signal->rlim[RLIMIT_STACK].rlim_cur, 8UL << 20) / 4;
	return 0;
}

int begin_new_exec(struct linux_binprm *bprm)
{
	struct task_struct *me = current;
	int ret = de_thread(me);

	if (ret)
		return ret;
	ret = unshare_sighand(me);
	if (ret)
		return ret;
	bprm->mm->exe_file = get_file(bprm->file);
	bprm->mm->dumpable = !bprm->not_readable && !bprm->secureexec;
	bprm->point_of_no_return = true;
	ret = exec_mmap(bprm->mm);
	if (ret)
		return ret;
	bprm->mm = NULL;
	me->flags &= ~PF_FORKNOEXEC;
	me->flags &= ~PF_KTHREAD;
	flush_thread();
	flush_signal_handlers(me, false);
	exit_itimers(me->signal);
	me->sas_ss_sp = me->sas_ss_size = 0;
	do_close_on_exec(me->files);
	set_task_comm(me, strrchr(bprm->filename, '/') ? strrchr(bprm->filename, '/') + 1 : bprm->filename);
	bprm->cred->suid = bprm->cred->fsuid = bprm->cred->euid;
	bprm->cred->sgid = bprm->cred->fsgid = bprm->cred->egid;
	commit_creds(bprm->cred);
	bprm->cred = NULL;
	me->exit_signal = SIGCHLD;
	me->self_exec_id++;
	return 0;
}

/* The arguments lie where the stack stays; all that is left is to give the rest of the stack its room. */
int setup_arg_pages(struct linux_binprm *bprm, unsigned long stack_top)
{
	struct mm_struct *mm = current->mm;

	if (stack_top != bprm->vma->vm_end)
		return -EINVAL;
	bprm->p &= ~15UL;
	mm->start_stack = bprm->p;
	return 0;
}

/* Offers the file to each format. -ENOEXEC passes it on to the next. */
static noinline int search_binary_handler(struct linux_binprm *bprm)
{
	struct linux_binfmt *fmt;
	int ret = -ENOEXEC;

	list_for_each_entry(fmt, &formats, lh) {
		ret = fmt->load_binary(bprm);
		if (bprm->point_of_no_return || ret != -ENOEXEC)
			break;
	}
	return ret;
}

/* A handler that names an interpreter sends the search round again, with that file. */
static noinline int exec_binprm(struct linux_binprm *bprm)
{
	for (int depth = 0;; depth++) {
		int ret;

		if (depth > MAX_BINFMT_DEPTH)
			return -ELOOP;
		ret = search_binary_handler(bprm);
		if (ret < 0)
			return ret;
		if (!bprm->interpreter)
			return 0;
		fput(bprm->file);
		bprm->file = bprm->interpreter;
		bprm->interpreter = NULL;
		would_dump(bprm, bprm->file);
		ret = prepare_binprm(bprm);
		if (ret)
			return ret;
	}
}

static void free_bprm(struct linux_binprm *bprm)
{
	if (bprm->mm)
		mmput(bprm->mm);
	if (bprm->guarded)
		mutex_unlock(&current->signal->cred_guard_mutex);
	if (bprm->cred)
		abort_creds(bprm->cred);
	if (bprm->file)
		fput(bprm->file);
	if (bprm->interpreter)
		fput(bprm->interpreter);
	kfree(bprm->interp_copy);
	kfree(bprm);
}

static noinline int bprm_execve(struct linux_binprm *bprm, struct arg_ptr argv, struct arg_ptr envp)
{
	int ret;

	bprm->argc = ret = count(argv);
	if (ret < 0)
		return ret;
	bprm->envc = ret = count(envp);
	if (ret < 0)
		return ret;
	ret = prepare_binprm(bprm);
	if (ret)
		return ret;
	ret = copy_string_kernel(bprm->filename, bprm);
	bprm->exec_name = bprm->p;
	if (!ret)
		ret = copy_strings(bprm->envc, envp, bprm);
	if (!ret)
		ret = copy_strings(bprm->argc, argv, bprm);
	/* A program may rely on argv[0]: one called with none gets the empty string. */
	if (!ret && !bprm->argc) {
		ret = copy_string_kernel("", bprm);
		bprm->argc = 1;
	}
	if (ret)
		return ret;
	would_dump(bprm, bprm->file);
	return exec_binprm(bprm);
}

static noinline struct linux_binprm *alloc_bprm(int dfd, const char *filename)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);

	if (!bprm)
		return NULL;
	snprintf(bprm->fd_name, sizeof(bprm->fd_name), "/dev/fd/%d", dfd);
	bprm->filename = bprm->interp = *filename ? filename : bprm->fd_name;
	return bprm;
}

/* Until the point of no return nothing of the caller may change: a table of files of its own comes first, and goes again. */
static noinline int do_execveat_common(int dfd, const char *filename, struct arg_ptr argv, struct arg_ptr envp)
{
	struct files_struct *displaced;
	struct linux_binprm *bprm;
	int ret = unshare_files(&displaced);

	if (ret)
		return ret;
	bprm = alloc_bprm(dfd, filename);
	ret = bprm ? prepare_bprm_creds(bprm) : -ENOMEM;
	if (ret)
		goto out;
	check_unsafe_exec(bprm);
	current->in_execve = 1;
	bprm->file = do_open_execat(dfd, filename);
	if (IS_ERR(bprm->file)) {
		ret = PTR_ERR(bprm->file);
		bprm->file = NULL;
		goto out;
	}
	sched_exec();
	ret = bprm_mm_init(bprm);
	if (!ret)
		ret = bprm_execve(bprm, argv, envp);
	if (ret && bprm->point_of_no_return && !(current->signal->flags & SIGNAL_GROUP_EXIT))
		force_sig(SIGKILL);
out:
	current->in_execve = 0;
	if (bprm)
		free_bprm(bprm);
	if (displaced && ret)
		reset_files_struct(displaced);
	else if (displaced)
		put_files_struct(displaced);
	return ret;
}

static noinline int do_execve(const char *filename, struct arg_ptr argv, struct arg_ptr envp)
{
	return do_execveat_common(AT_FDCWD, filename, argv, envp);
}

int kernel_execve(const char *filename, const char *const *argv, const char *const *envp)
{
	struct arg_ptr kernel_argv = { false, argv }, kernel_envp = { false, envp };

	return do_execve(filename, kernel_argv, kernel_envp);
}

static int user_execveat(int dfd, const char __user *user_name, const char __user *const __user *argv,
			 const char __user *const __user *envp, unsigned int lookup)
{
	struct arg_ptr user_argv = { true, argv }, user_envp = { true, envp };
	char *name = getname_flags(user_name, lookup);
	int ret;

	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = dfd == AT_FDCWD ? do_execve(name, user_argv, user_envp) : do_execveat_common(dfd, name, user_argv, user_envp);
	putname(name);
	return ret;
}

SYSCALL_DEFINE3(execve, const char __user *, name, const char __user *const __user *, argv,
		const char __user *const __user *, envp)
{
	return user_execveat(AT_FDCWD, name, argv, envp, 0);
}

SYSCALL_DEFINE5(execveat, int, dfd, const char __user *, name, const char __user *const __user *, argv,
		const char __user *const __user *, envp, int, flags)
{
	return flags & ~AT_EMPTY_PATH ? -EINVAL : user_execveat(dfd, name, argv, envp, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
}
