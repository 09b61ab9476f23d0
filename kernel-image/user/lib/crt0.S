/* Where a program begins: the kernel enters _start with argc, argv and envp on the stack. */
	.globl	_start
	.type	_start, @function
_start:
	.option	push
	.option	norelax
	lla	gp, __global_pointer$
	.option	pop
	mv	a0, sp
	andi	sp, sp, -16
	li	fp, 0
	li	ra, 0
	tail	libc_start
	.size	_start, . - _start
