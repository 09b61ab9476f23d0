/* Work that one hart asks of another: a bit in its mailbox and a machine software interrupt. */
#include <sbi.h>

static unsigned int mailbox[MAX_HARTS];

void ipi_send(unsigned long hartid, enum ipi_event event)
{
	__atomic_fetch_or(&mailbox[hartid], event, __ATOMIC_RELEASE);
	clint_send_ipi(hartid);
}

void ipi_process(void)
{
	unsigned long self = hart_id();
	unsigned int events;

	/* The interrupt is cleared first: an event that comes after the exchange raises it again. */
	clint_clear_ipi(self);
	events = __atomic_exchange_n(&mailbox[self], 0, __ATOMIC_ACQUIRE);
	if (events & IPI_RFENCE)
		rfence_process();
	if (events & IPI_SOFT)
		csr_set("mip", IRQ_SSIP);
}
