/* What one user may take of memory that is the kernel's own, and what he may do to processes that are not his. */
#include <sys/statfs.h>
#include "usertests.h"

enum { NR_rt_sigqueueinfo = 138, NR_socketpair = 199, NR_sendto = 206, NR_sendmsg = 211 };
enum { AF_UNIX = 1, SOCK_DGRAM = 2, SOL_SOCKET = 1, SCM_RIGHTS = 1 };
enum { RLIMIT_SIGPENDING = 11, CLONE_PARENT = 0x8000, WALL = 0x40000000, PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2 };
enum { RT_SIGNAL = 40, SI_QUEUE = -1, ETOOMANYREFS_ = 109, ECONNREFUSED_ = 111 };

static void set_limit(int resource, unsigned long value)
{
	struct rlimit limit = { value, value };

	EXPECT_EQUAL(sys(NR_prlimit64, 0, resource, &limit, NULL), 0);
}

static void make_pair(int pair[2])
{
	EXPECT_EQUAL(sys(NR_socketpair, AF_UNIX, SOCK_DGRAM | O_NONBLOCK, 0, pair), 0);
}

/* Sends one open file along with a byte. */
static long send_file(int to, int fd)
{
	struct iovec byte = { "x", 1 };
	struct { size_t len; int level, type, fd; } control = { 20, SOL_SOCKET, SCM_RIGHTS, fd };
	struct { void *name; int namelen; struct iovec *iov; size_t iovlen; void *control; size_t controllen; int flags; }
		header = { NULL, 0, &byte, 1, &control, 20, 0 };

	return sys(NR_sendmsg, to, &header, 0);
}

TEST(limits, a_user_may_not_fork_without_end)
{
	struct rlimit limit;

	EXPECT_EQUAL(sys(NR_prlimit64, 0, RLIMIT_NPROC, NULL, &limit), 0);
	EXPECT(limit.rlim_cur > 100 && limit.rlim_max < 100000);
}

TEST(limits, a_fork_bomb_leaves_time_to_end_it)
{
	pid_t pid = start_child();

	if (pid == 0) {
		setpgid(0, 0);
		set_limit(RLIMIT_NPROC, 200);
		EXPECT_EQUAL(sys(NR_setuid, USER), 0);
		for (;;)
			fork();
	}
	sleep_ms(50);
	for (int i = 0; i < 10; i++)
		EXPECT_EQUAL(wait_for(start_child() ?: (_exit(0), 0)), 0);
	EXPECT_EQUAL(kill(-pid, SIGKILL), 0);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
	while (kill(-pid, SIGKILL) == 0)
		sleep_ms(1);
}

TEST(limits, more_waiting_signals_than_allowed_are_EAGAIN)
{
	unsigned long mask = ~0UL;
	struct siginfo info = { .si_signo = RT_SIGNAL, .si_code = SI_QUEUE };

	set_limit(RLIMIT_SIGPENDING, 5);
	EXPECT_EQUAL(sys(NR_rt_sigprocmask, 0, &mask, NULL, 8), 0);
	for (int i = 0; i < 5; i++)
		EXPECT_EQUAL(sys(NR_rt_sigqueueinfo, getpid(), RT_SIGNAL, &info), 0);
	EXPECT_ERROR(sys(NR_rt_sigqueueinfo, getpid(), RT_SIGNAL, &info), EAGAIN);
	EXPECT_EQUAL(kill(getpid(), SIGTERM), 0);
	EXPECT_EQUAL(sys(NR_rt_sigtimedwait, &mask, NULL, NULL, 8), SIGTERM);
	EXPECT_EQUAL(sys(NR_rt_sigtimedwait, &mask, NULL, NULL, 8), RT_SIGNAL);
	EXPECT_EQUAL(sys(NR_rt_sigqueueinfo, getpid(), RT_SIGNAL, &info), 0);
	EXPECT_ERROR(sys(NR_rt_sigqueueinfo, getpid(), RT_SIGNAL, &info), EAGAIN);
}

TEST(limits, more_files_in_messages_than_allowed_are_ETOOMANYREFS)
{
	int pair[2], sent = 0;
	long error;

	EXPECT_EQUAL(sys(NR_setuid, USER), 0);
	set_limit(RLIMIT_NOFILE, 16);
	make_pair(pair);
	while ((error = send_file(pair[0], 0)) == 1 && sent < 100)
		sent++;
	EXPECT_EQUAL(error, -ETOOMANYREFS_);
	EXPECT_EQUAL(sent, 16);
}

TEST(limits, sockets_that_lie_in_each_others_queues_go_with_the_next)
{
	int pair[2], kept[2], other[2];
	char byte;

	make_pair(kept);
	make_pair(other);
	for (int i = 0; i < 20; i++) {
		make_pair(pair);
		EXPECT_EQUAL(send_file(pair[0], pair[0]), 1);
		EXPECT_EQUAL(send_file(pair[1], pair[1]), 1);
		EXPECT_EQUAL(send_file(pair[1], kept[1]), 1);
		close(pair[0]);
		close(pair[1]);
	}
	/* What can still be received is no garbage, however deep it lies. */
	make_pair(pair);
	EXPECT_EQUAL(send_file(kept[0], pair[1]), 1);
	EXPECT_EQUAL(write(pair[0], "abc", 3), 3);
	close(pair[1]);
	close(other[0]);
	EXPECT_EQUAL(write(pair[0], "abc", 3), 3);
	EXPECT_EQUAL(read(kept[1], &byte, 1), 1);
	EXPECT_ERROR(sys(NR_write, pair[0], "abc", 3), ECONNREFUSED_);
	close(other[1]);
}

