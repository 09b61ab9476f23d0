/* Writes a line by the proxy kernel's system call, one letter by the console device, and ends by the exit call. */
#include "riscv_test.h"

#define SYS_write 64
#define SYS_exit 93
#define CONSOLE_PUTCHAR 0x0101000000000000

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	la	s0, tohost
	la	s1, fromhost
	la	s2, call
	li	t0, SYS_write
	sd	t0, 0(s2)
	li	t0, 1
	sd	t0, 8(s2)
	la	t0, text
	sd	t0, 16(s2)
	la	t1, text_end
	sub	t0, t1, t0
	sd	t0, 24(s2)
	sd	s2, 0(s0)
1:	ld	t1, 0(s1)
	beqz	t1, 1b
	sd	zero, 0(s1)
	ld	s3, 0(s2)

	li	t0, CONSOLE_PUTCHAR + 'x'
	sd	t0, 0(s0)
1:	ld	t1, 0(s0)
	bnez	t1, 1b

	/* The code is what the first call returned. */
	li	t0, SYS_exit
	sd	t0, 0(s2)
	sd	s3, 8(s2)
	sd	s2, 0(s0)
	j	.

	.data
	.align	6
call:	.fill	8, 8, 0
text:	.ascii	"from the proxy\n"
text_end:
RVTEST_DATA
