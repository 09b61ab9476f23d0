/* Start of a benchmark: a stack, with -DPAGING a page table of 2 MiB pages, main in M- or S-mode, then the test finisher. */
	.section .text.start
	.globl	_start
_start:
	la	sp, stack_top
#ifdef PAGING
	/* Everything is open to S-mode, and RAM is mapped where it is, in pages of 4 KiB that main makes. */
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	call	make_page_table
	csrw	satp, a0
	sfence.vma
	li	t0, 1 << 11
	csrs	mstatus, t0
	li	t0, 1 << 12
	csrc	mstatus, t0
	la	t0, run
	csrw	mepc, t0
	mret
#endif
run:
#ifdef __riscv_flen
	li	t0, 1 << 13
	csrs	mstatus, t0
#endif
	call	main
	/* The low byte of the result becomes the exit status, so that two machines can be compared by it. */
	andi	t1, a0, 255
	slli	t1, t1, 16
	li	t0, 0x3333
	or	t1, t1, t0
	li	t0, 0x100000
	sw	t1, 0(t0)
1:	j	1b

	.bss
	.balign	16
	.space	65536
stack_top:
