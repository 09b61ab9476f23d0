/* Trap entry and exit, the first steps of a new task, and the switch between two. */
#include <linux/linkage.h>
#include <asm/csr.h>
#include <generated/asm-offsets.h>

	.text

/*
 * Where a debugger finds what was interrupted: the DWARF column 64 stands for the pc there (psABI, "DWARF Register
 * Numbers"), and the registers lie in the pt_regs at sp, whose end is the canonical frame address.
 */
	.macro cfi_interrupted
	.cfi_signal_frame
	.cfi_return_column 64
	.endm
	.macro save reg, offset
	sd \reg, \offset(sp)
	.cfi_offset \reg, \offset - PT_SIZE
	.endm
	.macro restore reg, offset
	ld \reg, \offset(sp)
	.cfi_restore \reg
	.endm

/*
 * sscratch is 0 while the hart is in the kernel and holds the current task
 * while it is in user mode, so one swap with tp tells where the trap came from.
 */
SYM_FUNC_START(handle_exception)
	cfi_interrupted
	.cfi_register 64, sepc
	csrrw tp, sscratch, tp
	.cfi_register tp, sscratch
	bnez tp, 1f
	csrr tp, sscratch
	sd sp, TASK_TI_KERNEL_SP(tp)
1:	sd sp, TASK_TI_USER_SP(tp)
	.cfi_escape 0x10, 2, 2, 0x74, TASK_TI_USER_SP	/* DW_CFA_expression: sp is at tp + TASK_TI_USER_SP */
	.if TASK_TI_USER_SP >= 64
	.error "the offset does not fit into one byte of LEB128"
	.endif
	ld sp, TASK_TI_KERNEL_SP(tp)
	addi sp, sp, -PT_SIZE
	.cfi_def_cfa sp, PT_SIZE
	save ra, PT_RA
	save gp, PT_GP
	save t0, PT_T0
	save t1, PT_T1
	save t2, PT_T2
	save s0, PT_S0
	save s1, PT_S1
	save a0, PT_A0
	save a1, PT_A1
	save a2, PT_A2
	save a3, PT_A3
	save a4, PT_A4
	save a5, PT_A5
	save a6, PT_A6
	save a7, PT_A7
	save s2, PT_S2
	save s3, PT_S3
	save s4, PT_S4
	save s5, PT_S5
	save s6, PT_S6
	save s7, PT_S7
	save s8, PT_S8
	save s9, PT_S9
	save s10, PT_S10
	save s11, PT_S11
	save t3, PT_T3
	save t4, PT_T4
	save t5, PT_T5
	save t6, PT_T6

	/* No user access and no floating point in the kernel unless asked for. */
	li t0, SR_SUM | SR_FS
	ld s0, TASK_TI_USER_SP(tp)
	csrrc s1, sstatus, t0
	csrr s2, sepc
	csrr s3, stval
	csrr s4, scause
	csrr s5, sscratch
	sd s0, PT_SP(sp)
	.cfi_offset sp, PT_SP - PT_SIZE
	sd s1, PT_STATUS(sp)
	sd s2, PT_EPC(sp)
	.cfi_offset 64, PT_EPC - PT_SIZE
	sd s3, PT_BADADDR(sp)
	sd s4, PT_CAUSE(sp)
	sd s5, PT_TP(sp)
	.cfi_offset tp, PT_TP - PT_SIZE
	csrw sscratch, zero
	.option push
	.option norelax
	la gp, __global_pointer$
	.option pop

	addi s0, sp, PT_SIZE
	mv a0, sp
	bltz s4, 2f
	call do_trap
	j ret_from_exception
2:	call do_irq
	j ret_from_exception
SYM_FUNC_END(handle_exception)

/* sp = the pt_regs to leave through. */
SYM_FUNC_START(ret_from_exception)
	cfi_interrupted
	.cfi_def_cfa sp, PT_SIZE
	.cfi_offset 64, PT_EPC - PT_SIZE
	.cfi_offset sp, PT_SP - PT_SIZE
	.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.cfi_offset \n, PT_RA + 8 * (\n - 1) - PT_SIZE	/* pt_regs has x1 to x31 in their order */
	.endr
	mv a0, sp
	call irqentry_exit		/* comes back with interrupts off */
	ld s0, PT_STATUS(sp)
	andi t0, s0, SR_SPP
	bnez t0, 1f
	addi t0, sp, PT_SIZE
	sd t0, TASK_TI_KERNEL_SP(tp)
	csrw sscratch, tp
