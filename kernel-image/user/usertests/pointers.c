/* Addresses that are not the caller's, in every place where a system call takes one: EFAULT, and nothing else happens. */
#include "usertests.h"

/* Stand for what only a running test has. */
enum {
	BAD = 0x7a000001,	/* the address that is tried */
	GOOD,			/* a page of zeros */
	NAME,			/* "file" */
	PROGRAM,
	FILE_FD, DIR_FD, SOCKET_FD, OTHER_SOCKET_FD, LISTEN_FD, TIMER_FD, EPOLL_FD, TIMER_ID,
	CWD = -100,
};
#define SET_SIZE 8	/* of a sigset_t */

/* One line for each pointer of each call. The others are such that the call gets as far as to use it. */
static const struct pointer_case {
	const char *name;
	long nr, args[6];
} cases[] = {
	{ "getcwd", 17, { BAD, 100 } },
	{ "epoll_ctl", 21, { EPOLL_FD, 1, SOCKET_FD, BAD } },
	{ "mknodat", 33, { CWD, BAD, 0010644, 0 } },
	{ "mkdirat", 34, { CWD, BAD, 0755 } },
	{ "unlinkat", 35, { CWD, BAD, 0 } },
	{ "symlinkat", 36, { BAD, CWD, NAME } },
	{ "symlinkat", 36, { NAME, CWD, BAD } },
	{ "linkat", 37, { CWD, BAD, CWD, NAME, 0 } },
	{ "linkat", 37, { CWD, NAME, CWD, BAD, 0 } },
	{ "umount2", 39, { BAD, 0 } },
	{ "mount", 40, { NAME, BAD, NAME, 0, 0 } },
	{ "mount", 40, { NAME, NAME, BAD, 0, 0 } },
	{ "statfs", 43, { BAD, GOOD } },
	{ "statfs", 43, { NAME, BAD } },
	{ "fstatfs", 44, { FILE_FD, BAD } },
	{ "truncate", 45, { BAD, 0 } },
	{ "faccessat", 48, { CWD, BAD, 0 } },
	{ "chdir", 49, { BAD } },
	{ "chroot", 51, { BAD } },
	{ "fchmodat", 53, { CWD, BAD, 0644 } },
	{ "fchownat", 54, { CWD, BAD, 0, 0, 0 } },
	{ "openat", 56, { CWD, BAD, 0, 0 } },
	{ "pipe2", 59, { BAD, 0 } },
	{ "getdents64", 61, { DIR_FD, BAD, 1000 } },
	{ "read", 63, { FILE_FD, BAD, 4 } },
	{ "write", 64, { FILE_FD, BAD, 4 } },
	{ "readv", 65, { FILE_FD, BAD, 1 } },
	{ "writev", 66, { FILE_FD, BAD, 1 } },
	{ "pread64", 67, { FILE_FD, BAD, 4, 0 } },
	{ "pwrite64", 68, { FILE_FD, BAD, 4, 0 } },
	{ "preadv", 69, { FILE_FD, BAD, 1, 0 } },
	{ "pwritev", 70, { FILE_FD, BAD, 1, 0 } },
	{ "sendfile", 71, { FILE_FD, FILE_FD, BAD, 4 } },
	{ "pselect6", 72, { 1, BAD, 0, 0, GOOD, 0 } },
	{ "pselect6", 72, { 1, 0, BAD, 0, GOOD, 0 } },
	{ "pselect6", 72, { 1, 0, 0, BAD, GOOD, 0 } },
	{ "pselect6", 72, { 1, 0, 0, 0, BAD, 0 } },
	{ "ppoll", 73, { BAD, 1, GOOD, 0, 0 } },
	{ "ppoll", 73, { GOOD, 1, BAD, 0, 0 } },
	{ "ppoll", 73, { GOOD, 1, GOOD, BAD, SET_SIZE } },
	{ "readlinkat", 78, { CWD, BAD, GOOD, 100 } },
	{ "newfstatat", 79, { CWD, BAD, GOOD, 0 } },
	{ "newfstatat", 79, { CWD, NAME, BAD, 0 } },
	{ "fstat", 80, { FILE_FD, BAD } },
	{ "timerfd_settime", 86, { TIMER_FD, 0, BAD, 0 } },
	{ "timerfd_settime", 86, { TIMER_FD, 0, GOOD, BAD } },
	{ "timerfd_gettime", 87, { TIMER_FD, BAD } },
	{ "utimensat", 88, { CWD, BAD, 0, 0 } },
	{ "utimensat", 88, { CWD, NAME, BAD, 0 } },
	{ "capget", 90, { BAD, GOOD } },
	{ "capset", 91, { BAD, GOOD } },
	{ "waitid", 95, { 0, 0, BAD, WEXITED | WNOWAIT, 0 } },
	{ "futex", 98, { BAD, FUTEX_WAIT, 0, GOOD, 0, 0 } },
	{ "futex", 98, { GOOD, FUTEX_WAIT, 0, BAD, 0, 0 } },
	{ "get_robust_list", 100, { 0, BAD, GOOD } },
	{ "nanosleep", 101, { BAD, 0 } },
	{ "getitimer", 102, { 0, BAD } },
	{ "setitimer", 103, { 0, BAD, 0 } },
	{ "setitimer", 103, { 0, GOOD, BAD } },
	{ "timer_create", 107, { 1, BAD, GOOD } },
	{ "timer_create", 107, { 1, 0, BAD } },
	{ "timer_gettime", 108, { TIMER_ID, BAD } },
	{ "timer_settime", 110, { TIMER_ID, 0, BAD, 0 } },
	{ "timer_settime", 110, { TIMER_ID, 0, GOOD, BAD } },
	{ "clock_settime", 112, { 0, BAD } },
	{ "clock_gettime", 113, { 0, BAD } },
	{ "clock_getres", 114, { 0, BAD } },
	{ "clock_nanosleep", 115, { 1, 0, BAD, 0 } },
	{ "sched_setparam", 118, { 0, BAD } },
	{ "sched_setscheduler", 119, { 0, 0, BAD } },
	{ "sched_getparam", 121, { 0, BAD } },
	{ "sched_setaffinity", 122, { 0, 8, BAD } },
	{ "sched_getaffinity", 123, { 0, 8, BAD } },
	{ "sched_rr_get_interval", 127, { 0, BAD } },
	{ "sigaltstack", 132, { BAD, 0 } },
	{ "sigaltstack", 132, { 0, BAD } },
	{ "rt_sigsuspend", 133, { BAD, SET_SIZE } },
	{ "rt_sigaction", 134, { SIGUSR1, BAD, 0, SET_SIZE } },
	{ "rt_sigaction", 134, { SIGUSR1, 0, BAD, SET_SIZE } },
	{ "rt_sigprocmask", 135, { 0, BAD, 0, SET_SIZE } },
	{ "rt_sigprocmask", 135, { 0, 0, BAD, SET_SIZE } },
	{ "rt_sigpending", 136, { BAD, SET_SIZE } },
	{ "rt_sigtimedwait", 137, { BAD, 0, GOOD, SET_SIZE } },
	{ "rt_sigtimedwait", 137, { GOOD, 0, BAD, SET_SIZE } },
	{ "rt_sigqueueinfo", 138, { 1, SIGUSR1, BAD } },
	{ "getresuid", 148, { BAD, GOOD, GOOD } },
	{ "getresuid", 148, { GOOD, GOOD, BAD } },
	{ "getresgid", 150, { BAD, GOOD, GOOD } },
	{ "times", 153, { BAD } },
	{ "setgroups", 159, { 1, BAD } },
	{ "uname", 160, { BAD } },
	{ "sethostname", 161, { BAD, 4 } },
	{ "setdomainname", 162, { BAD, 4 } },
	{ "getrlimit", 163, { 0, BAD } },
	{ "setrlimit", 164, { 0, BAD } },
	{ "getrusage", 165, { 0, BAD } },
	{ "getcpu", 168, { BAD, 0, 0 } },
	{ "gettimeofday", 169, { BAD, 0 } },
	{ "settimeofday", 170, { BAD, 0 } },
	{ "sysinfo", 179, { BAD } },
	{ "socketpair", 199, { 1, 1, 0, BAD } },
	{ "bind", 200, { LISTEN_FD, BAD, 16 } },
	{ "connect", 203, { LISTEN_FD, BAD, 16 } },
	{ "getsockname", 204, { SOCKET_FD, GOOD, BAD } },
	{ "getsockopt", 209, { SOCKET_FD, 1, 4, GOOD, BAD } },
	{ "setsockopt", 208, { SOCKET_FD, 1, 9, BAD, 4 } },
	{ "sendto", 206, { SOCKET_FD, BAD, 4, 0, 0, 0 } },
	{ "sendmsg", 211, { SOCKET_FD, BAD, 0 } },
	{ "recvmsg", 212, { SOCKET_FD, BAD, 0 } },
	{ "init_module", 105, { BAD, 64, GOOD } },
	{ "delete_module", 106, { BAD, 0 } },
	{ "execve", 221, { BAD, 0, 0 } },
	{ "execve", 221, { PROGRAM, BAD, 0 } },
	{ "execve", 221, { PROGRAM, GOOD, BAD } },
	{ "mincore", 232, { GOOD, 4096, BAD } },
	{ "prlimit64", 261, { 0, 0, BAD, 0 } },
	{ "prlimit64", 261, { 0, 0, 0, BAD } },
	{ "renameat2", 276, { CWD, BAD, CWD, NAME, 0 } },
	{ "renameat2", 276, { CWD, NAME, CWD, BAD, 0 } },
	{ "sched_setattr", 274, { 0, BAD, 0 } },
	{ "sched_getattr", 275, { 0, BAD, 48, 0 } },
	{ "getrandom", 278, { BAD, 8, 0 } },
	{ "memfd_create", 279, { BAD, 0 } },
	{ "execveat", 281, { CWD, BAD, 0, 0, 0 } },
	{ "statx", 291, { CWD, BAD, 0, 0x7ff, GOOD } },
	{ "statx", 291, { CWD, NAME, 0, 0x7ff, BAD } },
	{ "clone3", 435, { BAD, 88 } },
	{ "faccessat2", 439, { CWD, BAD, 0, 0 } },
	{ "fchmodat2", 452, { CWD, BAD, 0644, 0 } },
};

