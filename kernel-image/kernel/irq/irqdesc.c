/* Interrupt descriptors: who handles which line. */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/smp.h>

#define MAX_UNHANDLED 10000

struct irq_desc irq_desc[NR_IRQS];
void (*handle_arch_irq)(struct pt_regs *regs);

void __init early_irq_init(void)
{
	for (unsigned int irq = 0; irq < NR_IRQS; irq++) {
		spin_lock_init(&irq_desc[irq].lock);
		irq_desc[irq].irq_data.irq = irq;
		irq_desc[irq].depth = 1;
	}
}

void set_handle_irq(void (*handler)(struct pt_regs *regs))
{
	handle_arch_irq = handler;
}

/* 0 is no interrupt. */
int irq_alloc_desc(void)
{
	for (unsigned int irq = 1; irq < NR_IRQS; irq++)
		if (!irq_desc[irq].irq_data.chip)
			return irq;
	return -ENOSPC;
}

void irq_set_chip_and_data(unsigned int irq, unsigned long hwirq, struct irq_chip *chip, void *chip_data)
{
	struct irq_data *d = &irq_desc[irq].irq_data;

	d->hwirq = hwirq;
	d->chip_data = chip_data;
	d->chip = chip;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	struct irqaction *action, **link;
	struct irq_desc *desc;
	int err = 0;

	if (irq >= NR_IRQS || !irq_desc[irq].irq_data.chip || !handler)
		return -EINVAL;
	action = kzalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	*action = (struct irqaction){ .handler = handler, .dev_id = dev_id, .name = name, .flags = flags };

	desc = &irq_desc[irq];
	spin_lock_irq(&desc->lock);
	if (desc->action && !(desc->action->flags & flags & IRQF_SHARED)) {
		err = -EBUSY;
	} else {
		bool first = !desc->action;

		for (link = &desc->action; *link; link = &(*link)->next)
			;
		*link = action;
		if (first) {
			desc->depth = 0;
			desc->irq_data.chip->irq_unmask(&desc->irq_data);
		}
	}
	spin_unlock_irq(&desc->lock);
	if (err)
		kfree(action);
	else
		register_irq_proc(irq);
	return err;
}

/* Now and then a device takes its request back before the claim; a line that nobody ever answers is broken. */
static void note_interrupt(struct irq_desc *desc, irqreturn_t ret)
{
	if (ret != IRQ_NONE) {
		desc->irqs_unhandled = 0;
	} else if (++desc->irqs_unhandled == MAX_UNHANDLED) {
		pr_err("irq %u: nobody cared, disabled\n", desc->irq_data.irq);
		desc->irq_data.chip->irq_mask(&desc->irq_data);
	}
}

/* The controller gives one claim to one CPU, so a handler runs on one CPU at a time. */
void generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = &irq_desc[irq];
	irqreturn_t ret = IRQ_NONE;

	desc->kstat_irqs[smp_processor_id()]++;
	for (struct irqaction *action = READ_ONCE(desc->action); action; action = action->next)
		ret |= action->handler(irq, action->dev_id);
	note_interrupt(desc, ret);
	desc->irq_data.chip->irq_eoi(&desc->irq_data);
}
