/* The end of the line: panic, BUG and WARN. */
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/ptrace.h>
#include <asm/stacktrace.h>
#include <asm/traps.h>

int panic_timeout, panic_on_oops;
bool oops_in_progress;
static int panic_cpu = -1;

void panic(const char *fmt, ...)
{
	char text[256];
	struct pt_regs regs;
	va_list args;
	int old = -1, cpu;

	riscv_crash_save_regs(&regs);
	local_irq_disable();
	cpu = raw_smp_processor_id();
	if (!__atomic_compare_exchange_n(&panic_cpu, &old, cpu, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		/* Another CPU panics already (or this one did, while panicking). */
		cpu_park();
	}
	console_loglevel = 10;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	smp_send_stop();
	register_early_console();
	console_flush_on_panic();
	pr_emerg("Kernel panic - not syncing: %s\n", text);
	/* An oops has told both, of the place where it happened. */
	if (!oops_in_progress) {
		show_regs(&regs);
		dump_stack();
	}
	if (panic_timeout > 0) {
		pr_emerg("Rebooting in %d seconds..\n", panic_timeout);
		for (int i = 0; i < panic_timeout; i++)
			udelay(1000000);
	}
	if (panic_timeout)
		emergency_restart();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", text);
	cpu_park();
}

static int __init panic_setup(char *str)
{
	return kstrtoint(str, 0, &panic_timeout);
}
early_param("panic", panic_setup);

static int __init oops_setup(char *str)
{
	panic_on_oops = !strcmp(str, "panic");
	return 0;
}
early_param("oops", oops_setup);

/* The end of the task, or of the system where no task can be blamed. */
void __bug(const char *file, int line)
{
	struct pt_regs regs;

	riscv_crash_save_regs(&regs);
	pr_crit("kernel BUG at %s:%d!\n", file, line);
	die(&regs, "Kernel BUG");
}

void __warn(const char *file, int line, void *caller)
{
	pr_warn("WARNING: CPU: %d PID: %d at %s:%d (called from %p)\n",
		raw_smp_processor_id(), current->pid, file, line, caller);
	dump_stack();
}

/* Called by the code that -fstack-protector puts at the end of functions. */
void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	/* The call may be the last instruction of its function. */
	panic("stack-protector: Kernel stack is corrupted in: %pS", __builtin_return_address(0) - 1);
}

void __might_sleep(const char *file, int line)
{
	static bool told;

	if (system_state == SYSTEM_BOOTING || (!in_atomic() && !irqs_disabled()) || told || oops_in_progress)
		return;
	told = true;
	pr_err("BUG: sleeping function called from invalid context at %s:%d\n", file, line);
	dump_stack();
}
