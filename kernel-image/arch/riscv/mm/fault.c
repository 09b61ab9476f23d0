/* Page faults: the area that covers the address decides between a page, a signal, a fixup and an oops. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <asm/extable.h>
#include <asm/traps.h>

static void no_context(struct pt_regs *regs)
{
	char text[96];

	if (fixup_exception(regs))
		return;
	snprintf(text, sizeof(text), "Unable to handle kernel %s at virtual address %016lx",
		 regs->badaddr < PAGE_SIZE ? "NULL pointer dereference" : "paging request", regs->badaddr);
	die(regs, text);
}

static void bad_area(struct pt_regs *regs, int signo, int code)
{
	if (user_mode(regs))
		do_user_trap(regs, signo, code, regs->badaddr);
	else
		no_context(regs);
}

static bool access_error(unsigned long cause, struct vm_area_struct *vma)
{
	switch (cause) {
	case EXC_INST_PAGE_FAULT:
		return !(vma->vm_flags & VM_EXEC);
	case EXC_LOAD_PAGE_FAULT:
		return !(vma->vm_flags & (VM_READ | VM_WRITE));
	default:
		return !(vma->vm_flags & VM_WRITE);
	}
}

void do_page_fault(struct pt_regs *regs)
{
	unsigned long addr = regs->badaddr;
	struct mm_struct *mm = current->mm;
	unsigned int flags = 0;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	/* The kernel reads user memory only with SUM set; anything else is its own mistake. */
	if (addr >= TASK_SIZE || !mm || in_atomic() || (!user_mode(regs) && !(regs->status & SR_SUM))) {
		if (user_mode(regs)) {
			local_irq_enable();
			bad_area(regs, SIGSEGV, SEGV_MAPERR);
		} else {
			no_context(regs);
		}
		return;
	}
	if (regs->status & SR_SPIE)
		local_irq_enable();
	if (user_mode(regs))
		flags |= FAULT_FLAG_USER;
	if (regs->cause == EXC_STORE_PAGE_FAULT)
		flags |= FAULT_FLAG_WRITE;
	else if (regs->cause == EXC_INST_PAGE_FAULT)
		flags |= FAULT_FLAG_INSTRUCTION;

	mmap_read_lock(mm);
	vma = find_extend_vma(mm, addr);
	if (!vma || access_error(regs->cause, vma)) {
		mmap_read_unlock(mm);
		bad_area(regs, SIGSEGV, vma ? SEGV_ACCERR : SEGV_MAPERR);
		return;
	}
	fault = handle_mm_fault(vma, addr, flags);
	mmap_read_unlock(mm);
	if (fault & VM_FAULT_OOM) {
		if (user_mode(regs))
			pagefault_out_of_memory();
		else
			no_context(regs);
	} else if (fault & VM_FAULT_SIGBUS) {
		bad_area(regs, SIGBUS, BUS_ADRERR);
	} else if (fault & VM_FAULT_SIGSEGV) {
		bad_area(regs, SIGSEGV, SEGV_MAPERR);
	}
}
