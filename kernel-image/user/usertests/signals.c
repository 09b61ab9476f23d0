/* Signals: sending, catching, blocking, waiting, and what the handler sees. */
#include "usertests.h"

static volatile int caught, last;
static volatile struct siginfo last_info;

static void count(int sig)
{
	caught++;
	last = sig;
}

static void count_with_info(int sig, struct siginfo *info, void *context)
{
	(void)context;
	caught++;
	last = sig;
	memcpy((void *)&last_info, info, sizeof(last_info));
}

static void act(int sig, void *handler, unsigned long flags)
{
	struct sigaction action = { .sa_handler = (sighandler_t)handler, .sa_flags = flags };

	EXPECT_EQUAL(sigaction(sig, &action, NULL), 0);
}

static sigset_t set_of(int sig)
{
	return 1UL << (sig - 1);
}

TEST(signals, a_handler_runs_and_returns)
{
	act(SIGUSR1, count, 0);
	EXPECT_EQUAL(raise(SIGUSR1), 0);
	EXPECT_EQUAL(caught, 1);
	EXPECT_EQUAL(last, SIGUSR1);
	raise(SIGUSR1);
	EXPECT_EQUAL(caught, 2);
}

TEST(signals, the_old_action_is_told)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART, .sa_mask = set_of(SIGUSR2) }, old;

	sigaction(SIGUSR1, &action, NULL);
	EXPECT_EQUAL(sigaction(SIGUSR1, NULL, &old), 0);
	EXPECT(old.sa_handler == count && old.sa_mask == set_of(SIGUSR2) && (old.sa_flags & SA_RESTART));
}

TEST(signals, SIGKILL_and_SIGSTOP_cannot_be_caught)
{
	struct sigaction action = { .sa_handler = count };

	EXPECT_ERROR(sys(NR_rt_sigaction, SIGKILL, &action, NULL, 8), EINVAL);
	EXPECT_ERROR(sys(NR_rt_sigaction, SIGSTOP, &action, NULL, 8), EINVAL);
	EXPECT_ERROR(sys(NR_rt_sigaction, 65, &action, NULL, 8), EINVAL);
	EXPECT_ERROR(sys(NR_rt_sigaction, SIGUSR1, &action, NULL, 4), EINVAL);
	EXPECT_ERROR(sys(NR_kill, getpid(), 65), EINVAL);
}

TEST(signals, a_blocked_signal_waits)
{
	sigset_t set = set_of(SIGUSR1), pending;

	act(SIGUSR1, count, 0);
	EXPECT_EQUAL(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGUSR1);
	raise(SIGUSR1);
	EXPECT_EQUAL(caught, 0);
	EXPECT_EQUAL(sys(NR_rt_sigpending, &pending, 8), 0);
	EXPECT_EQUAL(pending, set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	EXPECT_EQUAL(caught, 1);
}

TEST(signals, real_time_signals_queue)
{
	sigset_t set = set_of(40);

	act(40, count, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 5; i++)
		raise(40);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	EXPECT_EQUAL(caught, 5);
}

static volatile int depth, deepest;

static void nest(int sig)
{
	depth++;
	deepest = depth > deepest ? depth : deepest;
	if (++caught == 1)
		raise(sig);
	depth--;
}

TEST(signals, the_handlers_own_signal_is_blocked_meanwhile)
{
	act(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	EXPECT_EQUAL(caught, 2);
	EXPECT_EQUAL(deepest, 1);
}

TEST(signals, SA_RESETHAND_is_for_one_time)
{
	struct sigaction old;

	act(SIGUSR1, count, SA_RESETHAND);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &old);
	EXPECT(caught == 1 && old.sa_handler == SIG_DFL);
}

TEST(signals, an_ignored_signal_is_gone)
{
	sigset_t set = set_of(SIGUSR1), pending = 1;

	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	sys(NR_rt_sigpending, &pending, 8);
	EXPECT_EQUAL(pending, 0);
}

static void die_by(void *sig)
{
	raise((long)sig);
}

TEST(signals, the_default_of_most_is_death)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGPIPE, SIGALRM, SIGTERM, 50 };

	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		EXPECT_EQUAL(status_of(die_by, (void *)(long)deadly[i]), deadly[i]);
	EXPECT_EQUAL(status_of(die_by, (void *)SIGCHLD), 0);
	EXPECT_EQUAL(status_of(die_by, (void *)SIGWINCH), 0);
	EXPECT_EQUAL(status_of(die_by, (void *)SIGURG), 0);
}

static void illegal(void *unused)
{
	(void)unused;
	__asm__ volatile(".word 0");
}

static void breakpoint(void *unused)
{
	(void)unused;
	__asm__ volatile("ebreak");
}

TEST(signals, exceptions_become_signals)
{
	EXPECT_EQUAL(status_of(illegal, NULL), SIGILL);
	EXPECT_EQUAL(status_of(breakpoint, NULL), SIGTRAP);
}

static void privileged(void *unused)
{
	(void)unused;
	__asm__ volatile("csrr zero, sstatus");
}

