/*
 * Ends with code 0 from S-mode under Sv39, where memory lies in the upper half of the address space: the HTIF words
 * are found by their physical address, as in the v variants of the riscv-tests.
 */
#include "riscv_test.h"

#define UPPER 0xffffffc000000000
#define SATP_SV39 (8 << 60)
#define GIGAPAGE_RWX_AD 0xcf
#define MSTATUS_MPP_S 0x800
#define MSTATUS_MPP 0x1800

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	csrr	a0, mhartid
	bnez	a0, .
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0

	/* The third gigabyte, at its own place and 256 gigapages up. */
	la	t0, table
	li	t1, (0x80000000 >> 2) | GIGAPAGE_RWX_AD
	sd	t1, 2 * 8(t0)
	li	t2, 258 * 8
	add	t2, t0, t2
	sd	t1, 0(t2)
	srli	t0, t0, 12
	li	t1, SATP_SV39
	or	t0, t0, t1
	csrw	satp, t0
	sfence.vma

	li	t0, MSTATUS_MPP
	csrc	mstatus, t0
	li	t0, MSTATUS_MPP_S
	csrs	mstatus, t0
	la	t0, upper
	li	t1, UPPER
	add	t0, t0, t1
	csrw	mepc, t0
	mret

upper:
	RVTEST_EXIT(0)

	.bss
	.align	12
table:	.fill	512, 8, 0
RVTEST_DATA
