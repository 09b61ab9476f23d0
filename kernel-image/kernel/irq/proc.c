/* /proc/irq: a directory for each interrupt that there is, with what it is and where it goes. */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static int irq_spurious_show(struct seq_file *m, void *v)
{
	struct irq_desc *desc = m->private;
	unsigned long count = 0;

	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		count += desc->kstat_irqs[cpu];
	seq_printf(m, "count %lu\nunhandled %u\n", count, desc->irqs_unhandled);
	return 0;
}

static int irq_actions_show(struct seq_file *m, void *v)
{
	struct irq_desc *desc = m->private;
	const char *separator = "";

	spin_lock_irq(&desc->lock);
	for (struct irqaction *action = desc->action; action; action = action->next) {
		seq_printf(m, "%s%s", separator, action->name);
		separator = ",";
	}
	spin_unlock_irq(&desc->lock);
	seq_putc(m, '\n');
	return 0;
}

static struct proc_dir_entry *root_irq_dir;

void register_irq_proc(unsigned int irq)
{
	struct irq_desc *desc = &irq_desc[irq];
	struct proc_dir_entry *dir;
	char *name;

	if (!root_irq_dir || desc->in_proc)
		return;
	name = kmalloc(12, GFP_KERNEL);
	if (!name)
		return;
	snprintf(name, 12, "%u", irq);
	dir = proc_mkdir(name, root_irq_dir);
	if (!dir)
		return;
	desc->in_proc = true;
	proc_create_single_data("spurious", 0444, dir, irq_spurious_show, desc);
	proc_create_single_data("actions", 0444, dir, irq_actions_show, desc);
}

void __init init_irq_proc(void)
{
	root_irq_dir = proc_mkdir("irq", NULL);
	for (unsigned int irq = 1; irq < NR_IRQS; irq++)
		if (irq_desc[irq].action)
			register_irq_proc(irq);
}
