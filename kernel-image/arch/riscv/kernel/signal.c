/*
 * Signal delivery on RISC-V: the frame on the user's stack, rt_sigreturn, and the restart of system calls.
 *
 * The frame is Linux's: siginfo, then ucontext with the registers. The ABI has
 * no sa_restorer; a handler returns to a page of code that every program has
 * mapped (mm->vdso), whose two instructions call rt_sigreturn.
 */
#include <linux/binfmts.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>
#include <asm/switch_to.h>

struct sigcontext {
	unsigned long pc;
	unsigned long regs[31];		/* x1 to x31 */
	union {				/* room for the Q registers */
		struct __riscv_d_ext_state d;
		unsigned long reserved[66];
	} fp;
} __aligned(16);

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	unsigned char __unused[1024 / 8 - sizeof(sigset_t)];
	struct sigcontext uc_mcontext;
};

struct rt_sigframe {
	siginfo_t info;
	struct ucontext uc;
};

#define NR_RESTART_SYSCALL 128

/* li a7, 139 (rt_sigreturn); ecall */
static const u32 trampoline[] = { 0x08b00893, 0x00000073 };
static struct page *vdso_page;

static vm_fault_t vdso_fault(struct vm_fault *vmf)
{
	get_page(vdso_page);
	vmf->page = vdso_page;
	return 0;
}

static const struct vm_operations_struct vdso_vm_ops = {
	.fault = vdso_fault,
};

/* Gives a new program the page that signal handlers return through. */
int arch_setup_additional_pages(void)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long addr;
	int ret;

	mmap_write_lock(mm);
	addr = get_unmapped_area(mm, 0, PAGE_SIZE, 0);
	vma = IS_ERR_VALUE(addr) ? NULL : vm_area_alloc(mm);
	if (!vma) {
		mmap_write_unlock(mm);
		return -ENOMEM;
	}
	vma->vm_start = addr;
	vma->vm_end = addr + PAGE_SIZE;
	vma->vm_flags = VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC | VM_DONTEXPAND;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_ops = &vdso_vm_ops;
	ret = insert_vm_struct(mm, vma);
	if (ret)
		vm_area_free(vma);
	else
		mm->vdso = addr;
	mmap_write_unlock(mm);
	return ret;
}

/* pt_regs keeps x1 to x31 in order, right behind epc. */
static int save_sigcontext(struct sigcontext __user *sc, struct pt_regs *regs)
{
	BUILD_BUG_ON(offsetof(struct pt_regs, t6) != 31 * sizeof(long));
	preempt_disable();
	fstate_save(current, regs);
	preempt_enable();
	return copy_to_user(sc, regs, 32 * sizeof(long)) || clear_user(&sc->fp, sizeof(sc->fp)) ||
	       copy_to_user(&sc->fp.d, &current->thread.fstate, sizeof(sc->fp.d)) ? -EFAULT : 0;
}

static int restore_sigcontext(struct pt_regs *regs, struct sigcontext __user *sc)
{
	unsigned long saved[32];

	if (copy_from_user(saved, sc, sizeof(saved)))
		return -EFAULT;
	memcpy(regs, saved, sizeof(saved));
	if (!(regs->status & SR_FS))
		return 0;
	set_fs(regs, SR_FS_CLEAN);	/* what the registers hold now is not to be saved any more */
	if (copy_from_user(&current->thread.fstate, &sc->fp.d, sizeof(sc->fp.d)))
		return -EFAULT;
	preempt_disable();
	fstate_restore(current, regs);
	preempt_enable();
	return 0;
}

static unsigned long sigframe_address(struct ksignal *ksig, struct pt_regs *regs)
{
	unsigned long sp = regs->sp;
	bool on_stack = sp - current->sas_ss_sp < current->sas_ss_size;

	if ((ksig->ka.sa.sa_flags & SA_ONSTACK) && current->sas_ss_size && !on_stack)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (sp - sizeof(struct rt_sigframe)) & ~15UL;
}