static struct {
	int file, folder, sockets[2], unbound, timer, epoll, timer_id;
	char *zeros;
} world;

static void make_world(void)
{
	world.file = file_with("file", "0123456789");
	world.folder = open(".", O_RDONLY);
	world.zeros = map_pages(1, MAP_PRIVATE);
	EXPECT_EQUAL(sys(199, 1, 1, 0, world.sockets), 0);
	world.unbound = sys(198, 1, 1, 0);
	world.timer = sys(85, 1, 0);
	world.epoll = sys(20, 0);
	EXPECT_EQUAL(sys(107, 1, NULL, &world.timer_id), 0);
	EXPECT_EQUAL(write(world.sockets[1], "data", 4), 4);
	if (start_child() == 0)
		_exit(0);
	EXPECT_EQUAL(sys(NR_waitid, 0, 0, NULL, WEXITED | WNOWAIT, NULL), 0);
}

static long argument(long arg, unsigned long bad)
{
	switch (arg) {
	case BAD: return bad;
	case GOOD: return (long)world.zeros;
	case NAME: return (long)"file";
	case PROGRAM: return (long)"/bin/sh";
	case FILE_FD: return world.file;
	case DIR_FD: return world.folder;
	case SOCKET_FD: return world.sockets[0];
	case OTHER_SOCKET_FD: return world.sockets[1];
	case LISTEN_FD: return world.unbound;
	case TIMER_FD: return world.timer;
	case EPOLL_FD: return world.epoll;
	case TIMER_ID: return world.timer_id;
	default: return arg;
	}
}

