/* Ends with the code CODE. */
#include "riscv_test.h"

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	csrr	a0, mhartid
	bnez	a0, .
	RVTEST_EXIT(CODE)
RVTEST_DATA
