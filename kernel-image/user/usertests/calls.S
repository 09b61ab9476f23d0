/* System calls and threads without a library between. */

	.globl sys
	.type sys, @function
sys:
	mv a7, a0
	mv a0, a1
	mv a1, a2
	mv a2, a3
	mv a3, a4
	mv a4, a5
	mv a5, a6
	ecall
	ret
	.size sys, . - sys

/* long clone_thread(flags, stack_end, parent_tid, tls, child_tid, function, argument) */
	.globl clone_thread
	.type clone_thread, @function
clone_thread:
	addi a1, a1, -16
	sd a5, 0(a1)
	sd a6, 8(a1)
	li a7, 220
	ecall
	bnez a0, 1f
	ld t0, 0(sp)
	ld a0, 8(sp)
	jalr t0
	li a7, 93
	ecall
1:	ret
	.size clone_thread, . - clone_thread
