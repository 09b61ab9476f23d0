/* What a trap means: exceptions by cause, interrupts, and the way back. */
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/tick.h>
#include <asm/extable.h>
#include <asm/smp.h>
#include <asm/stacktrace.h>
#include <asm/traps.h>

/* What is left of the task goes; if it was the idle task, pid 1 or an interrupt, everything does. */
void die(struct pt_regs *regs, const char *str)
{
	static DEFINE_SPINLOCK(die_lock);
	static int die_counter;
	unsigned long flags;

	oops_in_progress = true;
	spin_lock_irqsave(&die_lock, flags);
	pr_emerg("%s [#%d]\n", str, ++die_counter);
	print_modules();
	show_regs(regs);
	dump_backtrace(regs, current);
	spin_unlock_irqrestore(&die_lock, flags);
	if (in_interrupt() || !current->pid || is_global_init(current))
		panic(in_interrupt() ? "Fatal exception in interrupt" : "Fatal exception");
	if (panic_on_oops)
		panic("Fatal exception: panic_on_oops");
	oops_in_progress = false;
	/* Whatever it held stays held; the rest of the system goes on. */
	current_thread_info()->preempt_count = 0;
	local_irq_enable();
	do_exit(SIGSEGV);
}

void do_user_trap(struct pt_regs *regs, int signo, int code, unsigned long addr)
{
	if (show_unhandled_signals && unhandled_signal(current, signo) && printk_ratelimit())
		pr_info("%s[%d]: unhandled signal %d code 0x%x at 0x%016lx, epc %016lx ra %016lx sp %016lx\n",
			current->comm, current->pid, signo, code, addr, regs->epc, regs->ra, regs->sp);
	force_sig_fault(signo, code, (void *)addr);
}

static void do_trap_error(struct pt_regs *regs, int signo, int code, unsigned long addr, const char *str)
{
	if (user_mode(regs)) {
		local_irq_enable();
		do_user_trap(regs, signo, code, addr);
	} else if (!fixup_exception(regs)) {
		die(regs, str);
	}
}

struct trap_entry {
	int signo, code;
	const char *str;
};

/* One line per cause of an exception that only ends in a signal. */
static const struct trap_entry trap_table[] = {
	[EXC_INST_MISALIGNED] = { SIGBUS, BUS_ADRALN, "Oops - instruction address misaligned" },
	[EXC_INST_ACCESS] = { SIGSEGV, SEGV_ACCERR, "Oops - instruction access fault" },
	[EXC_INST_ILLEGAL] = { SIGILL, ILL_ILLOPC, "Oops - illegal instruction" },
	[EXC_BREAKPOINT] = { SIGTRAP, TRAP_BRKPT, "Kernel BUG" },
	[EXC_LOAD_MISALIGNED] = { SIGBUS, BUS_ADRALN, "Oops - load address misaligned" },
	[EXC_LOAD_ACCESS] = { SIGSEGV, SEGV_ACCERR, "Oops - load access fault" },
	[EXC_STORE_MISALIGNED] = { SIGBUS, BUS_ADRALN, "Oops - store (or AMO) address misaligned" },
	[EXC_STORE_ACCESS] = { SIGSEGV, SEGV_ACCERR, "Oops - store (or AMO) access fault" },
};

static void do_trap_ecall_u(struct pt_regs *regs)
{
	regs->orig_a0 = regs->a0;
	regs->epc += 4;
	local_irq_enable();
	syscall_handler(regs);
}

/* Every exception arrives here from handle_exception, interrupts off. */
asmlinkage void do_trap(struct pt_regs *regs)
{
	unsigned long cause = regs->cause;

	switch (cause) {
	case EXC_SYSCALL:
		do_trap_ecall_u(regs);
		return;
	case EXC_INST_PAGE_FAULT:
	case EXC_LOAD_PAGE_FAULT:
	case EXC_STORE_PAGE_FAULT:
		do_page_fault(regs);
		return;
	}
	if (cause < ARRAY_SIZE(trap_table) && trap_table[cause].str) {
		const struct trap_entry *t = &trap_table[cause];

		do_trap_error(regs, t->signo, t->code, cause == EXC_INST_ILLEGAL || cause == EXC_BREAKPOINT ?
			      regs->epc : regs->badaddr, t->str);
		return;
	}
	do_trap_error(regs, SIGILL, ILL_ILLOPC, regs->epc, "Oops - unknown exception");
}

/* Little of the stack is left: better to stop here than to run into what lies below it. */
#define STACK_WARN 512

static void check_stack_overflow(struct pt_regs *regs)
{
	if (!user_mode(regs) && regs->sp - (unsigned long)current->stack < STACK_WARN)
		panic("Kernel stack overflow: CPU %d, %s[%d], sp %016lx at %pS", smp_processor_id(), current->comm,
		      current->pid, regs->sp, (void *)regs->epc);
}

/* Interrupts arrive here, and stay off. */
asmlinkage void do_irq(struct pt_regs *regs)
{
	check_stack_overflow(regs);
	irq_enter();
	switch (regs->cause & ~CAUSE_IRQ_FLAG) {
	case IRQ_S_TIMER:
		tick_handle_periodic(user_mode(regs));
		break;
	case IRQ_S_SOFT:
		handle_IPI();
		break;
	case IRQ_S_EXT:
		if (handle_arch_irq)
			handle_arch_irq(regs);
		break;
	default:
		pr_warn("unexpected interrupt cause %lu\n", regs->cause & ~CAUSE_IRQ_FLAG);
	}
	irq_exit();
}

static void exit_to_user_mode_loop(struct pt_regs *regs)
{
	unsigned long work;

	while ((work = READ_ONCE(current_thread_info()->flags)) & _TIF_WORK_MASK) {
		local_irq_enable();
		if (work & _TIF_NEED_RESCHED)
			schedule();
		if (work & (_TIF_SIGPENDING | _TIF_NOTIFY_RESUME))
			do_notify_resume(regs, work);
		local_irq_disable();
	}
}

/* The end of every trap: what has to happen before the interrupted context goes on. Returns with interrupts off. */
asmlinkage void irqentry_exit(struct pt_regs *regs)
{
	local_irq_disable();
	if (user_mode(regs)) {
		exit_to_user_mode_loop(regs);
		lockdep_no_locks_held("returns to user space");
		return;
	}
	if ((regs->status & SR_SPIE) && !preempt_count() && need_resched())
		preempt_schedule_irq();
}

/* stvec points to handle_exception since head.S; from here on all of it may be used. */
void trap_init(void)
{
	csr_write(sscratch, 0);
	csr_set(sie, SIE_SSIE | SIE_STIE | SIE_SEIE);
}
