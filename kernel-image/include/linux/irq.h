/* Interrupt controllers, descriptors and the entry from the architecture. */
#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#define NR_IRQS 128

struct device_node;
struct irq_data;
struct pt_regs;

struct irq_chip {
	const char *name;
	void (*irq_mask)(struct irq_data *d);
	void (*irq_unmask)(struct irq_data *d);
	void (*irq_eoi)(struct irq_data *d);
};

struct irq_data {
	unsigned int irq;	/* Linux number */
	unsigned long hwirq;	/* the controller's number */
	struct irq_chip *chip;
	void *chip_data;
};

struct irqaction {
	irq_handler_t handler;
	void *dev_id;
	const char *name;
	unsigned long flags;
	struct irqaction *next;
};

struct irq_desc {
	struct irq_data irq_data;
	struct irqaction *action;
	spinlock_t lock;
	unsigned int depth;	/* nesting of disable_irq; 1 while unrequested */
	unsigned int irqs_unhandled;	/* in a row */
	bool in_proc;
	unsigned long kstat_irqs[NR_CPUS];
};

extern struct irq_desc irq_desc[NR_IRQS];
void early_irq_init(void);
void init_IRQ(void);
void irq_set_chip_and_data(unsigned int irq, unsigned long hwirq, struct irq_chip *chip, void *chip_data);
/* A free Linux interrupt number for a controller's line, or -ENOSPC. */
int irq_alloc_desc(void);
void generic_handle_irq(unsigned int irq);
void init_irq_proc(void);
void register_irq_proc(unsigned int irq);
void irq_enter(void);
void irq_exit(void);

/* The one controller behind the hart's external interrupt. */
extern void (*handle_arch_irq)(struct pt_regs *regs);
void set_handle_irq(void (*handler)(struct pt_regs *regs));

#endif
