/* The time CSR. */
#ifndef _ASM_TIMEX_H
#define _ASM_TIMEX_H

#include <asm/csr.h>

typedef unsigned long cycles_t;
static inline cycles_t get_cycles(void) { return csr_read(time); }
extern unsigned long riscv_timebase;

#endif
