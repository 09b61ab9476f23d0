/* Memory-mapped device access: ordered reads and writes of 1 to 8 bytes. */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/barrier.h>

void __iomem *ioremap(phys_addr_t addr, size_t size);
void iounmap(void __iomem *addr);

#define DEFINE_MMIO(sfx, T)						\
static inline T read##sfx(const volatile void __iomem *addr)		\
{									\
	T val = *(const volatile T *)addr;				\
	RISCV_FENCE(i, ir);						\
	return val;							\
}									\
static inline void write##sfx(T val, volatile void __iomem *addr)	\
{									\
	RISCV_FENCE(w, o);						\
	*(volatile T *)addr = val;					\
}

DEFINE_MMIO(b, u8)
DEFINE_MMIO(w, u16)
DEFINE_MMIO(l, u32)
DEFINE_MMIO(q, u64)

#endif
