/* Turning this hart's interrupts on and off. */
#ifndef _ASM_IRQFLAGS_H
#define _ASM_IRQFLAGS_H

#include <linux/types.h>
#include <asm/csr.h>

static inline void local_irq_enable(void) { csr_set(sstatus, SR_SIE); }
static inline void local_irq_disable(void) { csr_clear(sstatus, SR_SIE); }
static inline unsigned long arch_local_irq_save(void) { return csr_read_clear(sstatus, SR_SIE); }
static inline void arch_local_irq_restore(unsigned long flags) { csr_set(sstatus, flags & SR_SIE); }
static inline bool irqs_disabled(void) { return !(csr_read(sstatus) & SR_SIE); }

#define local_irq_save(flags) do { (flags) = arch_local_irq_save(); } while (0)
#define local_irq_restore(flags) arch_local_irq_restore(flags)

#endif
