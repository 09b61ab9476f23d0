/* Finds the extension of an SBI call: one line per extension. */
#include <sbi.h>

static const struct { unsigned long first, last; sbi_handler handle; } extensions[] = {
	{ SBI_EXT_0_1_SET_TIMER, SBI_EXT_0_1_CONSOLE_GETCHAR, sbi_legacy },
	{ SBI_EXT_0_1_SHUTDOWN, SBI_EXT_0_1_SHUTDOWN, sbi_legacy },
	{ SBI_EXT_BASE, SBI_EXT_BASE, sbi_base },
	{ SBI_EXT_TIME, SBI_EXT_TIME, sbi_time },
	{ SBI_EXT_IPI, SBI_EXT_IPI, sbi_ipi },
	{ SBI_EXT_RFENCE, SBI_EXT_RFENCE, sbi_rfence },
	{ SBI_EXT_HSM, SBI_EXT_HSM, sbi_hsm },
	{ SBI_EXT_SRST, SBI_EXT_SRST, sbi_srst },
	{ SBI_EXT_DBCN, SBI_EXT_DBCN, sbi_dbcn },
};

static sbi_handler find(unsigned long eid)
{
	for (unsigned int i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (eid >= extensions[i].first && eid <= extensions[i].last)
			return extensions[i].handle;
	return NULL;
}

bool sbi_extension_available(unsigned long eid)
{
	if (eid == SBI_EXT_SRST || eid == SBI_EXT_0_1_SHUTDOWN)
		return finisher_present();
	return find(eid);
}

void sbi_ecall(struct trap_frame *f)
{
	struct sbi_call call = { .eid = f->x[17], .fid = f->x[16], .arg = &f->x[10] };
	sbi_handler handle = find(call.eid);
	struct sbi_ret ret;

	/* Set first: a call that does not return here (HSM) leaves the frame behind. */
	f->mepc += 4;
	ret = handle ? handle(&call) : sbi_error(SBI_ERR_NOT_SUPPORTED);
	f->x[10] = ret.error;
	if (handle != sbi_legacy)
		f->x[11] = ret.value;
}

bool sbi_hart_mask(unsigned long mask, unsigned long base, unsigned long *harts)
{
	*harts = 0;
	if (base == -1UL) {
		for (unsigned long hart = 0; hart < MAX_HARTS; hart++)
			if (hsm_is_running(hart))
				*harts |= 1UL << hart;
		return true;
	}
	for (unsigned long bit = 0; bit < 64; bit++) {
		if (!(mask >> bit & 1))
			continue;
		if (base + bit >= MAX_HARTS || base + bit < base || !hsm_is_running(base + bit))
			return false;
		*harts |= 1UL << (base + bit);
	}
	return true;
}
