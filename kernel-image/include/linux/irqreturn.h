/* What an interrupt handler answers. */
#ifndef _LINUX_IRQRETURN_H
#define _LINUX_IRQRETURN_H

typedef enum irqreturn {
	IRQ_NONE,
	IRQ_HANDLED,
} irqreturn_t;

#endif
