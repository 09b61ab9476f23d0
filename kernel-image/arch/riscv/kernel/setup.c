/* setup_arch: what the device tree says about memory, CPUs, console and initrd. */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/string.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>
#include <asm/sections.h>
#include <asm/smp.h>
#include <asm/timex.h>

phys_addr_t phys_initrd_start;
unsigned long phys_initrd_size;
unsigned long initrd_start, initrd_end;
char boot_command_line[COMMAND_LINE_SIZE];

static void sbi_console_out(struct console *con, const char *s, unsigned int n)
{
	static const char cr = '\r';

	for (const char *nl; n; n -= nl - s, s = nl) {
		for (nl = s; nl < s + n && *nl != '\n'; nl++)
			;
		if (nl > s)
			sbi_console_write(s, nl - s);
		if (nl < s + n) {
			sbi_console_write(&cr, 1);
			sbi_console_write(nl++, 1);
		}
	}
}

static struct console sbi_console = {
	.name = "sbi",
	.write = sbi_console_out,
	.flags = CON_BOOT | CON_PRINTBUFFER,
};

static void __init setup_bootmem(void)
{
	void *fdt;
	u32 size = be32_to_cpu(((u32 *)initial_boot_params)[1]);

	if (!memblock.memory.cnt)
		panic("device tree: no memory node");
	if (!memblock_is_region_memory(kernel_map.phys_addr, kernel_map.size))
		panic("device tree: the memory nodes do not cover the kernel");
	memblock_reserve(kernel_map.phys_addr, kernel_map.size);
	early_init_fdt_scan_reserved_mem();
	if (phys_initrd_size) {
		if (!memblock_is_region_memory(phys_initrd_start, phys_initrd_size)) {
			pr_err("initrd: it lies outside of memory, ignored\n");
			phys_initrd_size = 0;
		} else {
			memblock_reserve(ALIGN_DOWN(phys_initrd_start, PAGE_SIZE),
					 PAGE_ALIGN(phys_initrd_start + phys_initrd_size) -
					 ALIGN_DOWN(phys_initrd_start, PAGE_SIZE));
		}
	}

	setup_early_linear_map();
	fdt = memblock_alloc(size, 8);
	memcpy(fdt, initial_boot_params, size);
	initial_boot_params = fdt;
	if (phys_initrd_size) {
		initrd_start = (unsigned long)__va(phys_initrd_start);
		initrd_end = initrd_start + phys_initrd_size;
	}
}

/* Boot arguments of the tree: stdout, and the clock that everything is timed by. */
static void __init setup_chosen(void)
{
	struct device_node *cpus = of_find_node_by_path("/cpus");
	const char *path;
	u32 freq;

	of_chosen = of_find_node_by_path("/chosen");
	if (of_chosen && !of_property_read_string(of_chosen, "stdout-path", &path)) {
		of_stdout = of_find_node_by_path(path);
		path = strchr(path, ':');
		of_stdout_options = path ? path + 1 : NULL;
	}
	if (!cpus || of_property_read_u32(cpus, "timebase-frequency", &freq) || !freq)
		panic("device tree: /cpus has no timebase-frequency");
	riscv_timebase = freq;
}

void __init setup_arch(char **cmdline_p)
{
	sbi_init();
	if (!early_init_dt_scan((void *)dtb_early_va))
		panic("no usable device tree at the address in a1");
	*cmdline_p = boot_command_line;
	parse_early_param();
	setup_bootmem();
	paging_init();
	unflatten_device_tree();
	setup_chosen();
	setup_smp();
}

/* For messages before console_init, or when no device-tree console comes up at all. */
void register_early_console(void)
{
	if (!console_drivers)
		register_console(&sbi_console);
}

static int __init setup_earlycon(char *str)
{
	register_early_console();
	return 0;
}
early_param("earlycon", setup_earlycon);
