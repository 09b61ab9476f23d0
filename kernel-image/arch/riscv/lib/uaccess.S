/* Access to user memory from the kernel: a fault on a user address goes on at the access's fixup. */
#include <linux/errno.h>
#include <linux/linkage.h>
#include <asm/csr.h>

	.macro fixup op reg addr lbl
100:	\op \reg, \addr
	.pushsection __ex_table, "a"
	.balign 8
	.dword 100b, \lbl
	.popsection
	.endm

	.text

/* a0 = to, a1 = from, a2 = bytes. Returns the bytes not copied; a2 always holds them. */
SYM_FUNC_START(__asm_copy_user)
	li t6, SR_SUM
	csrs sstatus, t6
	li t1, 8
	xor t0, a0, a1
	andi t0, t0, 7
	bnez t0, 3f
1:	andi t0, a0, 7
	beqz t0, 2f
	beqz a2, 4f
	fixup lb t0, 0(a1), 4f
	fixup sb t0, 0(a0), 4f
	addi a0, a0, 1
	addi a1, a1, 1
	addi a2, a2, -1
	j 1b
2:	bltu a2, t1, 3f
	fixup ld t0, 0(a1), 4f
	fixup sd t0, 0(a0), 4f
	addi a0, a0, 8
	addi a1, a1, 8
	addi a2, a2, -8
	j 2b
3:	beqz a2, 4f
	fixup lb t0, 0(a1), 4f
	fixup sb t0, 0(a0), 4f
	addi a0, a0, 1
	addi a1, a1, 1
	addi a2, a2, -1
	j 3b
4:	csrc sstatus, t6
	mv a0, a2
	ret
SYM_FUNC_END(__asm_copy_user)

/* a0 = to, a1 = bytes. Returns the bytes not cleared. */
SYM_FUNC_START(__asm_clear_user)
	li t6, SR_SUM
	csrs sstatus, t6
	li t1, 8
1:	beqz a1, 3f
	andi t0, a0, 7
	bnez t0, 2f
	bltu a1, t1, 2f
	fixup sd zero, 0(a0), 3f
	addi a0, a0, 8
	addi a1, a1, -8
	j 1b
2:	fixup sb zero, 0(a0), 3f
	addi a0, a0, 1
	addi a1, a1, -1
	j 1b
3:	csrc sstatus, t6
	mv a0, a1
	ret
SYM_FUNC_END(__asm_clear_user)

/* a0 = address, a1 = expected, a2 = new, a3 = where what was there goes. */
SYM_FUNC_START(futex_atomic_cmpxchg)
	li t6, SR_SUM
	csrs sstatus, t6
1:	fixup lr.w.aqrl, t0, (a0), 3f
	bne t0, a1, 2f
	fixup sc.w.aqrl, "t1, a2", (a0), 3f
	bnez t1, 1b
2:	csrc sstatus, t6
	sw t0, (a3)
	li a0, 0
	ret
3:	csrc sstatus, t6
	li a0, -EFAULT
	ret
SYM_FUNC_END(futex_atomic_cmpxchg)
