/* Signals as programs use them: handlers with information, other stacks, faults that are mended, queues, timers. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>

static volatile sig_atomic_t caught;
static siginfo_t last;
static char *volatile stack_at;
static char *page;
static sigjmp_buf jump;

static void note(int sig, siginfo_t *info, void *context)
{
	volatile char here;

	caught++;
	last = *info;
	stack_at = (char *)&here;
}

/* Makes the page that was touched usable, so that the access succeeds when it is tried again. */
static void mend(int sig, siginfo_t *info, void *context)
{
	caught++;
	last = *info;
	mprotect((void *)((uintptr_t)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE);
}

static void skip(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	caught++;
	last = *info;
	uc->uc_mcontext.__gregs[REG_PC] += 4;
}

static void leave(int sig) { siglongjmp(jump, sig); }

static void handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	caught = 0;
	memset(&last, 0, sizeof(last));
	sigaction(sig, &action, NULL);
}

static void faults(void)
{
	handle(SIGSEGV, mend, 0);
	page = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page[5000] = 7;
	check(caught == 1 && page[5000] == 7, "a handler mends the page and the store succeeds");
	check(last.si_signo == SIGSEGV && last.si_code == SEGV_ACCERR && last.si_addr == page + 5000, "siginfo of a protection fault");
	munmap(page, 8192);
	signal(SIGSEGV, leave);
	if (!sigsetjmp(jump, 1))
		*(volatile char *)page = 1;
	else
		caught = 100;
	check(caught == 100, "siglongjmp leaves the handler of a fault");
	handle(SIGSEGV, skip, 0);
	asm volatile(".option push\n .option norvc\n lw t0, 0(%0)\n .option pop" : : "r"(8L) : "t0");
	check(caught == 1 && last.si_code == SEGV_MAPERR && last.si_addr == (void *)8, "a handler steps over the access");
	handle(SIGILL, skip, 0);
	asm volatile(".word 0xffffffff");
	check(caught == 1 && last.si_signo == SIGILL && last.si_code == ILL_ILLOPC, "an illegal instruction");
	handle(SIGTRAP, note, SA_RESETHAND);
	kill(getpid(), SIGTRAP);
	check(caught == 1 && last.si_code == SI_USER && last.si_pid == getpid(), "who sent a signal");
	signal(SIGSEGV, SIG_DFL);
}

static void overflow(void)
{
	volatile char big[65536];

	big[0] = 1;
	overflow();
	big[1] = big[0];
}

static void alternate_stack(void)
{
	static char stack[65536];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) }, old;

	check(sigaltstack(&ss, NULL) == 0 && sigaltstack(NULL, &old) == 0 && old.ss_sp == stack, "sigaltstack");
	handle(SIGUSR1, note, SA_ONSTACK);
	raise(SIGUSR1);
	check(stack_at >= stack && stack_at < stack + sizeof(stack), "a handler runs on the other stack");
	struct sigaction action = { .sa_handler = leave, .sa_flags = SA_ONSTACK };
	sigaction(SIGSEGV, &action, NULL);
	if (!sigsetjmp(jump, 1))
		overflow();
	check(1, "a stack overflow is caught there");
	signal(SIGSEGV, SIG_DFL);
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
}

static void queues(void)
{
	struct timespec soon = { 0, 1000000 };
	union sigval value = { .sival_int = 0 };
	siginfo_t info;
	sigset_t set;
	int good = 1;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 1; i <= 5; i++) {
		value.sival_int = i * 11;
		sigqueue(getpid(), SIGRTMIN + 1, value);
	}
	for (int i = 1; i <= 5; i++)
		good &= sigwaitinfo(&set, &info) == SIGRTMIN + 1 && info.si_value.sival_int == i * 11 && info.si_code == SI_QUEUE;
	check(good, "real-time signals queue with their values, in order");
	check(sigtimedwait(&set, &info, &soon) == -1 && errno == EAGAIN, "sigtimedwait times out");
	if (fork() == 0)
		_exit(33);
	check(sigwaitinfo(&set, &info) == SIGCHLD && info.si_code == CLD_EXITED && info.si_status == 33, "SIGCHLD tells the status");
	wait(NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void interrupted_calls(void)
{
	int fd[2];
	char c;

	pipe(fd);
	handle(SIGALRM, note, 0);
	ualarm(2000, 2000);
	check(read(fd[0], &c, 1) == -1 && errno == EINTR, "a handler interrupts a read");
	ualarm(0, 0);
	handle(SIGALRM, note, SA_RESTART);
	if (fork() == 0) {
		kill(getppid(), SIGALRM);
		nap_ms(3);
		write(fd[1], "x", 1);
		_exit(0);
	}
	check(read(fd[0], &c, 1) == 1 && c == 'x' && caught == 1, "SA_RESTART lets it go on");
	wait(NULL);
	close(fd[0]);
	close(fd[1]);
}

static volatile double sink;

static void burn_until_caught(int64_t most_ns)
{
	int64_t end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + most_ns;

	while (!caught && now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		for (int i = 0; i < 20000; i++)
			sink += 1.5;
}

static void timers(void)
{
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, left, off = { { 0 } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value.sival_int = 99 };
	struct itimerspec spec = { { 0, 3000000 }, { 0, 3000000 } };
	int64_t start = now_ns(CLOCK_MONOTONIC);
	timer_t id;

	handle(SIGALRM, note, 0);
	setitimer(ITIMER_REAL, &every, NULL);
	while (caught < 5)
		pause();
	check(now_ns(CLOCK_MONOTONIC) - start >= 10000000, "an interval timer goes off every time");
	getitimer(ITIMER_REAL, &left);
	check(left.it_interval.tv_usec == 2000 && left.it_value.tv_usec <= 2000, "getitimer");
	setitimer(ITIMER_REAL, &off, NULL);
	handle(SIGVTALRM, note, 0);
	every = (struct itimerval){ { 0, 0 }, { 0, 20000 } };
	setitimer(ITIMER_VIRTUAL, &every, NULL);
	burn_until_caught(10000000000);
	check(caught == 1, "a timer of processor time");
	handle(SIGUSR2, note, 0);
	check(timer_create(CLOCK_MONOTONIC, &event, &id) == 0 && timer_settime(id, 0, &spec, NULL) == 0, "timer_create");
	while (!caught)
		pause();
	check(last.si_code == SI_TIMER && last.si_value.sival_int == 99, "a POSIX timer's signal");
	check(timer_delete(id) == 0 && timer_delete(id) == -1, "timer_delete");
}

static void abort_now(void) { abort(); }
static void divide(void) { raise(SIGFPE); }
static void null(void) { *(volatile int *)8 = 1; }
static void execute_data(void) { static char data[8]; ((void (*)(void))data)(); }
static void write_text(void) { *(volatile char *)abort_now = 1; }
static void kernel_memory(void) { (void)*(volatile char *)0xffffffd800000000; }

int main(void)
{
	faults();
	alternate_stack();
	queues();
	interrupted_calls();
	timers();
	check(killed(in_child(abort_now), SIGABRT), "abort");
	check(killed(in_child(divide), SIGFPE), "SIGFPE kills");
	check(killed(in_child(null), SIGSEGV), "a store to address 8 kills");
	check(killed(in_child(execute_data), SIGSEGV), "so does executing data");
	check(killed(in_child(write_text), SIGSEGV), "so does a store to text");
	check(killed(in_child(kernel_memory), SIGSEGV), "so does a read of the kernel's memory");
	return finish();
}