TEST(limits, a_chain_of_sockets_in_messages_goes_link_by_link)
{
	int pair[2], last = -1;

	for (int i = 0; i < 300; i++) {
		make_pair(pair);
		if (last >= 0) {
			EXPECT_EQUAL(send_file(pair[0], last), 1);
			close(last);
		}
		close(pair[0]);
		last = pair[1];
	}
	close(last);
}

TEST(limits, empty_messages_take_room)
{
	int pair[2], sent = 0;

	make_pair(pair);
	while (sent < 10000 && sys(NR_sendto, pair[0], "", 0, 0, NULL, 0) == 0)
		sent++;
	EXPECT(sent > 100 && sent < 10000);
}

static long free_inodes(void)
{
	struct statfs st;

	EXPECT_EQUAL(statfs(".", &st), 0);
	EXPECT(st.f_files > 0 && st.f_ffree <= st.f_files);
	return st.f_ffree;
}

TEST(limits, files_and_names_in_memory_are_counted)
{
	long before = free_inodes();
	int fd = file_with("a", "");

	EXPECT_EQUAL(free_inodes(), before - 1);
	EXPECT_EQUAL(sys(NR_linkat, AT_FDCWD, "a", AT_FDCWD, "b", 0), 0);
	EXPECT_EQUAL(free_inodes(), before - 2);
	close(file_with("c", ""));
	EXPECT_EQUAL(rename("c", "b"), 0);
	EXPECT_EQUAL(free_inodes(), before - 2);
	EXPECT_EQUAL(unlink("a"), 0);
	EXPECT_EQUAL(free_inodes(), before - 2);
	close(fd);
	EXPECT_EQUAL(unlink("b"), 0);
	EXPECT_EQUAL(free_inodes(), before);
}

enum { NR_timerfd_create = 85, NR_timerfd_settime = 86, NR_setitimer = 103, NR_timer_create = 107, NR_timer_settime = 110, NR_sched_setattr = 274 };

/* They go off again and again with nobody to take notice; the last one's first time must come all the same. */
TEST(limits, timers_of_a_nanosecond_leave_time_for_others)
{
	long each_us[4] = { 0, 1, 0, 1 }, each_ns[4] = { 0, 1, 0, 1 }, never[4] = { 1UL << 33, 0, 0, 1 };
	int id;

	signal(SIGALRM, SIG_IGN);
	EXPECT_EQUAL(sys(NR_setitimer, 0, each_us, NULL), 0);
	for (int i = 0; i < 8; i++) {
		int fd = sys(NR_timerfd_create, CLOCK_MONOTONIC, 0);

		EXPECT_EQUAL(sys(NR_timerfd_settime, fd, 0, i ? each_ns : never, NULL), 0);
		EXPECT_EQUAL(sys(NR_timer_create, CLOCK_MONOTONIC, NULL, &id), 0);
		EXPECT_EQUAL(sys(NR_timer_settime, id, 0, i ? each_ns : never, NULL), 0);
	}
	sleep_ms(30);
}

TEST(limits, a_nice_value_beyond_all_is_the_last)
{
	struct { unsigned int size, policy; unsigned long flags; int nice; unsigned int priority; unsigned long deadline[3]; }
		attr = { .size = 48, .nice = 0x7fffffff };
	int priority = 0;

	EXPECT_EQUAL(sys(NR_sched_setattr, 0, &attr, 0), 0);
	EXPECT_EQUAL(sys(NR_getpriority, 0, 0), 1);
	EXPECT_EQUAL(sys(NR_sched_setscheduler, 0, SCHED_OTHER, &priority), 0);
	EXPECT_EQUAL(sys(NR_getpriority, 0, 0), 1);
	attr.nice = 0x80000000;
	EXPECT_EQUAL(sys(NR_sched_setattr, 0, &attr, 0), 0);
	EXPECT_EQUAL(sys(NR_getpriority, 0, 0), 40);
}

TEST(limits, a_sibling_brings_its_parent_no_signal_of_its_choice)
{
	pid_t pid = start_child();

	if (pid == 0)
		_exit(sys(NR_clone, CLONE_PARENT | SIGKILL, 0, 0, 0, 0) < 0);
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT(waitpid(-1, NULL, 0) > 0);
	EXPECT_ERROR(sys(NR_wait4, -1, NULL, WALL, NULL), ECHILD);
}

TEST(limits, a_child_may_end_with_a_signal_that_there_is_not)
{
	long pid = sys(NR_clone, 200, 0, 0, 0, 0);

	if (pid == 0)
		_exit(3);
	EXPECT(pid > 0);
	EXPECT_EQUAL(sys(NR_wait4, pid, NULL, WALL, NULL), pid);
}

TEST(limits, who_waits_for_a_vfork_can_be_killed)
{
	volatile int *child = map_pages(1, MAP_SHARED);
	pid_t pid = start_child();

	if (pid == 0) {
		if (sys(NR_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) == 0) {
			*child = getpid();
			pause();
		}
		_exit(0);
	}
	while (!*child)
		sleep_ms(1);
	kill(pid, SIGKILL);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
	EXPECT_EQUAL(kill(*child, SIGKILL), 0);
}

TEST(limits, a_new_user_does_not_die_with_the_parent_of_the_old)
{
	int signal = 0;

	EXPECT_EQUAL(sys(NR_prctl, PR_SET_PDEATHSIG, SIGKILL), 0);
	EXPECT_EQUAL(sys(NR_prctl, PR_GET_PDEATHSIG, &signal), 0);
	EXPECT_EQUAL(signal, SIGKILL);
	EXPECT_EQUAL(sys(NR_setuid, USER), 0);
	EXPECT_EQUAL(sys(NR_prctl, PR_GET_PDEATHSIG, &signal), 0);
	EXPECT_EQUAL(signal, 0);
}
