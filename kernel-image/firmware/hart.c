/* What each hart sets up for itself before S-mode. */
#include <firmware.h>

#define MIDELEG	(IRQ_SSIP | IRQ_STIP | IRQ_SEIP)
/* S-mode gets what needs no help from here. Illegal instructions (a time CSR may be missing), misaligned
 * accesses (to be emulated) and access faults come to us and go on to S-mode when they are not ours. */
#define MEDELEG	(1UL << 0 | 1UL << CAUSE_BREAKPOINT | 1UL << CAUSE_U_ECALL | 1UL << CAUSE_FETCH_PAGE | \
		 1UL << CAUSE_LOAD_PAGE | 1UL << CAUSE_STORE_PAGE)

static bool sstc[MAX_HARTS];

unsigned long hart_id(void)
{
	return csr_read("mhartid");
}

bool hart_has_sstc(void)
{
	return sstc[hart_id()];
}

/* Whatever of these the hart has, S-mode may use; bits it has not read back as zero. */
static void set_environment(void)
{
	unsigned long value;

	if (!try_write_menvcfg(MENVCFG_STCE | MENVCFG_PBMTE | MENVCFG_ADUE | MENVCFG_CBO))
		return;
	if (try_read_menvcfg(&value))
		sstc[hart_id()] = value & MENVCFG_STCE;
}

void hart_init(void)
{
	csr_write("mideleg", MIDELEG);
	csr_write("medeleg", MEDELEG);
	try_write_counters();
	set_environment();
	pmp_init();
	clint_set_timer(hart_id(), -1UL);
	clint_clear_ipi(hart_id());
	csr_write("mie", IRQ_MSIP);
}
