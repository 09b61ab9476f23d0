/* Trap entry: saves the interrupted registers on this hart's stack and calls handle_trap().
 * mscratch holds the top of that stack all the time the firmware is not entering or leaving. */
#include <csr.h>

#define FRAME_SIZE	(34 * 8)
#define FRAME_MEPC	(32 * 8)
#define FRAME_MSTATUS	(33 * 8)

	.text
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	sp, mscratch, sp
	addi	sp, sp, -FRAME_SIZE
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, \n * 8(sp)
	.endr
	addi	t0, sp, FRAME_SIZE
	csrrw	t0, mscratch, t0
	sd	t0, 2 * 8(sp)
	csrr	t0, mepc
	csrr	t1, mstatus
	sd	t0, FRAME_MEPC(sp)
	sd	t1, FRAME_MSTATUS(sp)
	mv	a0, sp
	call	handle_trap

	ld	t0, FRAME_MEPC(sp)
	ld	t1, FRAME_MSTATUS(sp)
	csrw	mepc, t0
	csrw	mstatus, t1
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, \n * 8(sp)
	.endr
	ld	sp, 2 * 8(sp)
	mret