static int setup_rt_frame(struct ksignal *ksig, sigset_t *blocked, struct pt_regs *regs)
{
	struct rt_sigframe __user *frame = (void __user *)sigframe_address(ksig, regs);
	stack_t stack = { .ss_sp = current->sas_ss_sp, .ss_size = current->sas_ss_size };

	stack.ss_flags = current->sas_ss_size ? 0 : SS_DISABLE;
	if (copy_to_user(&frame->info, &ksig->info, sizeof(frame->info)) ||
	    clear_user(&frame->uc, offsetof(struct ucontext, uc_mcontext)) ||
	    copy_to_user(&frame->uc.uc_stack, &stack, sizeof(stack)) ||
	    copy_to_user(&frame->uc.uc_sigmask, blocked, sizeof(*blocked)) ||
	    save_sigcontext(&frame->uc.uc_mcontext, regs))
		return -EFAULT;
	regs->ra = current->mm->vdso;
	regs->epc = ksig->ka.sa.sa_handler;
	regs->sp = (unsigned long)frame;
	regs->a0 = ksig->sig;
	regs->a1 = (unsigned long)&frame->info;
	regs->a2 = (unsigned long)&frame->uc;
	return 0;
}

static void handle_signal(struct ksignal *ksig, struct pt_regs *regs)
{
	sigset_t blocked = test_thread_flag(TIF_RESTORE_SIGMASK) ? current->saved_sigmask : current->blocked;
	sigset_t during = current->blocked;

	if (setup_rt_frame(ksig, &blocked, regs)) {
		/* A handler of SIGSEGV that cannot be called must not be tried again. */
		if (ksig->sig == SIGSEGV) {
			spin_lock_irq(&current->sighand->siglock);
			current->sighand->action[SIGSEGV - 1].sa.sa_handler = SIG_DFL;
			spin_unlock_irq(&current->sighand->siglock);
		}
		force_sig(SIGSEGV);
		return;
	}
	clear_thread_flag(TIF_RESTORE_SIGMASK);
	during.sig[0] |= ksig->ka.sa.sa_mask.sig[0];
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&during, ksig->sig);
	set_current_blocked(&during);
}

/*
 * A system call that a signal interrupted left one of the ERESTART codes in a0.
 * It starts again (epc back on the ecall, a0 as it was) unless a handler runs
 * that did not ask for it: then it fails with EINTR.
 */
static void restart_syscall(struct pt_regs *regs, struct ksignal *ksig)
{
	bool restart;

	if (regs->cause != EXC_SYSCALL)
		return;
	switch ((long)regs->a0) {
	case -ERESTARTNOINTR:
		restart = true;
		break;
	case -ERESTARTSYS:
		restart = !ksig || (ksig->ka.sa.sa_flags & SA_RESTART);
		break;
	case -ERESTARTNOHAND:
		restart = !ksig;
		break;
	case -ERESTART_RESTARTBLOCK:
		restart = !ksig;
		if (restart)
			regs->a7 = NR_RESTART_SYSCALL;
		break;
	default:
		return;
	}
	if (restart) {
		regs->a0 = regs->orig_a0;
		regs->epc -= 4;
	} else {
		regs->a0 = -EINTR;
	}
}

void do_notify_resume(struct pt_regs *regs, unsigned long thread_info_flags)
{
	struct ksignal ksig;

	if (!(thread_info_flags & _TIF_SIGPENDING) && !test_thread_flag(TIF_RESTORE_SIGMASK))
		return;
	if (get_signal(&ksig)) {
		restart_syscall(regs, &ksig);
		/* Only once: a second signal interrupts the first handler, not the call. */
		regs->cause = ~0UL;
		handle_signal(&ksig, regs);
		return;
	}
	restart_syscall(regs, NULL);
	regs->cause = ~0UL;
	if (test_thread_flag(TIF_RESTORE_SIGMASK)) {
		clear_thread_flag(TIF_RESTORE_SIGMASK);
		set_current_blocked(&current->saved_sigmask);
	}
}

SYSCALL_DEFINE0(rt_sigreturn)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe __user *frame = (void __user *)regs->sp;
	sigset_t set;

	if (copy_from_user(&set, &frame->uc.uc_sigmask, sizeof(set)) ||
	    restore_sigcontext(regs, &frame->uc.uc_mcontext)) {
		force_sig(SIGSEGV);
		return 0;
	}
	regs->cause = ~0UL;
	set_current_blocked(&set);
	return regs->a0;
}

static int __init vdso_init(void)
{
	vdso_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!vdso_page)
		return -ENOMEM;
	memcpy(page_address(vdso_page), trampoline, sizeof(trampoline));
	return 0;
}
arch_initcall(vdso_init);
