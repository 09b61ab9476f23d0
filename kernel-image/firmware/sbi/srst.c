/* System reset extension (SBI v2.0, chapter 10). */
#include <sbi.h>

enum { SYSTEM_RESET };
enum { SHUTDOWN, COLD_REBOOT, WARM_REBOOT };
enum { NO_REASON, SYSTEM_FAILURE };

struct sbi_ret sbi_srst(const struct sbi_call *call)
{
	uint32_t type = call->arg[0], reason = call->arg[1];

	if (call->fid != SYSTEM_RESET || !finisher_present())
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	/* Types from 0xf0000000 on are for vendors. */
	if (type > WARM_REBOOT || reason > SYSTEM_FAILURE)
		return sbi_error(type >= 0xf0000000 ? SBI_ERR_NOT_SUPPORTED : SBI_ERR_INVALID_PARAM);
	if (type != SHUTDOWN)
		finish(ENDING_REBOOT);
	finish(reason == NO_REASON ? ENDING_SHUTDOWN : ENDING_FAILURE);
}
