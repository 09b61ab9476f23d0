/* Trap entry: saves the interrupted registers on this hart's stack and calls handle_trap().
 * mscratch holds the top of that stack all the time the firmware is not entering or leaving.
 * The .cfi lines let a debugger walk on from here into what was interrupted. */
#include <csr.h>

#define FRAME_SIZE	(34 * 8)
#define FRAME_MEPC	(32 * 8)
#define FRAME_MSTATUS	(33 * 8)

	.cfi_sections .debug_frame
	.text
	.balign	4
	.globl	trap_entry
	.type	trap_entry, @function
trap_entry:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 64		# stands for the pc of what was interrupted
	.cfi_register 64, mepc
	csrrw	sp, mscratch, sp
	.cfi_register sp, mscratch
	addi	sp, sp, -FRAME_SIZE
	.cfi_def_cfa sp, FRAME_SIZE
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, \n * 8(sp)
	.cfi_offset \n, \n * 8 - FRAME_SIZE
	.endr
	addi	t0, sp, FRAME_SIZE
	csrrw	t0, mscratch, t0
	.cfi_register sp, t0
	sd	t0, 2 * 8(sp)
	.cfi_offset sp, 2 * 8 - FRAME_SIZE
	csrr	t0, mepc
	csrr	t1, mstatus
	sd	t0, FRAME_MEPC(sp)
	.cfi_offset 64, FRAME_MEPC - FRAME_SIZE
	sd	t1, FRAME_MSTATUS(sp)
	mv	a0, sp
	call	handle_trap

	ld	t0, FRAME_MEPC(sp)
	ld	t1, FRAME_MSTATUS(sp)
	csrw	mepc, t0
	.cfi_register 64, mepc
	csrw	mstatus, t1
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, \n * 8(sp)
	.cfi_restore \n
	.endr
	ld	sp, 2 * 8(sp)
	.cfi_def_cfa sp, 0
	.cfi_restore sp
	mret
	.cfi_endproc
	.size	trap_entry, . - trap_entry
