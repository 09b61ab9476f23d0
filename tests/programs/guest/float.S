/* Adds 0.1 and 0.2 with the FPU on and ends with code 0 when that is 0.30000000000000004. */
#include "riscv_test.h"

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	li	t0, 0x6000
	csrs	mstatus, t0
	la	t0, numbers
	fld	fa0, 0(t0)
	fld	fa1, 8(t0)
	fadd.d	fa0, fa0, fa1
	fmv.x.d	a0, fa0
	ld	a1, 16(t0)
	sub	a0, a0, a1
	snez	a0, a0
	RVTEST_EXIT_A0

	.data
	.align	3
numbers:
	.double	0.1
	.double	0.2
	.double	0.30000000000000004
RVTEST_DATA
