/* What the assembly programs of the tests begin and end with, in the manner of the riscv-tests: HTIF words, exit, signature. */
#define TOHOST_EXIT(code) (((code) << 1) | 1)

/* Ends with the code in a0. */
#define RVTEST_EXIT_A0                                                                                                 \
	slli	a0, a0, 1;                                                                                             \
	ori	a0, a0, 1;                                                                                             \
1:	la	t0, tohost;                                                                                            \
	sd	a0, 0(t0);                                                                                             \
	j	1b

#define RVTEST_EXIT(code)                                                                                              \
	li	a0, code;                                                                                              \
	RVTEST_EXIT_A0

#define RVTEST_DATA                                                                                                    \
	.pushsection .tohost, "aw", @progbits;                                                                         \
	.align	6;                                                                                                     \
	.globl	tohost;                                                                                                \
tohost:	.dword	0;                                                                                                     \
	.align	6;                                                                                                     \
	.globl	fromhost;                                                                                              \
fromhost: .dword 0;                                                                                                    \
	.popsection
