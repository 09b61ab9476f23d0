/* Fills a signature, as the tests of riscv-arch-test do. */
#include "riscv_test.h"

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	la	t0, begin_signature
	li	t1, 0x0123456789abcdef
	sd	t1, 0(t0)
	li	t1, -2
	sd	t1, 8(t0)
	RVTEST_EXIT(0)

	.data
	.align	4
	.globl	begin_signature
begin_signature:
	.fill	6, 4, 0xdeadbeef
	.globl	end_signature
end_signature:
RVTEST_DATA
