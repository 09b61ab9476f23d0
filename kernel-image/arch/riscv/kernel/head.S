/* Entry of the kernel: the boot hart at _start, every other one at secondary_start. */
#include <linux/linkage.h>
#include <asm/csr.h>
#include <asm/page.h>
#include <generated/asm-offsets.h>

	/* The linker would turn pc-relative addresses into absolute ones, which are wrong until the MMU is on. */
	.option norelax
	.section .head.text, "ax"

/*
 * The first 64 bytes are the RISC-V boot image header, which begins with a
 * jump over itself. In: a0 = hart id, a1 = physical address of the device
 * tree; MMU off, supervisor mode.
 */
SYM_FUNC_START(_start)
	.cfi_undefined ra		/* nobody called us: a debugger's walk ends here */
	j 1f
	.balign 8
	.dword 0x200000			/* load offset from the start of memory */
	.dword _end - _start		/* image size, bss included */
	.dword 0			/* flags: little-endian */
	.word 2				/* header version 0.2 */
	.word 0
	.dword 0
	.ascii "RISCV\0\0\0"
	.ascii "RSC\x05"
	.word 0

1:	csrw sie, zero
	csrw sip, zero
	li t0, SR_FS
	csrc sstatus, t0
	la gp, __global_pointer$

	/* The first hart to draw is CPU 0. */
	la t0, hart_lottery
	li t1, 1
	amoadd.w t0, t1, (t0)
	bnez t0, 4f

	mv s0, a0
	mv s1, a1
	la t0, __bss_start
	la t1, __bss_stop
	bgeu t0, t1, 3f
2:	sd zero, (t0)
	addi t0, t0, 8
	bltu t0, t1, 2b
3:	la t0, boot_cpu_hartid
	sd s0, (t0)

	la tp, init_task
	la sp, init_stack
	li t0, THREAD_SIZE - PT_SIZE
	add sp, sp, t0
	mv a0, s1
	call setup_vm
	call relocate_enable_mmu

	/* The same again with virtual addresses. */
	la tp, init_task
	la sp, init_stack
	li t0, THREAD_SIZE - PT_SIZE
	add sp, sp, t0
	la t0, handle_exception
	csrw stvec, t0
	csrw sscratch, zero		/* 0: we are in the kernel */
	li s0, 0			/* end of the chain of frames */
	li ra, 0
	call start_kernel

	/*
	 * A later one. HSM should have sent it to secondary_start, but OpenSBI
	 * up to 1.1 may release a hart before it has noted where to: look
	 * whether boot_data expects it.
	 */
4:	la a1, boot_data
	li t0, NR_CPUS
5:	ld t1, BOOT_DATA_TASK(a1)
	beqz t1, 6f
	ld t1, BOOT_DATA_HARTID(a1)
	beq t1, a0, secondary_start
6:	addi a1, a1, BOOT_DATA_SIZE
	addi t0, t0, -1
	bnez t0, 5b
	wfi
	j 4b
SYM_FUNC_END(_start)

/*
 * Turns the MMU on with early_pg_dir, which maps the image at its own
 * physical addresses, too, and returns to the caller's virtual address.
 */
SYM_FUNC_START(relocate_enable_mmu)
	la t0, kernel_map
	ld t1, KERNEL_MAP_VA_KERNEL_PA_OFFSET(t0)
	add ra, ra, t1
	la t0, 1f
	add t0, t0, t1
	la t2, early_pg_dir
	srli t2, t2, PAGE_SHIFT
	li t3, SATP_MODE_39
	or t2, t2, t3
	sfence.vma
	csrw satp, t2
	sfence.vma
	jr t0
1:	la gp, __global_pointer$
	ret
SYM_FUNC_END(relocate_enable_mmu)

/* Entry of a hart started through SBI HSM: a0 = hart id, a1 = physical address of its entry in boot_data. */
SYM_FUNC_START(secondary_start)
	.cfi_undefined ra
	csrw sie, zero
	csrw sip, zero
	li t0, SR_FS
	csrc sstatus, t0
	ld tp, BOOT_DATA_TASK(a1)
	ld sp, BOOT_DATA_STACK(a1)
	call relocate_enable_mmu
	la t0, handle_exception
	csrw stvec, t0
	csrw sscratch, zero
	li s0, 0
	li ra, 0
	call smp_callin
SYM_FUNC_END(secondary_start)

	.data
	.balign 4
hart_lottery:
	.word 0
