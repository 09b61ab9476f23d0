/* Writes COMMAND to tohost, and exits with code 0 when it has been taken; COMMAND 0 is the system call SYSCALL instead. With FOREVER it does not end. */
#include "riscv_test.h"

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	csrr	a0, mhartid
	bnez	a0, .
	la	t0, tohost
	li	a1, COMMAND
	bnez	a1, 1f
	la	a1, request
1:	sd	a1, 0(t0)
2:	ld	a2, 0(t0)
	bnez	a2, 2b
#ifdef FOREVER
	j	.
#endif
	RVTEST_EXIT(0)

	.data
	.align	6
#ifndef SYSCALL
#define SYSCALL 0, 0, 0, 0
#endif
request: .dword	SYSCALL, 0, 0, 0, 0
RVTEST_DATA
