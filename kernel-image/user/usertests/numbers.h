/* Linux's numbers for riscv64 (asm-generic) as far as the tests use them. */
#pragma once

enum {
	NR_getcwd = 17, NR_dup = 23, NR_dup3 = 24, NR_fcntl = 25, NR_ioctl = 29, NR_mknodat = 33, NR_mkdirat = 34,
	NR_unlinkat = 35, NR_symlinkat = 36, NR_linkat = 37, NR_umount2 = 39, NR_mount = 40, NR_truncate = 45,
	NR_ftruncate = 46, NR_faccessat = 48, NR_chdir = 49, NR_fchdir = 50, NR_chroot = 51, NR_fchmodat = 53,
	NR_fchownat = 54, NR_openat = 56, NR_close = 57, NR_pipe2 = 59, NR_getdents64 = 61, NR_lseek = 62,
	NR_read = 63, NR_write = 64, NR_readv = 65, NR_writev = 66, NR_pread64 = 67, NR_pwrite64 = 68,
	NR_sendfile = 71, NR_ppoll = 73, NR_readlinkat = 78, NR_newfstatat = 79, NR_fstat = 80, NR_fsync = 82,
	NR_utimensat = 88, NR_exit = 93, NR_exit_group = 94, NR_waitid = 95, NR_set_tid_address = 96, NR_futex = 98,
	NR_nanosleep = 101, NR_clock_settime = 112, NR_clock_gettime = 113, NR_clock_getres = 114,
	NR_clock_nanosleep = 115, NR_sched_setscheduler = 119, NR_sched_getscheduler = 120,
	NR_sched_setaffinity = 122, NR_sched_getaffinity = 123, NR_sched_yield = 124, NR_kill = 129, NR_tkill = 130,
	NR_tgkill = 131, NR_sigaltstack = 132, NR_rt_sigsuspend = 133, NR_rt_sigaction = 134,
	NR_rt_sigprocmask = 135, NR_rt_sigpending = 136, NR_rt_sigtimedwait = 137, NR_setpriority = 140,
	NR_getpriority = 141, NR_reboot = 142, NR_setuid = 146, NR_setresuid = 147, NR_getresuid = 148,
	NR_times = 153, NR_setpgid = 154, NR_getpgid = 155, NR_getsid = 156, NR_setsid = 157, NR_setgroups = 159,
	NR_sethostname = 161, NR_getrusage = 165, NR_prctl = 167, NR_gettimeofday = 169, NR_getppid = 173,
	NR_getuid = 174, NR_geteuid = 175, NR_gettid = 178, NR_sysinfo = 179, NR_brk = 214, NR_munmap = 215,
	NR_clone = 220, NR_execve = 221, NR_mmap = 222, NR_mprotect = 226, NR_wait4 = 260, NR_prlimit64 = 261,
	NR_renameat2 = 276, NR_getrandom = 278,
	NR_unknown = 430,	/* a number that no kernel has used up to now */
};

enum { O_NOFOLLOW = 0400000, AT_EMPTY_PATH = 0x1000, RENAME_NOREPLACE = 1 };

enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };

enum {
	CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000,
	CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
	CLONE_CHILD_CLEARTID = 0x200000,
};

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_PRIVATE = 128 };

enum { SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_NODEFER = 0x40000000 };
#define SA_RESETHAND 0x80000000UL
enum { SEGV_MAPERR = 1, SEGV_ACCERR = 2 };

enum { RLIMIT_FSIZE = 1, RLIMIT_STACK = 3, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7, RLIMIT_AS = 9 };
struct rlimit { unsigned long rlim_cur, rlim_max; };

enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };
struct pollfd { int fd; short events, revents; };

struct iovec { void *base; size_t len; };

enum { WCONTINUED = 8, WEXITED = 4, WNOWAIT = 0x01000000, P_PID = 1 };
enum { SCHED_OTHER = 0, SCHED_FIFO = 1 };
enum { PR_SET_NAME = 15, PR_GET_NAME = 16 };
enum { TIMER_ABSTIME = 1 };

/* siginfo_t as far as it is read here. */
struct siginfo {
	int si_signo, si_errno, si_code, pad;
	union {
		void *si_addr;
		struct { int si_pid; unsigned int si_uid; };
	};
	char rest[104];
};

struct stack { void *ss_sp; int ss_flags; size_t ss_size; };
