/* Children: fork, exit, wait, groups and sessions. */
#include "usertests.h"

TEST(processes, fork_returns_twice)
{
	pid_t parent = getpid(), pid = start_child();

	if (pid == 0) {
		EXPECT_EQUAL(getppid(), parent);
		EXPECT(getpid() != parent);
		_exit(42);
	}
	EXPECT_EQUAL(wait_for(pid), 42 << 8);
}

static void exit_with(void *status)
{
	sys(NR_exit_group, (long)status);
}

TEST(processes, the_exit_status_has_eight_bits)
{
	EXPECT_EQUAL(status_of(exit_with, (void *)0), 0);
	EXPECT_EQUAL(status_of(exit_with, (void *)255), 255 << 8);
	EXPECT_EQUAL(status_of(exit_with, (void *)0x1234), 0x34 << 8);
}

TEST(processes, wait_without_children_is_ECHILD)
{
	EXPECT_ERROR(sys(NR_wait4, -1, NULL, 0, NULL), ECHILD);
	EXPECT_ERROR(sys(NR_wait4, getppid(), NULL, 0, NULL), ECHILD);
	EXPECT_ERROR(sys(NR_wait4, -1, NULL, 0x40, NULL), EINVAL);
}

TEST(processes, WNOHANG_does_not_wait)
{
	pid_t pid = start_child();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	EXPECT_EQUAL(sys(NR_wait4, pid, NULL, WNOHANG, NULL), 0);
	kill(pid, SIGKILL);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
}

TEST(processes, wait_for_one_leaves_the_others)
{
	pid_t a = start_child(), b;

	if (a == 0)
		_exit(1);
	b = start_child();
	if (b == 0)
		_exit(2);
	EXPECT_EQUAL(wait_for(b), 2 << 8);
	EXPECT_EQUAL(wait_for(a), 1 << 8);
}

TEST(processes, a_zombie_stays_until_it_is_waited_for)
{
	pid_t pid = start_child();

	if (pid == 0)
		_exit(0);
	sleep_ms(20);
	EXPECT_EQUAL(sys(NR_kill, pid, 0), 0);
	wait_for(pid);
	EXPECT_ERROR(sys(NR_kill, pid, 0), ESRCH);
}

TEST(processes, waitid_can_leave_the_child)
{
	struct siginfo info;
	pid_t pid = start_child();

	if (pid == 0)
		_exit(7);
	memset(&info, 0, sizeof(info));
	EXPECT_EQUAL(sys(NR_waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL), 0);
	EXPECT_EQUAL(info.si_signo, SIGCHLD);
	EXPECT_EQUAL(info.si_pid, pid);
	EXPECT_EQUAL(wait_for(pid), 7 << 8);
}

TEST(processes, a_stopped_child_is_told_and_goes_on)
{
	pid_t pid = start_child();
	int status;

	if (pid == 0) {
		kill(getpid(), SIGSTOP);
		_exit(3);
	}
	EXPECT_EQUAL(sys(NR_wait4, pid, &status, WUNTRACED, NULL), pid);
	EXPECT_EQUAL(status, SIGSTOP << 8 | 0x7f);
	kill(pid, SIGCONT);
	EXPECT_EQUAL(sys(NR_wait4, pid, &status, WCONTINUED, NULL), pid);
	if (status == 0xffff)
		status = wait_for(pid);
	EXPECT_EQUAL(status, 3 << 8);
}

TEST(processes, orphans_go_to_another_parent)
{
	int fd[2];
	pid_t pid, told = 0;

	pipe2(fd, 0);
	pid = start_child();
	if (pid == 0) {
		if (start_child() == 0) {
			while (getppid() == pid || getppid() == 0)
				sleep_ms(1);
			sleep_ms(10);
			told = getppid();
			write(fd[1], &told, sizeof(told));
			_exit(0);
		}
		_exit(0);
	}
	wait_for(pid);
	EXPECT_EQUAL(read(fd[0], &told, sizeof(told)), sizeof(told));
	EXPECT(told != pid);
	EXPECT_EQUAL(told, 1);
}

TEST(processes, memory_is_copied_when_written)
{
	static int value = 1;
	pid_t pid = start_child();

	if (pid == 0) {
		value = 2;
		_exit(value);
	}
	EXPECT_EQUAL(wait_for(pid), 2 << 8);
	EXPECT_EQUAL(value, 1);
}

