/* Control and status registers: access, and the fields that the firmware uses (Privileged ISA). */
#pragma once

#define MAX_HARTS	8
#define STACK_SIZE	2048

#define MSTATUS_SIE	(1UL << 1)
#define MSTATUS_SPIE	(1UL << 5)
#define MSTATUS_SPP	(1UL << 8)
#define MSTATUS_MPP	(3UL << 11)
#define MSTATUS_MPP_S	(1UL << 11)
#define MSTATUS_MPRV	(1UL << 17)
#define MSTATUS_MXR	(1UL << 19)

#define IRQ_SSIP	(1UL << 1)
#define IRQ_MSIP	(1UL << 3)
#define IRQ_STIP	(1UL << 5)
#define IRQ_MTIP	(1UL << 7)
#define IRQ_SEIP	(1UL << 9)

#define CAUSE_INTERRUPT		(1UL << 63)
#define CAUSE_FETCH_ACCESS	1
#define CAUSE_ILLEGAL		2
#define CAUSE_BREAKPOINT	3
#define CAUSE_LOAD_MISALIGNED	4
#define CAUSE_LOAD_ACCESS	5
#define CAUSE_STORE_MISALIGNED	6
#define CAUSE_STORE_ACCESS	7
#define CAUSE_U_ECALL		8
#define CAUSE_S_ECALL		9
#define CAUSE_FETCH_PAGE	12
#define CAUSE_LOAD_PAGE		13
#define CAUSE_STORE_PAGE	15
#define CAUSE_MACHINE_SOFT	(CAUSE_INTERRUPT | 3)
#define CAUSE_MACHINE_TIMER	(CAUSE_INTERRUPT | 7)

#define MENVCFG_STCE	(1UL << 63)	/* stimecmp belongs to S-mode (Sstc) */
#define MENVCFG_PBMTE	(1UL << 62)	/* Svpbmt */
#define MENVCFG_ADUE	(1UL << 61)	/* Svadu */
#define MENVCFG_CBO	(0xfUL << 4)	/* Zicbom, Zicboz for lower modes */

#define PMP_R		1
#define PMP_W		2
#define PMP_X		4
#define PMP_NAPOT	(3 << 3)

#ifndef __ASSEMBLER__
#define csr_read(csr)		({ unsigned long v_; asm volatile("csrr %0, " csr : "=r"(v_) : : "memory"); v_; })
#define csr_write(csr, value)	asm volatile("csrw " csr ", %0" : : "rK"(value) : "memory")
#define csr_set(csr, bits)	asm volatile("csrs " csr ", %0" : : "rK"(bits) : "memory")
#define csr_clear(csr, bits)	asm volatile("csrc " csr ", %0" : : "rK"(bits) : "memory")

#endif
