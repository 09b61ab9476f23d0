/* Trap entry and exit, the first steps of a new task, and the switch between two. */
#include <linux/linkage.h>
#include <asm/csr.h>
#include <generated/asm-offsets.h>

	.text

/*
 * sscratch is 0 while the hart is in the kernel and holds the current task
 * while it is in user mode, so one swap with tp tells where the trap came from.
 */
SYM_FUNC_START(handle_exception)
	.cfi_signal_frame
	.cfi_undefined ra
	csrrw tp, sscratch, tp
	bnez tp, 1f
	csrr tp, sscratch
	sd sp, TASK_TI_KERNEL_SP(tp)
1:	sd sp, TASK_TI_USER_SP(tp)
	ld sp, TASK_TI_KERNEL_SP(tp)
	addi sp, sp, -PT_SIZE
	.cfi_def_cfa sp, PT_SIZE
	sd ra, PT_RA(sp)
	sd gp, PT_GP(sp)
	sd t0, PT_T0(sp)
	sd t1, PT_T1(sp)
	sd t2, PT_T2(sp)
	sd s0, PT_S0(sp)
	sd s1, PT_S1(sp)
	sd a0, PT_A0(sp)
	sd a1, PT_A1(sp)
	sd a2, PT_A2(sp)
	sd a3, PT_A3(sp)
	sd a4, PT_A4(sp)
	sd a5, PT_A5(sp)
	sd a6, PT_A6(sp)
	sd a7, PT_A7(sp)
	sd s2, PT_S2(sp)
	sd s3, PT_S3(sp)
	sd s4, PT_S4(sp)
	sd s5, PT_S5(sp)
	sd s6, PT_S6(sp)
	sd s7, PT_S7(sp)
	sd s8, PT_S8(sp)
	sd s9, PT_S9(sp)
	sd s10, PT_S10(sp)
	sd s11, PT_S11(sp)
	sd t3, PT_T3(sp)
	sd t4, PT_T4(sp)
	sd t5, PT_T5(sp)
	sd t6, PT_T6(sp)

	/* No user access and no floating point in the kernel unless asked for. */
	li t0, SR_SUM | SR_FS
	ld s0, TASK_TI_USER_SP(tp)
	csrrc s1, sstatus, t0
	csrr s2, sepc
	csrr s3, stval
	csrr s4, scause
	csrr s5, sscratch
	sd s0, PT_SP(sp)
	sd s1, PT_STATUS(sp)
	sd s2, PT_EPC(sp)
	sd s3, PT_BADADDR(sp)
	sd s4, PT_CAUSE(sp)
	sd s5, PT_TP(sp)
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
	.cfi_signal_frame
	.cfi_undefined ra
	.cfi_def_cfa sp, PT_SIZE
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
	ld ra, PT_RA(sp)
	ld gp, PT_GP(sp)
	ld tp, PT_TP(sp)
	ld t0, PT_T0(sp)
	ld t1, PT_T1(sp)
	ld t2, PT_T2(sp)
	ld s0, PT_S0(sp)
	ld s1, PT_S1(sp)
	ld a0, PT_A0(sp)
	ld a1, PT_A1(sp)
	ld a2, PT_A2(sp)
	ld a3, PT_A3(sp)
	ld a4, PT_A4(sp)
	ld a5, PT_A5(sp)
	ld a6, PT_A6(sp)
	ld a7, PT_A7(sp)
	ld s2, PT_S2(sp)
	ld s3, PT_S3(sp)
	ld s4, PT_S4(sp)
	ld s5, PT_S5(sp)
	ld s6, PT_S6(sp)
	ld s7, PT_S7(sp)
	ld s8, PT_S8(sp)
	ld s9, PT_S9(sp)
	ld s10, PT_S10(sp)
	ld s11, PT_S11(sp)
	ld t3, PT_T3(sp)
	ld t4, PT_T4(sp)
	ld t5, PT_T5(sp)
	ld t6, PT_T6(sp)
	ld sp, PT_SP(sp)
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
