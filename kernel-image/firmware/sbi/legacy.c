/* The legacy calls that old kernels still use (SBI v2.0, chapter 5): the answer is in a0 alone. */
#include <sbi.h>

struct sbi_ret sbi_legacy(const struct sbi_call *call)
{
	switch (call->eid) {
	case SBI_EXT_0_1_SET_TIMER:
		timer_set(call->arg[0]);
		return sbi_value(0);
	case SBI_EXT_0_1_CONSOLE_PUTCHAR:
		uart_putc(call->arg[0]);
		return sbi_value(0);
	case SBI_EXT_0_1_CONSOLE_GETCHAR:
		return sbi_error(uart_getc());
	default:
		finish(ENDING_SHUTDOWN);
	}
}
