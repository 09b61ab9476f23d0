/* Instructions that may trap, tried: each function returns whether its instructions went through.
 * While one runs, mtvec leads to a handler that steps over the trapping instruction and notes it in t6.
 * The handler leaves mcause and mtval for the caller; mstatus is restored, as the trap changes it. */
#include <csr.h>

#define MENVCFG	0x30a

	.macro	begin
	csrr	t3, mstatus
	la	t4, stepped_over
	csrrw	t4, mtvec, t4
	li	t6, 0
	.option	push
	.option	norvc
	.endm

	.macro	end
	.option	pop
	csrw	mtvec, t4
	csrw	mstatus, t3
	seqz	a0, t6
	ret
	.endm

	.text
	.balign	4
stepped_over:
	csrr	t5, mepc
	addi	t5, t5, 4
	csrw	mepc, t5
	li	t6, 1
	mret

	.globl	try_read_menvcfg
try_read_menvcfg:
	begin
	csrr	t0, MENVCFG
	sd	t0, 0(a0)
	end

	.globl	try_write_menvcfg
try_write_menvcfg:
	begin
	csrw	MENVCFG, a0
	end

	.globl	try_write_pmp
try_write_pmp:
	begin
	csrw	pmpaddr0, a1
	csrw	pmpaddr1, a2
	csrw	pmpcfg0, a0
	end

/* All counters for S-mode, the standard three for U-mode, none inhibited. */
	.globl	try_write_counters
try_write_counters:
	begin
	li	t0, -1
	csrw	mcounteren, t0
	csrwi	scounteren, 7
	csrwi	mcountinhibit, 0
	end

	.globl	try_load
try_load:
	begin
	csrs	mstatus, a2
	lbu	t0, 0(a0)
	csrw	mstatus, t3
	sb	t0, 0(a1)
	end

	.globl	try_store
try_store:
	begin
	csrs	mstatus, a2
	sb	a1, 0(a0)
	end
