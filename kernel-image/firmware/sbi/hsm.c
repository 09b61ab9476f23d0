/* Hart state management (SBI v2.0, chapter 9): start, stop, status and suspend.
 *
 * A hart's state changes in few places: hart_start takes STOPPED to START_PENDING by compare-and-swap,
 * so one of two starters loses; everything else is written by the hart itself. */
#include <sbi.h>

enum { HART_START, HART_STOP, HART_GET_STATUS, HART_SUSPEND };
enum state { STARTED, STOPPED, START_PENDING, STOP_PENDING, SUSPENDED, SUSPEND_PENDING, RESUME_PENDING };

#define SUSPEND_RETENTIVE	0x00000000
#define SUSPEND_NON_RETENTIVE	0x80000000

static struct {
	unsigned int state;
	unsigned long address, opaque;
} harts[MAX_HARTS] = { [0 ... MAX_HARTS - 1] = { .state = STOPPED } };

static unsigned int get_state(unsigned long hartid)
{
	return __atomic_load_n(&harts[hartid].state, __ATOMIC_ACQUIRE);
}

static void set_state(unsigned long hartid, enum state state)
{
	__atomic_store_n(&harts[hartid].state, state, __ATOMIC_RELEASE);
}

static bool exists(unsigned long hartid)
{
	return hartid < MAX_HARTS && platform.hart_present[hartid];
}

bool hsm_is_running(unsigned long hartid)
{
	return exists(hartid) && (get_state(hartid) == STARTED || get_state(hartid) == SUSPENDED);
}

void hsm_boot_hart(unsigned long hartid)
{
	set_state(hartid, STARTED);
}

/* Interrupts are off in M-mode: wfi only pauses until one that mie names is pending. */
void hsm_wait(void)
{
	unsigned long self = hart_id();

	csr_write("mie", IRQ_MSIP);
	csr_write("mip", 0);
	while (get_state(self) != START_PENDING) {
		asm volatile("wfi");
		ipi_process();
	}
	set_state(self, STARTED);
	enter_supervisor(self, harts[self].opaque, harts[self].address);
}

static bool address_allowed(unsigned long address)
{
	return !(address & 1) && (address < (uintptr_t)_fw_start || address >= (uintptr_t)_fw_limit);
}

static struct sbi_ret start(unsigned long hartid, unsigned long address, unsigned long opaque)
{
	unsigned int expected = STOPPED;

	if (!exists(hartid))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (!address_allowed(address))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	if (get_state(hartid) == STARTED)
		return sbi_error(SBI_ERR_ALREADY_AVAILABLE);
	/* RESUME_PENDING serves as the claim while the address is written: nobody else may start it then. */
	if (!__atomic_compare_exchange_n(&harts[hartid].state, &expected, RESUME_PENDING, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	harts[hartid].address = address;
	harts[hartid].opaque = opaque;
	set_state(hartid, START_PENDING);
	ipi_send(hartid, IPI_WAKE);
	return sbi_value(0);
}

static struct sbi_ret suspend(unsigned long type, unsigned long address, unsigned long opaque)
{
	unsigned long self = hart_id();

	if (type != SUSPEND_RETENTIVE && type != SUSPEND_NON_RETENTIVE)
		return sbi_error(type & ~0x8fffffffUL ? SBI_ERR_INVALID_PARAM : SBI_ERR_NOT_SUPPORTED);
	if (type == SUSPEND_NON_RETENTIVE && !address_allowed(address))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	set_state(self, SUSPENDED);
	/* Until an interrupt of S-mode; the firmware's own are served meanwhile. */
	while (!(csr_read("mip") & csr_read("mie") & (IRQ_SSIP | IRQ_STIP | IRQ_SEIP))) {
		asm volatile("wfi");
		if (csr_read("mip") & csr_read("mie") & IRQ_MTIP)
			timer_interrupt();
		ipi_process();
	}
	set_state(self, STARTED);
	if (type == SUSPEND_NON_RETENTIVE)
		enter_supervisor(self, opaque, address);
	return sbi_value(0);
}

struct sbi_ret sbi_hsm(const struct sbi_call *call)
{
	switch (call->fid) {
	case HART_START:
		return start(call->arg[0], call->arg[1], call->arg[2]);
	case HART_STOP:
		set_state(hart_id(), STOPPED);
		hsm_wait();
	case HART_GET_STATUS:
		if (!exists(call->arg[0]))
			return sbi_error(SBI_ERR_INVALID_PARAM);
		return sbi_value(get_state(call->arg[0]));
	case HART_SUSPEND:
		return suspend(call->arg[0], call->arg[1], call->arg[2]);
	default:
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	}
}