TEST(processes, two_hundred_children_one_after_the_other)
{
	for (int i = 0; i < 200; i++)
		EXPECT_EQUAL(status_of(exit_with, (void *)(long)(i & 127)), (i & 127) << 8);
}

TEST(processes, sixty_children_at_once)
{
	pid_t pid[60];

	for (int i = 0; i < 60; i++) {
		pid[i] = start_child();
		if (pid[i] == 0) {
			sleep_ms(10);
			_exit(i);
		}
	}
	for (int i = 59; i >= 0; i--)
		EXPECT_EQUAL(wait_for(pid[i]), i << 8);
}

static int tree(int depth)
{
	int sum = 1;

	for (int i = 0; depth > 0 && i < 3; i++) {
		pid_t pid = start_child();

		if (pid == 0)
			_exit(tree(depth - 1));
		sum += WEXITSTATUS(wait_for(pid));
	}
	return sum;
}

TEST(processes, a_tree_of_children_adds_up)
{
	EXPECT_EQUAL(tree(3), 40);
}

TEST(processes, files_are_shared_with_the_child)
{
	int fd = file_with("file", "0123456789");
	pid_t pid = start_child();

	if (pid == 0) {
		lseek(fd, 6, SEEK_SET);
		close(fd);
		_exit(0);
	}
	wait_for(pid);
	EXPECT_EQUAL(lseek(fd, 0, SEEK_CUR), 6);
}

static int vforked(void *cell)
{
	sleep_ms(20);
	*(volatile int *)cell = 5;
	sys(NR_exit, 0);
	return 0;
}

TEST(processes, a_vfork_parent_waits_in_the_same_memory)
{
	static char stack[8192] __attribute__((aligned(16)));
	volatile int cell = 0;
	long pid = clone_thread(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + sizeof(stack), NULL, NULL, NULL, vforked,
				(void *)&cell);

	EXPECT(pid > 0);
	EXPECT_EQUAL(cell, 5);
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(processes, groups_and_sessions)
{
	pid_t pid = start_child();
	int status;

	if (pid == 0) {
		EXPECT_EQUAL(setpgid(0, 0), 0);
		EXPECT_EQUAL(getpgid(0), getpid());
		EXPECT_ERROR(sys(NR_setsid), EPERM);
		if (start_child() == 0) {
			EXPECT_EQUAL(sys(NR_setsid), getpid());
			EXPECT_EQUAL(getsid(0), getpid());
			EXPECT_EQUAL(getpgid(0), getpid());
			EXPECT_ERROR(sys(NR_setpgid, 0, 0), EPERM);
			_exit(0);
		}
		EXPECT(wait(&status) > 0 && status == 0);
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT_ERROR(sys(NR_getpgid, 99999), ESRCH);
	EXPECT_ERROR(sys(NR_setpgid, 0, -1), EINVAL);
}

TEST(processes, a_name_can_be_set)
{
	char name[16] = "";

	EXPECT_EQUAL(sys(NR_prctl, PR_SET_NAME, "a-name-longer-than-fifteen"), 0);
	EXPECT_EQUAL(sys(NR_prctl, PR_GET_NAME, name), 0);
	EXPECT(!strcmp(name, "a-name-longer-t"));
}

TEST(processes, RLIMIT_NPROC_stops_a_fork_bomb)
{
	struct rlimit limit = { 20, 20 };
	pid_t pid = start_child();

	if (pid == 0) {
		int forked = 0;
		long child;

		sys(NR_prlimit64, 0, RLIMIT_NPROC, &limit, NULL);
		EXPECT_EQUAL(setuid(USER), 0);
		while ((child = sys(NR_clone, SIGCHLD, 0, 0, 0, 0)) > 0)
			forked++;
		if (child == 0) {
			sleep_ms(100);
			_exit(0);
		}
		EXPECT_EQUAL(child, -EAGAIN);
		EXPECT_EQUAL(forked, 19);
		while (waitpid(-1, NULL, 0) > 0)
			;
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(processes, unknown_calls_are_ENOSYS)
{
	EXPECT_ERROR(sys(NR_unknown), ENOSYS);
	EXPECT_ERROR(sys(1000000), ENOSYS);
	EXPECT_ERROR(sys(-1), ENOSYS);
}

TEST(processes, odd_clone_flags_are_refused)
{
	EXPECT_ERROR(sys(NR_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0), EINVAL);
	EXPECT_ERROR(sys(NR_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
}
