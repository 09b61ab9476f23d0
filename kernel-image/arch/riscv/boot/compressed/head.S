/*
 * Entry of the compressed image. The kernel belongs where this code was loaded,
 * so `start` moves all that follows it behind that place, compressed data and
 * all; from there the kernel is unpacked, and entered as the firmware entered
 * us. The two parts are linked where they run, but know only how far they are
 * apart.
 */
#include <linux/linkage.h>
#include <asm/csr.h>

#define STACK_SIZE 0x4000

	.section .head.text, "ax"

/* In: a0 = hart id, a1 = physical address of the device tree; MMU off, supervisor mode. */
SYM_FUNC_START(start)
	.cfi_undefined ra
	j 1f
	.balign 8
	/* The boot image header, as in arch/riscv/kernel/head.S. */
	.dword 0x200000			/* load offset from the start of memory */
	.dword 0			/* memory in use, which scripts/vmlinuz.mjs fills in, */
	.dword 0			/* flags: little-endian */
	.word 2				/* header version 0.2 */
	.word 0
	.dword 0
	.ascii "RISCV\0\0\0"
	.ascii "RSC\x05"
	.word 0
	/* as it does these two */
input_len:
	.dword 0
output_len:
	.dword 0

1:	csrw sie, zero
	csrw sip, zero
	mv s1, a0
	mv s5, a1
	la s2, start
	ld s3, input_len
	ld s4, output_len

	la t0, head_end
	la t1, restart
	la t2, input_data
	add t2, t2, s3
2:	ld t3, (t0)
	sd t3, (t1)
	addi t0, t0, 8
	addi t1, t1, 8
	bltu t1, t2, 2b
	fence.i
	tail restart
SYM_FUNC_END(start)

	/* Behind the kernel's place, which is s2. */
	.section .text.restart, "ax"
SYM_FUNC_START(restart)
	.cfi_undefined ra
	mv a0, s2
	la a1, input_data
	mv a2, s3
	mv a3, s4
	li t0, STACK_SIZE + 15
	add sp, a1, a2
	add sp, sp, t0
	andi sp, sp, -16
	li fp, 0			/* end of the chain of frames */
	call decompress_kernel
	fence.i
	mv a0, s1
	mv a1, s5
	jr s2
SYM_FUNC_END(restart)
