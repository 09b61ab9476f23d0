/* The banner. Fixed text: the same sources give the same bytes, whoever builds them, whenever. */
#include <linux/init.h>
#include <linux/nsproxy.h>
#include <linux/version.h>

const char linux_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";
const char linux_proc_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";

struct uts_namespace init_uts_ns = {
	.ns = { REFCOUNT_INIT(1), PROC_UTS_INIT_INO, &utsns_operations },
	.name = {
		.sysname = "Linux",
		.nodename = "(none)",
		.release = UTS_RELEASE,
		.version = UTS_VERSION,
		.machine = "riscv64",
		.domainname = "(none)",
	},
};
