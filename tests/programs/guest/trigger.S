/*
 * Sets debug triggers and says what comes of them on the console, a line for each case: tdata1 as it reads after the
 * write, the cause of the trap, and where it was taken, from the start of the code on.
 */
#define UART 0x10000000
#define UART_LSR 5
#define LSR_THRE 0x20
#define FINISHER 0x100000
#define PASS 0x5555
#define MSTATUS_MIE_MPIE 0x88
#define MSTATUS_MPP 0x1800
#define MPP_SHIFT 11

#define TYPE2 (2 << 60)
#define TYPE6 (6 << 60)
#define M 0x40
#define S 0x10
#define U 0x08
#define EXECUTE 4
#define STORE 2
#define LOAD 1

	/* A case: trigger, its control and address, the level, and what is executed there. */
	.macro	try trigger, control, address, level, snippet
	.dword	\trigger, \control, \address, \level << MPP_SHIFT, \snippet
	.endm

	.macro	tryall control, address, snippet
	.irp	level, 0, 1, 3
	try	0, \control, \address, \level, \snippet
	.endr
	.endm

	.section .text.init, "ax", @progbits
	.globl	_start
_start:
	csrr	a0, mhartid
	bnez	a0, .
	la	t0, handler
	csrw	mtvec, t0
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	la	s0, cases
	la	s1, cases_end
next:
	bgeu	s0, s1, done
	ld	t0, 0(s0)
	csrw	tselect, t0
	ld	t0, 16(s0)
	csrw	tdata2, t0
	ld	t0, 8(s0)
	csrw	tdata1, t0
	csrr	a0, tdata1
	call	hex
	li	t0, MSTATUS_MPP
	csrc	mstatus, t0
	ld	t0, 24(s0)
	csrs	mstatus, t0
	/* Native triggers fire in M-mode while interrupts are enabled there. */
	li	t0, MSTATUS_MIE_MPIE
	csrs	mstatus, t0
	ld	s2, 32(s0)
	csrw	mepc, s2
	la	s3, data
	mret

	.align	2
handler:
	csrr	s4, mcause
	csrr	s5, mepc
	csrw	tdata1, zero
	mv	a0, s4
	call	hex
	sub	a0, s5, s2
	call	hex
	li	a0, '\n'
	call	put
	addi	s0, s0, 40
	j	next

done:
	li	t0, FINISHER
	li	t1, PASS
	sw	t1, 0(t0)
	j	.

put:
	li	t0, UART
1:	lbu	t1, UART_LSR(t0)
	andi	t1, t1, LSR_THRE
	beqz	t1, 1b
	sb	a0, 0(t0)
	ret

/* Writes a0 as 16 digits and a space. */
hex:
	mv	s10, ra
	mv	s11, a0
	li	s9, 60
2:	srl	a0, s11, s9
	andi	a0, a0, 15
	addi	a0, a0, '0'
	li	t0, '9'
	ble	a0, t0, 3f
	addi	a0, a0, 'a' - '0' - 10
3:	call	put
	addi	s9, s9, -4
	bgez	s9, 2b
	li	a0, ' '
	call	put
	jr	s10

	.align	12
do_nop:	nop
	ecall
do_lw:	lw	a1, 0(s3)
	ecall
do_ld:	ld	a1, 0(s3)
	ecall
do_lb:	lb	a1, 4(s3)
	ecall
do_sw:	sw	zero, 0(s3)
	ecall
do_sd:	sd	zero, 0(s3)
	ecall
do_amo:	amoadd.w a1, zero, (s3)
	ecall
do_lr:	lr.w	a1, (s3)
	ecall
do_fld:	fld	fa0, 0(s3)
	ecall
do_jump: j	do_nop

	.data
	.align	12
data:	.dword	0, 0

	.align	3
cases:
	/* Each level with the trigger of each. */
	.irp	enabled, M, S, U, M | S | U
	tryall	TYPE2 | \enabled | EXECUTE, do_nop, do_nop
	tryall	TYPE2 | \enabled | LOAD, data, do_lw
	tryall	TYPE2 | \enabled | STORE, data, do_sd
	tryall	TYPE6 | \enabled | EXECUTE, do_nop, do_nop
	tryall	TYPE6 | \enabled | LOAD, data, do_ld
	tryall	TYPE6 | \enabled | STORE, data, do_sw
	.endr
	/* Loads are no stores, and atomics are both. */
	try	1, TYPE2 | M | S | U | STORE, data, 3, do_lw
	try	1, TYPE2 | M | S | U | STORE, data, 3, do_lr
	.irp	kind, LOAD, STORE, LOAD | STORE
	try	1, TYPE2 | M | S | U | \kind, data, 3, do_amo
	.endr
	try	1, TYPE2 | M | S | U | LOAD, data, 3, do_lr
	try	1, TYPE2 | M | S | U | LOAD, data, 3, do_fld
	/* Somewhere else: not there, at other bytes, on the same page; a jump to it. */
	try	0, TYPE2 | M | EXECUTE, do_lw, 3, do_nop
	try	0, TYPE2 | M | EXECUTE, do_nop + 4096, 3, do_nop
	try	0, TYPE2 | M | EXECUTE, do_nop, 3, do_jump
	try	1, TYPE2 | M | LOAD, data + 8, 3, do_ld
	try	1, TYPE2 | M | LOAD, data + 64, 3, do_lb
	try	1, TYPE2 | M | LOAD, data + 4, 3, do_lb
	try	1, TYPE2 | M | STORE, data + 4, 3, do_sd
	/* Nothing enabled, and nothing to wait for. */
	try	0, TYPE2 | LOAD | STORE | EXECUTE, data, 3, do_lw
	try	0, TYPE2 | M | S | U, data, 3, do_sw
cases_end:
