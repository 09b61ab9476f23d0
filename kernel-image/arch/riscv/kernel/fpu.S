/* Storing and loading the floating-point registers: a0 = task. The kernel itself is compiled without them. */
#include <linux/linkage.h>
#include <asm/csr.h>
#include <generated/asm-offsets.h>

	.option arch, +d
	.text

	.macro each_register op
	.irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op f\i, \i*8(a0)
	.endr
	.endm

SYM_FUNC_START(__fstate_save)
	li a2, TASK_THREAD_FSTATE
	add a0, a0, a2
	li t1, SR_FS
	csrs sstatus, t1
	frcsr t0
	each_register fsd
	sw t0, 32*8(a0)
	csrc sstatus, t1
	ret
SYM_FUNC_END(__fstate_save)

SYM_FUNC_START(__fstate_restore)
	li a2, TASK_THREAD_FSTATE
	add a0, a0, a2
	li t1, SR_FS
	lw t0, 32*8(a0)
	csrs sstatus, t1
	each_register fld
	fscsr t0
	csrc sstatus, t1
	ret
SYM_FUNC_END(__fstate_restore)
