/* Clearing and copying whole pages. */
#include <linux/linkage.h>
#include <asm/page.h>

	.text

SYM_FUNC_START(clear_page)
	li t0, PAGE_SIZE
	add t0, a0, t0
1:	sd zero, 0(a0)
	sd zero, 8(a0)
	sd zero, 16(a0)
	sd zero, 24(a0)
	sd zero, 32(a0)
	sd zero, 40(a0)
	sd zero, 48(a0)
	sd zero, 56(a0)
	addi a0, a0, 64
	bltu a0, t0, 1b
	ret
SYM_FUNC_END(clear_page)

SYM_FUNC_START(copy_page)
	li t0, PAGE_SIZE
	add t0, a0, t0
1:	ld a2, 0(a1)
	ld a3, 8(a1)
	ld a4, 16(a1)
	ld a5, 24(a1)
	sd a2, 0(a0)
	sd a3, 8(a0)
	sd a4, 16(a0)
	sd a5, 24(a0)
	addi a1, a1, 32
	addi a0, a0, 32
	bltu a0, t0, 1b
	ret
SYM_FUNC_END(copy_page)
