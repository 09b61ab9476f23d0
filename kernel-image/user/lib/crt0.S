/* Where a program begins: the kernel enters _start with argc, argv and envp on the stack. */
	.cfi_sections .debug_frame
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined ra		# nobody called us: a debugger's walk ends here
	.option	push
	.option	norelax
	lla	gp, __global_pointer$
	.option	pop
	mv	a0, sp
	andi	sp, sp, -16
	li	fp, 0
	li	ra, 0
	tail	libc_start
	.cfi_endproc
	.size	_start, . - _start
