/* What the device tree says about the harts: their instruction set for AT_HWCAP and /proc/cpuinfo. */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/hwcap.h>
#include <asm/smp.h>

unsigned long elf_hwcap;

static struct device_node *next_cpu(struct device_node *cpus, struct device_node *prev)
{
	struct device_node *np = prev ? prev->sibling : cpus->child;

	while (np && strcmp(np->name, "cpu"))
		np = np->sibling;
	return np;
}

/* Letters up to the first multi-letter extension. Q and V need registers that the kernel does not switch. */
static unsigned long isa_letters(const char *isa)
{
	unsigned long letters = 0;

	for (isa += strlen("rv64"); *isa >= 'a' && *isa <= 'z' && *isa != 's' && *isa != 'x' && *isa != 'z'; isa++)
		if (!strchr("qvgh", *isa))
			letters |= HWCAP_ISA(*isa);
	return letters;
}

static int __init riscv_fill_hwcap(void)
{
	struct device_node *cpus = of_find_node_by_path("/cpus"), *np = NULL;
	const char *isa;

	if (!cpus)
		return -ENODEV;
	while ((np = next_cpu(cpus, np))) {
		isa = of_get_property(np, "riscv,isa", NULL);
		if (!isa || strncmp(isa, "rv64", 4))
			continue;
		elf_hwcap = elf_hwcap ? elf_hwcap & isa_letters(isa) : isa_letters(isa);
	}
	return 0;
}
arch_initcall(riscv_fill_hwcap);

static int cpuinfo_show(struct seq_file *m, void *v)
{
	struct device_node *cpus = of_find_node_by_path("/cpus"), *np = NULL;
	const char *text;
	u32 hart;

	while (cpus && (np = next_cpu(cpus, np))) {
		int cpu;

		if (of_property_read_u32(np, "reg", &hart))
			continue;
		cpu = riscv_hartid_to_cpuid(hart);
		if (cpu < 0 || !cpumask_test_cpu(cpu, cpu_online_mask))
			continue;
		seq_printf(m, "processor\t: %d\nhart\t\t: %u\n", cpu, hart);
		text = of_get_property(np, "riscv,isa", NULL);
		seq_printf(m, "isa\t\t: %s\n", text ? text : "unknown");
		text = of_get_property(np, "mmu-type", NULL);
		seq_printf(m, "mmu\t\t: %s\n", text ? strchr(text, ',') + 1 : "none");
		text = of_get_property(np, "compatible", NULL);
		if (text && strcmp(text, "riscv"))
			seq_printf(m, "uarch\t\t: %s\n", text);
		seq_putc(m, '\n');
	}
	return 0;
}

static int __init proc_cpuinfo_init(void)
{
	return proc_create_single("cpuinfo", 0444, cpuinfo_show) ? 0 : -ENOMEM;
}
fs_initcall(proc_cpuinfo_init);