static void try_all(unsigned long bad)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct pointer_case *c = &cases[i];
		long a[6], result;

		for (int n = 0; n < 6; n++)
			a[n] = argument(c->args[n], bad);
		memset(world.zeros, 0, PAGE);
		lseek(world.file, 0, SEEK_SET);
		lseek(world.folder, 0, SEEK_SET);
		result = sys(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (result != -EFAULT)
			test_failed(__FILE__, __LINE__, "%s (line %d of the table) with 0x%lx gives %ld", c->name, (int)i, bad, result);
	}
}

TEST(pointers, low_addresses_are_EFAULT_for_every_call)
{
	make_world();
	try_all(0x10);
}

TEST(pointers, kernel_addresses_are_EFAULT_for_every_call)
{
	make_world();
	try_all(0xffffffc000000000);
	try_all(0xffffffff80002000);
}

TEST(pointers, addresses_without_memory_are_EFAULT_for_every_call)
{
	char *pages;

	make_world();
	pages = map_pages(4, MAP_PRIVATE);
	EXPECT_EQUAL(sys(NR_munmap, pages + PAGE, PAGE), 0);
	EXPECT_EQUAL(sys(NR_mprotect, pages + 2 * PAGE, PAGE, PROT_NONE), 0);
	try_all((unsigned long)pages + PAGE);
	try_all((unsigned long)pages + 2 * PAGE);
}
