/* The registers of who calls, for a panic that no trap has brought. */
#include <linux/linkage.h>
#include <asm/csr.h>
#include <generated/asm-offsets.h>

	.text

/* void riscv_crash_save_regs(struct pt_regs *regs): as they are when it returns. */
SYM_FUNC_START(riscv_crash_save_regs)
	sd ra, PT_EPC(a0)
	sd ra, PT_RA(a0)
	sd sp, PT_SP(a0)
	sd gp, PT_GP(a0)
	sd tp, PT_TP(a0)
	sd t0, PT_T0(a0)
	sd t1, PT_T1(a0)
	sd t2, PT_T2(a0)
	sd s0, PT_S0(a0)
	sd s1, PT_S1(a0)
	sd a0, PT_A0(a0)
	sd a1, PT_A1(a0)
	sd a2, PT_A2(a0)
	sd a3, PT_A3(a0)
	sd a4, PT_A4(a0)
	sd a5, PT_A5(a0)
	sd a6, PT_A6(a0)
	sd a7, PT_A7(a0)
	sd s2, PT_S2(a0)
	sd s3, PT_S3(a0)
	sd s4, PT_S4(a0)
	sd s5, PT_S5(a0)
	sd s6, PT_S6(a0)
	sd s7, PT_S7(a0)
	sd s8, PT_S8(a0)
	sd s9, PT_S9(a0)
	sd s10, PT_S10(a0)
	sd s11, PT_S11(a0)
	sd t3, PT_T3(a0)
	sd t4, PT_T4(a0)
	sd t5, PT_T5(a0)
	sd t6, PT_T6(a0)
	csrr t0, sstatus
	sd t0, PT_STATUS(a0)
	csrr t0, stval
	sd t0, PT_BADADDR(a0)
	csrr t0, scause
	sd t0, PT_CAUSE(a0)
	ret
SYM_FUNC_END(riscv_crash_save_regs)
