/* Walking kernel stacks by their frame pointers. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/sections.h>
#include <asm/stacktrace.h>

/* What the compiler leaves right below the address in the frame pointer. */
struct stackframe {
	unsigned long fp;
	unsigned long ra;
};

static bool kernel_text_address(unsigned long addr)
{
	return (addr >= (unsigned long)_stext && addr < (unsigned long)_etext) ||
	       (system_state < SYSTEM_FREEING_INITMEM &&
		addr >= (unsigned long)_sinittext && addr < (unsigned long)_einittext) ||
	       is_module_text_address(addr);
}

asmlinkage void handle_exception(void);
asmlinkage void ret_from_exception(void);

void dump_backtrace(struct pt_regs *regs, struct task_struct *task)
{
	unsigned long low = (unsigned long)task->stack, high = low + THREAD_SIZE, fp, pc;

	if (regs) {
		fp = regs->s0;
		pc = regs->epc;
	} else {
		fp = (unsigned long)__builtin_frame_address(0);
		pc = (unsigned long)dump_backtrace;
	}
	pr_emerg("Call Trace:\n");
	if (regs && !kernel_text_address(pc))
		pc = regs->ra - 4;	/* it jumped to where no code is */
	for (int depth = 0; depth < 32 && kernel_text_address(pc); depth++) {
		struct stackframe *frame = (struct stackframe *)fp - 1;

		pr_emerg("[<%016lx>] %pS\n", pc, (void *)pc);
		if (fp & 7 || (unsigned long)frame < low || fp > high)
			break;
		if (regs && pc == regs->epc && !kernel_text_address(frame->ra)) {
			/* A leaf keeps only the frame pointer, where others have the return address. */
			pc = regs->ra - 4;
			fp = frame->ra;
			continue;
		}
		if (pc >= (unsigned long)handle_exception && pc < (unsigned long)ret_from_exception) {
			/* A trap: its frame is the pt_regs below fp. Go on with what was interrupted. */
			struct pt_regs *trap = (struct pt_regs *)(fp - ALIGN(sizeof(*trap), 16));

			if (user_mode(trap))
				break;
			pc = trap->epc;
			fp = trap->s0;
			continue;
		}
		pc = frame->ra - 4;
		if (frame->fp <= fp)
			break;
		fp = frame->fp;
	}
}

unsigned int stack_trace_save_from(const void *start, unsigned long *store, unsigned int size, unsigned int skip)
{
	unsigned long low = (unsigned long)current->stack, fp = (unsigned long)start;
	unsigned int n = 0;

	while (n < size && !(fp & 7) && fp > low && fp <= low + THREAD_SIZE) {
		struct stackframe *frame = (struct stackframe *)fp - 1;

		if (!kernel_text_address(frame->ra - 4) || frame->fp <= fp)
			break;
		if (skip)
			skip--;
		else
			store[n++] = frame->ra - 4;
		fp = frame->fp;
	}
	return n;
}

void dump_stack(void)
{
	dump_backtrace(NULL, current);
}

void show_stack(struct task_struct *task)
{
	struct pt_regs regs = { .epc = task->thread.ra, .s0 = task->thread.s[0] };

	dump_backtrace(&regs, task);
}

void show_regs(struct pt_regs *regs)
{
	pr_emerg("CPU: %d PID: %d Comm: %s\n", raw_smp_processor_id(), current->pid, current->comm);
	pr_emerg("epc : %016lx ra : %016lx sp : %016lx\n", regs->epc, regs->ra, regs->sp);
	pr_emerg(" gp : %016lx tp : %016lx t0 : %016lx\n", regs->gp, regs->tp, regs->t0);
	pr_emerg(" t1 : %016lx t2 : %016lx s0 : %016lx\n", regs->t1, regs->t2, regs->s0);
	pr_emerg(" s1 : %016lx a0 : %016lx a1 : %016lx\n", regs->s1, regs->a0, regs->a1);
	pr_emerg(" a2 : %016lx a3 : %016lx a4 : %016lx\n", regs->a2, regs->a3, regs->a4);
	pr_emerg(" a5 : %016lx a6 : %016lx a7 : %016lx\n", regs->a5, regs->a6, regs->a7);
	pr_emerg(" s2 : %016lx s3 : %016lx s4 : %016lx\n", regs->s2, regs->s3, regs->s4);
	pr_emerg(" s5 : %016lx s6 : %016lx s7 : %016lx\n", regs->s5, regs->s6, regs->s7);
	pr_emerg(" s8 : %016lx s9 : %016lx s10: %016lx\n", regs->s8, regs->s9, regs->s10);
	pr_emerg(" s11: %016lx t3 : %016lx t4 : %016lx\n", regs->s11, regs->t3, regs->t4);
	pr_emerg(" t5 : %016lx t6 : %016lx\n", regs->t5, regs->t6);
	pr_emerg("status: %016lx badaddr: %016lx cause: %016lx\n", regs->status, regs->badaddr, regs->cause);
}
