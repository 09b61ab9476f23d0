/* Requesting interrupts, and softirqs. */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/irqreturn.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <asm/irqflags.h>

#define IRQF_SHARED 0x80

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id);

enum { TIMER_SOFTIRQ, SCHED_SOFTIRQ, NR_SOFTIRQS };

void open_softirq(int nr, void (*action)(void));
void raise_softirq_irqoff(unsigned int nr);

#endif
