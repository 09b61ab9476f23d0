/* Base extension (SBI v2.0, chapter 4): versions, and which extensions there are. */
#include <sbi.h>

enum { GET_SPEC_VERSION, GET_IMPL_ID, GET_IMPL_VERSION, PROBE_EXTENSION, GET_MVENDORID, GET_MARCHID, GET_MIMPID };

struct sbi_ret sbi_base(const struct sbi_call *call)
{
	switch (call->fid) {
	case GET_SPEC_VERSION: return sbi_value(SBI_SPEC_VERSION);
	case GET_IMPL_ID: return sbi_value(SBI_IMPLEMENTATION_ID);
	case GET_IMPL_VERSION: return sbi_value(SBI_IMPLEMENTATION_VERSION);
	case PROBE_EXTENSION: return sbi_value(sbi_extension_available(call->arg[0]));
	case GET_MVENDORID: return sbi_value(csr_read("mvendorid"));
	case GET_MARCHID: return sbi_value(csr_read("marchid"));
	case GET_MIMPID: return sbi_value(csr_read("mimpid"));
	default: return sbi_error(SBI_ERR_NOT_SUPPORTED);
	}
}
