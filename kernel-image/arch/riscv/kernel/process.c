/* What a new or exec'ed task's registers are, and how the machine ends. */
#include <linux/kernel.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/hwcap.h>
#include <asm/sbi.h>
#include <asm/switch_to.h>

asmlinkage void ret_from_fork(void);

/* The child leaves through pt_regs at its stack's top: a copy of the parent's that returns 0, or a kernel function. */
void copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct pt_regs *childregs = task_pt_regs(p);

	memset(&p->thread, 0, sizeof(p->thread));
	if (args->fn) {
		memset(childregs, 0, sizeof(*childregs));
		p->thread.s[0] = (unsigned long)args->fn;
		p->thread.s[1] = (unsigned long)args->fn_arg;
	} else {
		preempt_disable();
		fstate_save(current, current_pt_regs());
		preempt_enable();
		p->thread.fstate = current->thread.fstate;
		*childregs = *current_pt_regs();
		if (args->stack)
			childregs->sp = args->stack;
		if (args->flags & CLONE_SETTLS)
			childregs->tp = args->tls;
		childregs->a0 = 0;
	}
	p->thread.ra = (unsigned long)ret_from_fork;
	p->thread.sp = (unsigned long)childregs;
}

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->epc = pc;
	regs->sp = sp;
	preempt_disable();
	regs->status = SR_SPIE | SR_UXL_64;	/* SPP clear: to user mode */
	if (elf_hwcap & HWCAP_ISA('d'))
		regs->status |= SR_FS_INITIAL;
	fstate_restore(current, regs);		/* flush_thread has zeroed them */
	preempt_enable();
}

void flush_thread(void)
{
	set_fs(current_pt_regs(), SR_FS_OFF);	/* what the old program left in the registers is lost */
	memset(&current->thread, 0, sizeof(current->thread));
}

/* A hart with a source of interrupts masked might wait for ever. */
void arch_cpu_idle_enter(void)
{
	WARN_ON_ONCE(~csr_read(sie) & (SIE_SSIE | SIE_STIE | SIE_SEIE));
}

void arch_cpu_idle(void)
{
	wait_for_interrupt();
}

static void end_machine(int type)
{
	local_irq_disable();
	smp_send_stop();
	sbi_srst_reset(type, SBI_SRST_RESET_REASON_NONE);
	cpu_park();
}

void machine_restart(char *cmd)
{
	end_machine(SBI_SRST_RESET_TYPE_COLD_REBOOT);
}

void machine_power_off(void)
{
	end_machine(SBI_SRST_RESET_TYPE_SHUTDOWN);
}

void machine_halt(void)
{
	machine_power_off();
}
