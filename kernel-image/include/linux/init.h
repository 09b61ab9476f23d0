/* Init sections, initcall levels and command-line parameter tables. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Never inlined: a call tree seen from outside shows every step of the boot. */
#define __init __section(".init.text") __attribute__((__cold__)) noinline
#define __initdata __section(".init.data")
#define __initconst __section(".init.rodata")
#define __exit __used

typedef int (*initcall_t)(void);

struct initcall_entry {
	initcall_t fn;
	const char *name;
};

/* Linked in order of level, and in link order within a level. */
#define __define_initcall(f, id)					\
	static const struct initcall_entry __initcall_##f __used	\
	__section(".initcall" #id ".init") = { f, #f }

#define early_initcall(f) __define_initcall(f, early)
#define pure_initcall(f) __define_initcall(f, 0)
#define core_initcall(f) __define_initcall(f, 1)
#define postcore_initcall(f) __define_initcall(f, 2)
#define arch_initcall(f) __define_initcall(f, 3)
#define subsys_initcall(f) __define_initcall(f, 4)
#define fs_initcall(f) __define_initcall(f, 5)
#define rootfs_initcall(f) __define_initcall(f, rootfs)
#define device_initcall(f) __define_initcall(f, 6)
#define late_initcall(f) __define_initcall(f, 7)
#define module_init(f) device_initcall(f)

/* console_initcall functions run from console_init(), before the initcalls. */
#define console_initcall(f) __define_initcall(f, con)

struct obs_kernel_param {
	const char *str;
	int (*setup_func)(char *value);
	int early;
};

/* __setup("init=", f): str ends in '='; early_param("quiet", f): without. Handlers return 0 / non-zero as Linux's do. */
#define __setup_param(s, id, f, early_flag)				\
	static const struct obs_kernel_param __setup_##id __used	\
	__aligned(8) __section(".init.setup") = { s, f, early_flag }
#define __setup(s, f) __setup_param(s, f, f, 0)
#define early_param(s, f) __setup_param(s, f, f, 1)

extern char *saved_command_line;
extern char boot_command_line[];
#define COMMAND_LINE_SIZE 1024

extern phys_addr_t phys_initrd_start;
extern unsigned long phys_initrd_size;
extern unsigned long initrd_start, initrd_end;
void free_initrd_mem(unsigned long start, unsigned long end);

extern const char linux_banner[];
extern const char linux_proc_banner[];
extern bool initcall_debug;
extern bool early_boot_irqs_disabled;
void setup_arch(char **cmdline_p);
void parse_early_param(void);

#endif
