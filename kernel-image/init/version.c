/* The banner. Fixed text: the same sources give the same bytes, whoever builds them, whenever. */
#include <linux/init.h>
#include <linux/version.h>

const char linux_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";
const char linux_proc_banner[] = "Linux version " UTS_RELEASE " (hartbeat) (gcc " __VERSION__ ") " UTS_VERSION "\n";
