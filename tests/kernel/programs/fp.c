/* Floating-point registers belong to one task: across switches, forks, signals and exec. */
#include "check.h"
#include <fenv.h>
#include <math.h>
#include <sched.h>
#include <sys/mman.h>
#include <ucontext.h>

/* Puts values into all registers, gives the processor away, and counts registers that have changed. */
static int disturbed(double seed, int rounds)
{
	double in[32], out[32];
	int bad = 0;

	for (int i = 0; i < 32; i++)
		in[i] = seed + i * 0.125;
	while (rounds--) {
		asm volatile(
			".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
			"fld f\\i, \\i*8(%0)\n .endr\n"
			"li a7, 124\n ecall\n"	/* sched_yield */
			".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
			"fsd f\\i, \\i*8(%1)\n .endr\n"
			: : "r"(in), "r"(out)
			: "memory", "a0", "a7", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1",
			  "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10",
			  "fs11", "ft8", "ft9", "ft10", "ft11");
		for (int i = 0; i < 32; i++)
			bad += in[i] != out[i];
	}
	return bad;
}

static unsigned int fcsr(void)
{
	unsigned int value;

	asm volatile("frcsr %0" : "=r"(value));
	return value;
}

static void spoil(int sig)
{
	fesetround(FE_UPWARD);
	disturbed(1000.5, 1);
	feraiseexcept(FE_ALL_EXCEPT);
}

static void edit(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	double value = 42.25;

	memcpy(&uc->uc_mcontext.__fpregs.__d.__f[8], &value, sizeof(value));	/* fs0 */
	uc->uc_mcontext.__fpregs.__d.__fcsr = 1 << 5;				/* toward zero */
}

static uint64_t first[32];
static unsigned int first_fcsr;

/* What the registers are before any of the program's own arithmetic. */
__attribute__((constructor)) static void look(void)
{
	asm volatile(".irp i,18,19,20,21,22,23,24,25,26,27\n fsd f\\i, \\i*8(%0)\n .endr" : : "r"(first) : "memory");
	first_fcsr = fcsr();
}

int main(int argc, char **argv)
{
	struct sigaction editor = { .sa_sigaction = edit, .sa_flags = SA_SIGINFO };
	uint64_t registers[1];
	int bad = 0, status;
	pid_t pids[4];
	double kept;

	if (argc > 1) {
		for (int i = 18; i <= 27; i++)
			bad += first[i] != 0;
		return bad || first_fcsr;
	}
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			fesetround(i & 1 ? FE_DOWNWARD : FE_UPWARD);
			bad = disturbed(i * 17.75, 300);
			_exit(bad || fegetround() != (i & 1 ? FE_DOWNWARD : FE_UPWARD));
		}
	}
	for (int i = 0; i < 4; i++) {
		waitpid(pids[i], &status, 0);
		bad += !exited(status, 0);
	}
	check(!bad, "four tasks keep 32 registers and a rounding mode each");

	asm volatile("fmv.d.x fs1, %0" : : "r"(0x400921fb54442d18) : "fs1");
	if ((pids[0] = fork()) == 0) {
		asm volatile("fmv.x.d %0, fs1" : "=r"(registers[0]));
		_exit(registers[0] != 0x400921fb54442d18);
	}
	waitpid(pids[0], &status, 0);
	check(exited(status, 0), "a child starts with its parent's registers");

	signal(SIGUSR1, spoil);
	asm volatile("fscsr %0" : : "r"(0));
	asm volatile("fmv.d.x fs2, %0\n mv a0, %1\n mv a1, %2\n li a7, 129\n ecall\n fmv.x.d %3, fs2"
		     : : "r"(0x1234567887654321), "r"(getpid()), "r"(SIGUSR1), "r"(0) : "a0", "a1", "a7", "fs2", "memory");
	asm volatile("fmv.x.d %0, fs2" : "=r"(registers[0]));
	check(registers[0] == 0x1234567887654321 && fcsr() == 0, "a handler's arithmetic is undone");

	sigaction(SIGUSR2, &editor, NULL);
	asm volatile("mv a0, %1\n mv a1, %2\n li a7, 129\n ecall\n fmv.d %0, fs0"
		     : "=f"(kept) : "r"(getpid()), "r"(SIGUSR2) : "a0", "a1", "a7", "fs0", "memory");
	check(kept == 42.25 && fegetround() == FE_TOWARDZERO, "a handler may change the registers in its frame");
	fesetround(FE_TONEAREST);

	if ((pids[0] = fork()) == 0) {
		asm volatile("fmv.d.x fs2, %0\n fmv.d.x fs3, %0\n fmv.d.x fs11, %0\n fscsr %1"
			     : : "r"(-1L), "r"(0x61) : "fs2", "fs3", "fs11");
		execl("/proc/self/exe", "fp", "again", NULL);
		_exit(9);
	}
	waitpid(pids[0], &status, 0);
	check(exited(status, 0), "a new program finds registers that are zero");

	kept = 0;
	for (int i = 1; i <= 1000; i++)
		kept += sqrt(i) * sin(i);
	check(fabs(kept - (-2.5879475779209002)) < 1e-9, "the mathematical library computes");
	return finish();
}
