/* Timer extension (SBI v2.0, chapter 6): the next supervisor timer interrupt. */
#include <sbi.h>

enum { SET_TIMER };

/* With Sstc, STIP follows stimecmp alone; without, the machine timer's interrupt sets it. */
void timer_set(uint64_t when)
{
	if (hart_has_sstc()) {
		csr_write("0x14d", when);	/* stimecmp */
		return;
	}
	clint_set_timer(hart_id(), when);
	csr_clear("mip", IRQ_STIP);
	csr_set("mie", IRQ_MTIP);
}

void timer_interrupt(void)
{
	csr_clear("mie", IRQ_MTIP);
	csr_set("mip", IRQ_STIP);
}

struct sbi_ret sbi_time(const struct sbi_call *call)
{
	if (call->fid != SET_TIMER)
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	timer_set(call->arg[0]);
	return sbi_value(0);
}
