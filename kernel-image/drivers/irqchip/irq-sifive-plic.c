/* The platform-level interrupt controller (RISC-V PLIC specification 1.0.0). */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <asm/io.h>
#include <asm/smp.h>

#define PRIORITY_BASE 0
#define ENABLE_BASE 0x2000
#define ENABLE_SIZE 0x80
#define CONTEXT_BASE 0x200000
#define CONTEXT_SIZE 0x1000
#define CONTEXT_THRESHOLD 0x00
#define CONTEXT_CLAIM 0x04

struct plic_handler {
	bool present;
	void __iomem *hart_base;	/* threshold and claim of the hart's S-mode context */
	void __iomem *enable_base;
};

static struct {
	void __iomem *regs;
	u32 nr_irqs;
	spinlock_t enable_lock;
	struct plic_handler handlers[NR_CPUS];
	unsigned int irq_of[1024];	/* Linux number of a source, 0: none yet */
} plic;

static void plic_toggle(int cpu, unsigned long hwirq, bool enable)
{
	void __iomem *reg = plic.handlers[cpu].enable_base + hwirq / 32 * 4;
	u32 bit = 1U << (hwirq % 32);

	writel(enable ? readl(reg) | bit : readl(reg) & ~bit, reg);
}

/* One CPU takes all: the boot CPU, which is always there. */
static void plic_set_mask(struct irq_data *d, bool enable)
{
	unsigned long flags;

	spin_lock_irqsave(&plic.enable_lock, flags);
	writel(enable, plic.regs + PRIORITY_BASE + d->hwirq * 4);
	plic_toggle(0, d->hwirq, enable);
	spin_unlock_irqrestore(&plic.enable_lock, flags);
}

static void plic_irq_mask(struct irq_data *d)
{
	plic_set_mask(d, false);
}

static void plic_irq_unmask(struct irq_data *d)
{
	plic_set_mask(d, true);
}

static void plic_irq_eoi(struct irq_data *d)
{
	writel(d->hwirq, plic.handlers[smp_processor_id()].hart_base + CONTEXT_CLAIM);
}

static struct irq_chip plic_chip = {
	.name = "SiFive PLIC",
	.irq_mask = plic_irq_mask,
	.irq_unmask = plic_irq_unmask,
	.irq_eoi = plic_irq_eoi,
};

static void plic_handle_irq(struct pt_regs *regs)
{
	struct plic_handler *handler = &plic.handlers[smp_processor_id()];
	u32 hwirq;

	if (!handler->present)
		return;
	while ((hwirq = readl(handler->hart_base + CONTEXT_CLAIM))) {
		if (hwirq <= plic.nr_irqs && plic.irq_of[hwirq])
			generic_handle_irq(plic.irq_of[hwirq]);
		else
			pr_warn("plic: no handler for source %u\n", hwirq);
	}
}

static int plic_map(void *data, const u32 *intspec, int cells)
{
	u32 hwirq = be32_to_cpu(intspec[0]);
	int irq;

	if (!hwirq || hwirq > plic.nr_irqs)
		return -EINVAL;
	if (plic.irq_of[hwirq])
		return plic.irq_of[hwirq];
	irq = irq_alloc_desc();
	if (irq < 0)
		return irq;
	irq_set_chip_and_data(irq, hwirq, &plic_chip, NULL);
	plic.irq_of[hwirq] = irq;
	return irq;
}

/* The hart whose interrupt controller a phandle of "interrupts-extended" names. */
static int cpu_of_intc(phandle handle)
{
	struct device_node *np = of_find_node_by_phandle(handle);
	const u32 *reg;
	int len;

	if (!np || !np->parent)
		return -1;
	reg = of_get_property(np->parent, "reg", &len);
	return reg ? riscv_hartid_to_cpuid(of_read_number(reg, len / 4)) : -1;
}

static int __init plic_init(struct device_node *np, struct device_node *parent)
{
	const u32 *ext;
	int len;

	ext = of_get_property(np, "interrupts-extended", &len);
	plic.regs = of_iomap(np, 0);
	if (!plic.regs || !ext || of_property_read_u32(np, "riscv,ndev", &plic.nr_irqs) || plic.nr_irqs > 1023)
		return -EINVAL;
	spin_lock_init(&plic.enable_lock);
	/* One pair of cells for each context, in order: hart's controller, cause. */
	for (int i = 0; i < len / 8; i++) {
		int cpu = cpu_of_intc(be32_to_cpu(ext[2 * i]));
		struct plic_handler *handler;

		if (be32_to_cpu(ext[2 * i + 1]) != IRQ_S_EXT || cpu < 0)
			continue;
		handler = &plic.handlers[cpu];
		handler->hart_base = plic.regs + CONTEXT_BASE + i * CONTEXT_SIZE;
		handler->enable_base = plic.regs + ENABLE_BASE + i * ENABLE_SIZE;
		handler->present = true;
		for (u32 hwirq = 0; hwirq <= plic.nr_irqs; hwirq += 32)
			writel(0, handler->enable_base + hwirq / 32 * 4);
		writel(0, handler->hart_base + CONTEXT_THRESHOLD);
	}
	if (!plic.handlers[0].present)
		return -ENODEV;
	irq_set_of_translator(np, plic_map, NULL);
	set_handle_irq(plic_handle_irq);
	return 0;
}
IRQCHIP_DECLARE(sifive_plic, "sifive,plic-1.0.0", plic_init);
IRQCHIP_DECLARE(riscv_plic0, "riscv,plic0", plic_init);