static void return_from_trap(void *unused)
{
	(void)unused;
	__asm__ volatile("sret");
}

TEST(signals, privileged_instructions_are_SIGILL)
{
	EXPECT_EQUAL(status_of(privileged, NULL), SIGILL);
	EXPECT_EQUAL(status_of(return_from_trap, NULL), SIGILL);
}

static char *protected;

static void repair(int sig, struct siginfo *info, void *context)
{
	count_with_info(sig, info, context);
	sys(NR_mprotect, protected, PAGE, PROT_READ | PROT_WRITE);
}

TEST(signals, a_fault_tells_its_address_and_reason)
{
	char *p = protected = map_pages(1, MAP_PRIVATE);

	act(SIGSEGV, repair, SA_SIGINFO);
	sys(NR_mprotect, p, PAGE, PROT_READ);
	p[123] = 7;
	EXPECT_EQUAL(caught, 1);
	EXPECT_EQUAL(p[123], 7);
	EXPECT(last_info.si_addr == p + 123);
	EXPECT_EQUAL(last_info.si_code, SEGV_ACCERR);
	EXPECT_EQUAL(last_info.si_signo, SIGSEGV);
}

TEST(signals, the_sender_is_told)
{
	pid_t parent = getpid(), pid;

	act(SIGUSR1, count_with_info, SA_SIGINFO | SA_RESTART);
	pid = start_child();
	if (pid == 0) {
		kill(parent, SIGUSR1);
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT_EQUAL(caught, 1);
	EXPECT_EQUAL(last_info.si_pid, pid);
}

TEST(signals, SIGCHLD_comes_when_a_child_ends)
{
	pid_t pid;

	act(SIGCHLD, count_with_info, SA_SIGINFO | SA_RESTART);
	pid = start_child();
	if (pid == 0)
		_exit(9);
	EXPECT_EQUAL(wait_for(pid), 9 << 8);
	EXPECT_EQUAL(caught, 1);
	EXPECT_EQUAL(last_info.si_pid, pid);
	EXPECT_EQUAL(last_info.si_code, 1 /* CLD_EXITED */);
}

static char *volatile where;

static void look(int sig)
{
	(void)sig;
	where = __builtin_frame_address(0);
}

TEST(signals, a_handler_may_use_another_stack)
{
	static char stack[16384];
	struct stack alternative = { stack, 0, sizeof(stack) }, old;

	EXPECT_EQUAL(sys(NR_sigaltstack, &alternative, NULL), 0);
	act(SIGUSR1, look, SA_ONSTACK);
	raise(SIGUSR1);
	EXPECT(where > stack && where <= stack + sizeof(stack));
	EXPECT_EQUAL(sys(NR_sigaltstack, NULL, &old), 0);
	EXPECT(old.ss_sp == stack && old.ss_size == sizeof(stack));
	alternative.ss_size = 100;
	EXPECT_ERROR(sys(NR_sigaltstack, &alternative, NULL), ENOMEM);
}

/* Uses its frame after the call, too, so that the call is no jump back to the start. */
static long overflow(long depth)
{
	volatile char frame[4000];

	frame[0] = depth;
	return depth > 0 ? overflow(depth + 1) + frame[0] : 0;
}

static void leave(int sig)
{
	_exit(sig == SIGSEGV ? 5 : 6);
}

static void overflow_with_handler(void *unused)
{
	static char stack[16384];
	struct stack alternative = { stack, 0, sizeof(stack) };

	(void)unused;
	sys(NR_sigaltstack, &alternative, NULL);
	act(SIGSEGV, leave, SA_ONSTACK);
	overflow(1);
}

TEST(signals, a_stack_overflow_can_be_caught_on_another_stack)
{
	EXPECT_EQUAL(status_of(overflow_with_handler, NULL), 5 << 8);
}

static void overflow_with_plain_handler(void *unused)
{
	(void)unused;
	act(SIGSEGV, count, 0);
	overflow(1);
}

TEST(signals, a_handler_without_a_stack_is_death)
{
	EXPECT_EQUAL(status_of(overflow_with_plain_handler, NULL), SIGSEGV);
}

static volatile int *caught_for_all;	/* in shared memory */

static void count_for_all(int sig)
{
	count(sig);
	(*caught_for_all)++;
}

TEST(signals, a_read_is_interrupted_or_goes_on)
{
	pid_t parent = getpid(), pid;
	int fd[2];
	char c = 0;

	pipe2(fd, 0);
	caught_for_all = map_pages(1, MAP_SHARED);
	for (int restart = 0; restart < 2; restart++) {
		caught = *caught_for_all = 0;
		act(SIGUSR1, count_for_all, restart ? SA_RESTART : 0);
		pid = start_child();
		if (pid == 0) {
			until_asleep(parent);
			kill(parent, SIGUSR1);
			while (!*caught_for_all)
				sleep_ms(1);
			write(fd[1], "x", 1);
			_exit(0);
		}
		EXPECT_EQUAL(sys(NR_read, fd[0], &c, 1), restart ? 1 : -EINTR);
		EXPECT_EQUAL(caught, 1);
		EXPECT_EQUAL(wait_for(pid), 0);
		if (!restart)
			EXPECT_EQUAL(read(fd[0], &c, 1), 1);
	}
}

TEST(signals, an_interrupted_sleep_tells_what_is_left)
{
	struct timespec duration = { 1000, 0 }, left = { 0, 0 };
	uint64_t begin = now_ns(), left_ns;
	pid_t parent = getpid(), pid;

	act(SIGUSR1, count, SA_RESTART);
	pid = start_child();
	if (pid == 0) {
		until_asleep(parent);
		kill(parent, SIGUSR1);
		_exit(0);
	}
	EXPECT_ERROR(sys(NR_nanosleep, &duration, &left), EINTR);
	left_ns = left.tv_sec * 1000000000UL + left.tv_nsec;
	EXPECT(left_ns < 1000000000000 && left_ns + now_ns() - begin >= 1000000000000);
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(signals, sigsuspend_swaps_the_mask_for_its_time)
{
	sigset_t all = set_of(SIGUSR1) | set_of(SIGUSR2), wait_one = set_of(SIGUSR2), now;

	act(SIGUSR1, count, 0);
	act(SIGUSR2, count, 0);
	sigprocmask(SIG_BLOCK, &all, NULL);
	raise(SIGUSR1);
	raise(SIGUSR2);
	EXPECT_ERROR(sys(NR_rt_sigsuspend, &wait_one, 8), EINTR);
	EXPECT_EQUAL(caught, 1);
	EXPECT_EQUAL(last, SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &now);
	EXPECT_EQUAL(now, all);
}

TEST(signals, sigtimedwait_takes_a_signal_or_gives_up)
{
	struct timespec limit = { 0, 20000000 };
	sigset_t set = set_of(SIGUSR1);
	struct siginfo info;

	sigprocmask(SIG_BLOCK, &set, NULL);
	EXPECT_ERROR(sys(NR_rt_sigtimedwait, &set, &info, &limit, 8), EAGAIN);
	raise(SIGUSR1);
	EXPECT_EQUAL(sys(NR_rt_sigtimedwait, &set, &info, &limit, 8), SIGUSR1);
	EXPECT_EQUAL(info.si_pid, getpid());
}

TEST(signals, a_group_gets_the_signal_together)
{
	pid_t leader = start_child(), second;
	int status;

	if (leader == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(leader, leader);
	second = start_child();
	if (second == 0) {
		EXPECT_EQUAL(setpgid(0, leader), 0);
		for (;;)
			pause();
	}
	setpgid(second, leader);
	EXPECT_EQUAL(kill(-leader, SIGTERM), 0);
	EXPECT_EQUAL(wait_for(leader), SIGTERM);
	EXPECT_EQUAL(waitpid(second, &status, 0), second);
	EXPECT_EQUAL(status, SIGTERM);
	EXPECT_ERROR(sys(NR_kill, -leader, SIGTERM), ESRCH);
}

TEST(signals, signals_to_nobody_are_ESRCH)
{
	EXPECT_ERROR(sys(NR_kill, 99999, SIGTERM), ESRCH);
	EXPECT_ERROR(sys(NR_tgkill, getpid(), 99999, SIGTERM), ESRCH);
	EXPECT_ERROR(sys(NR_tgkill, 1, getpid(), SIGTERM), ESRCH);
	EXPECT_EQUAL(sys(NR_kill, getpid(), 0), 0);
}

/* All registers that a handler must not be seen in, after being interrupted at any place. */
TEST(signals, registers_survive_handlers)
{
	pid_t parent = getpid(), pid;
	volatile int *stop = map_pages(1, MAP_SHARED);

	act(SIGUSR1, count, 0);
	pid = start_child();
	if (pid == 0) {
		for (int i = 0; i < 50; i++) {
			kill(parent, SIGUSR1);
			sleep_ms(1);
		}
		*stop = 1;
		_exit(0);
	}
	while (!*stop) {
		long sum = 0;

		__asm__ volatile(
			"li t0, 1\n\tli t1, 2\n\tli t2, 3\n\tli t3, 4\n\tli t4, 5\n\tli t5, 6\n\tli t6, 7\n\t"
			"li a1, 8\n\tli a2, 9\n\tli a3, 10\n\tli a4, 11\n\tli a5, 12\n\tli a6, 13\n\tli a7, 14\n\t"
			"li s2, 2000\n"
			"1:\taddi s2, s2, -1\n\tbnez s2, 1b\n\t"
			"add t0, t0, t1\n\tadd t0, t0, t2\n\tadd t0, t0, t3\n\tadd t0, t0, t4\n\tadd t0, t0, t5\n\t"
			"add t0, t0, t6\n\tadd t0, t0, a1\n\tadd t0, t0, a2\n\tadd t0, t0, a3\n\tadd t0, t0, a4\n\t"
			"add t0, t0, a5\n\tadd t0, t0, a6\n\tadd %0, t0, a7\n"
			: "=r"(sum) : : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2");
		EXPECT_EQUAL(sum, 105);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT(caught > 0);
}
