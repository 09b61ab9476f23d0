/* A bare M-mode program for debugger tests: hart 0 makes a few calls and powers off once released, hart 1 waits, others spin. */
#define FINISHER ((volatile unsigned int *)0x100000)
#define FINISHER_PASS 0x5555

volatile unsigned long counter;
volatile int released;
volatile unsigned long spins;

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
	"1:	li t1, 1\n"
	"	bgtu t0, t1, 3f\n"
	"2:	wfi\n"
	"	j 2b\n"
	"3:	la t2, spins\n"
	"4:	amoadd.d zero, t1, (t2)\n"
	"	j 4b\n"
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

/* Long enough for the other harts to start. */
static __attribute__((noinline)) void delay(void)
{
	for (int i = 0; i < 5000; i++)
		__asm__ volatile("");
}

static __attribute__((noinline)) void setup_arch(void)
{
	for (int i = 0; i < 10; i++)
		count(i);
}

void start_kernel(void)
{
	delay();
	setup_arch();
	while (!released)
		count(1);
	*FINISHER = FINISHER_PASS;
	for (;;)
		;
}
