/* Where every hart enters from the boot ROM: a0 = hart id, a1 = device tree, a2 = fw_dynamic_info.
 *
 * One hart, the same in every run, sets the machine up: the one that fw_dynamic_info names, else
 * hart 0. The others wait for its IPI: they may touch nothing in .bss before it is cleared. */
#include <csr.h>

#define FW_DYNAMIC_MAGIC	0x4942534f	/* "OSBI" */
#define FW_DYNAMIC_BOOT_HART	40		/* offset in struct fw_dynamic_info, version 2 */

	.cfi_sections .debug_frame
	.section .text.start, "ax", @progbits
	.globl	_start
_start:
	.cfi_startproc
	.cfi_undefined ra		# nobody called us: a debugger's walk ends here
	csrw	mie, zero
	csrw	mip, zero
	la	t0, early_trap
	csrw	mtvec, t0
	li	t0, MAX_HARTS
	bgeu	a0, t0, park

	li	t1, 0			# the boot hart
	beqz	a2, 1f
	ld	t2, 0(a2)
	li	t3, FW_DYNAMIC_MAGIC
	bne	t2, t3, 1f
	ld	t2, 8(a2)
	li	t3, 2
	bltu	t2, t3, 1f
	ld	t2, FW_DYNAMIC_BOOT_HART(a2)
	bgeu	t2, t0, 1f
	mv	t1, t2
1:	bne	a0, t1, wait_for_boot_hart

	la	t0, _bss_start
	la	t1, _bss_end
2:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 2b
	call	set_stack
	call	firmware_main

wait_for_boot_hart:
	li	t0, IRQ_MSIP
	csrw	mie, t0
3:	wfi
	la	t1, boot_hart_done
	lw	t1, 0(t1)
	fence	r, rw
	beqz	t1, 3b
	call	set_stack
	call	secondary_main

park:
	wfi
	j	park
	.cfi_endproc

/* A trap before the trap handler is in place leaves nothing sensible to do. */
	.balign	4
early_trap:
	j	park

/* sp = the top of this hart's stack, also in mscratch for the trap entry; keeps a0..a2. */
set_stack:
	la	sp, stacks
	addi	t0, a0, 1
	li	t1, STACK_SIZE
	mul	t0, t0, t1
	add	sp, sp, t0
	csrw	mscratch, sp
	la	t0, trap_entry
	csrw	mtvec, t0
	li	fp, 0
	ret

/* enter_supervisor(hartid, opaque, address) */
	.globl	enter_supervisor
enter_supervisor:
	csrw	mepc, a2
	csrw	satp, zero
	csrw	sie, zero
	li	t0, MSTATUS_MPP | MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MPRV | MSTATUS_MXR
	csrc	mstatus, t0
	li	t0, MSTATUS_MPP_S
	csrs	mstatus, t0
	call	set_stack
	mret

	.bss
	.balign	16
stacks:
	.space	STACK_SIZE * MAX_HARTS
