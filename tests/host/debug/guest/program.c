/* A bare M-mode program for debugger tests: hart 0 makes a few calls and powers off once released, the others wait. */
#define FINISHER ((volatile unsigned int *)0x100000)
#define FINISHER_PASS 0x5555

volatile unsigned long counter;
volatile int released;

__asm__(".section .start, \"ax\"\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	.cfi_startproc\n"
	"	.cfi_undefined ra\n"
	"	csrr t0, mhartid\n"
	"	bnez t0, 1f\n"
	"	la sp, stack_end\n"
	"	call start_kernel\n"
	"1:	wfi\n"
	"	j 1b\n"
	"	.cfi_endproc\n"
	"	.size _start, . - _start\n"
	"	.bss\n"
	"	.balign 16\n"
	"	.skip 4096\n"
	"stack_end:\n"
	"	.text\n");

static __attribute__((noinline)) void count(unsigned long step)
{
	counter += step;
}

static __attribute__((noinline)) void setup_arch(void)
{
	for (int i = 0; i < 10; i++)
		count(i);
}

void start_kernel(void)
{
	setup_arch();
	while (!released)
		count(1);
	*FINISHER = FINISHER_PASS;
	for (;;)
		;
}