1:	ld a2, PT_EPC(sp)
	/* A store-conditional ends any reservation that the interrupted context held. */
	addi t0, sp, PT_EPC
	sc.d zero, a2, (t0)
	csrw sstatus, s0
	csrw sepc, a2
	.cfi_register 64, sepc
	restore ra, PT_RA
	restore gp, PT_GP
	restore tp, PT_TP
	restore t0, PT_T0
	restore t1, PT_T1
	restore t2, PT_T2
	restore s0, PT_S0
	restore s1, PT_S1
	restore a0, PT_A0
	restore a1, PT_A1
	restore a2, PT_A2
	restore a3, PT_A3
	restore a4, PT_A4
	restore a5, PT_A5
	restore a6, PT_A6
	restore a7, PT_A7
	restore s2, PT_S2
	restore s3, PT_S3
	restore s4, PT_S4
	restore s5, PT_S5
	restore s6, PT_S6
	restore s7, PT_S7
	restore s8, PT_S8
	restore s9, PT_S9
	restore s10, PT_S10
	restore s11, PT_S11
	restore t3, PT_T3
	restore t4, PT_T4
	restore t5, PT_T5
	restore t6, PT_T6
	ld sp, PT_SP(sp)
	.cfi_def_cfa sp, 0
	.cfi_restore sp
	sret
SYM_FUNC_END(ret_from_exception)

/* First instructions of every task but the idle ones: s0 = kernel thread's function or 0, s1 = its argument. */
SYM_FUNC_START(ret_from_fork)
	.cfi_undefined ra
	call schedule_tail
	beqz s0, 1f
	mv a0, s1
	mv t0, s0
	li s0, 0
	jalr t0				/* returns only after an exec: then to user mode */
1:	mv a0, sp
	j ret_from_exception
SYM_FUNC_END(ret_from_fork)

/* struct task_struct *__switch_to(prev, next): returns prev, on next's stack. */
SYM_FUNC_START(__switch_to)
	sd ra, TASK_THREAD_RA(a0)
	sd sp, TASK_THREAD_SP(a0)
	sd s0, TASK_THREAD_S + 0*8(a0)
	sd s1, TASK_THREAD_S + 1*8(a0)
	sd s2, TASK_THREAD_S + 2*8(a0)
	sd s3, TASK_THREAD_S + 3*8(a0)
	sd s4, TASK_THREAD_S + 4*8(a0)
	sd s5, TASK_THREAD_S + 5*8(a0)
	sd s6, TASK_THREAD_S + 6*8(a0)
	sd s7, TASK_THREAD_S + 7*8(a0)
	sd s8, TASK_THREAD_S + 8*8(a0)
	sd s9, TASK_THREAD_S + 9*8(a0)
	sd s10, TASK_THREAD_S + 10*8(a0)
	sd s11, TASK_THREAD_S + 11*8(a0)
	ld ra, TASK_THREAD_RA(a1)
	ld sp, TASK_THREAD_SP(a1)
	ld s0, TASK_THREAD_S + 0*8(a1)
	ld s1, TASK_THREAD_S + 1*8(a1)
	ld s2, TASK_THREAD_S + 2*8(a1)
	ld s3, TASK_THREAD_S + 3*8(a1)
	ld s4, TASK_THREAD_S + 4*8(a1)
	ld s5, TASK_THREAD_S + 5*8(a1)
	ld s6, TASK_THREAD_S + 6*8(a1)
	ld s7, TASK_THREAD_S + 7*8(a1)
	ld s8, TASK_THREAD_S + 8*8(a1)
	ld s9, TASK_THREAD_S + 9*8(a1)
	ld s10, TASK_THREAD_S + 10*8(a1)
	ld s11, TASK_THREAD_S + 11*8(a1)
	mv tp, a1
	ret
SYM_FUNC_END(__switch_to)
