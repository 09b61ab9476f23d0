/* Finds the interrupt controllers of the device tree and starts the drivers that declared themselves for them. */
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/of.h>

extern const struct of_init_entry __irqchip_of_table[], __irqchip_of_table_end[];

void __init irqchip_init(void)
{
	for (const struct of_init_entry *e = __irqchip_of_table; e < __irqchip_of_table_end; e++) {
		struct device_node *np;

		for_each_compatible_node(np, NULL, e->compatible) {
			int err;

			if (np->populated || !of_device_is_available(np))
				continue;
			err = e->fn(np, NULL);
			if (err)
				pr_err("irqchip: %s failed with error %d\n", np->full_name, err);
			else
				np->populated = true;
		}
	}
}

void __init init_IRQ(void)
{
	irqchip_init();
	if (!handle_arch_irq)
		pr_warn("irqchip: no interrupt controller found\n");
}
