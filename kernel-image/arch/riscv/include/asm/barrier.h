/* Memory barriers (RISC-V memory model RVWMO). */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H

#define RISCV_FENCE(p, s) __asm__ __volatile__("fence " #p "," #s ::: "memory")
#define mb() RISCV_FENCE(iorw, iorw)
#define rmb() RISCV_FENCE(ir, ir)
#define wmb() RISCV_FENCE(ow, ow)
#define smp_mb() RISCV_FENCE(rw, rw)
#define smp_rmb() RISCV_FENCE(r, r)
#define smp_wmb() RISCV_FENCE(w, w)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define cpu_relax() __asm__ __volatile__("" ::: "memory")

#endif
