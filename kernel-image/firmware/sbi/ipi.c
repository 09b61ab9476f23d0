/* IPI extension (SBI v2.0, chapter 7): supervisor software interrupts on other harts. */
#include <sbi.h>

enum { SEND_IPI };

struct sbi_ret sbi_ipi(const struct sbi_call *call)
{
	unsigned long harts;

	if (call->fid != SEND_IPI)
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	if (!sbi_hart_mask(call->arg[0], call->arg[1], &harts))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	for (unsigned long hart = 0; hart < MAX_HARTS; hart++)
		if (harts >> hart & 1)
			ipi_send(hart, IPI_SOFT);
	return sbi_value(0);
}
