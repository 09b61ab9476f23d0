/* The banner. Fixed text: the same sources give the same bytes, whoever builds them, whenever. */
#include <linux/init.h>
#include <linux/utsname.h>
#include <linux/version.h>

const char linux_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";
const char linux_proc_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";

struct new_utsname init_utsname = {
	.sysname = "Linux",
	.nodename = "(none)",
	.release = UTS_RELEASE,
	.version = UTS_VERSION,
	.machine = "riscv64",
	.domainname = "(none)",
};
