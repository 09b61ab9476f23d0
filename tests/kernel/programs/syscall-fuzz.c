/*
 * Random system calls with random arguments, of which the kernel may refuse any and must survive all.
 *
 *	syscall-fuzz [-v] SEED ROUNDS CALLS [UID]
 *
 * Each round is a child in a control group of its own, so that nothing it starts outlives it. The child opens one of
 * each kind of file and makes CALLS calls, most of them with arguments of the kind that the call takes: a seed gives
 * the same calls on every machine, what becomes of them may depend on time. -v tells each call before it is made.
 * Spared is what is there to end the system or its other processes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_CALLS	460
#define ROUND_MS	3000
#define GROUP		"/sys/fs/cgroup/fuzz"
#define FOLDER		"/tmp/fuzz"
#define AREA		(64 * 4096UL)

static uint64_t state;
static int verbose, user;
static char *area;		/* readable and writable; behind it nothing */
static char *reading;		/* a page that is only read */
static int children[2];

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545F4914F6CDD1DULL >> 11;
}

static uint64_t below(uint64_t limit)
{
	return next() % limit;
}

static const char *const paths[] = {
	"file", "dir", "dir/file", "link", "loop", "fifo", "socket", "new", "dir/new", ".", "..", "", "/", "none/none",
	"/dev/null", "/dev/zero", "/dev/ptmx", "/dev/full", "/proc", "/proc/self", "/proc/self/mem", "/proc/self/maps",
	"/proc/self/fd", "/proc/self/status", "/proc/self/ns/pid", "/proc/self/task", "/proc/meminfo", "/proc/thread-self",
	"/proc/self/exe", "/proc/self/cwd", "/proc/self/root", "/proc/self/stat", "/proc/mounts", "/sys", "/sys/class", "/proc/1/stat",
	"/proc/kmsg", "/proc/interrupts", "/proc/slabinfo", "/sys/fs/cgroup", "/bin/sh", "tmpfs", "proc", "sysfs", "ext2", "devpts", "dir/",
};

static const uint64_t edges[] = {
	0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 127, 128, 255, 256, 511, 512, 1000, 1023, 1024, 4095, 4096, 4097, 8191, 8192, 65535, 65536, 0x100000,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, -1, -2, -3, -22, -100, -4095, -4096,
	0x3ffffff000, 0x4000000000, 0x3fffffffff, 0xffffffc000000000, 0xffffffff80000000, 0xffffffd600000000, 0xffffffff80000001, 0x10000, 0x10100,
	0x5555, 0xdeadbeef, 0x0101010101010101,
};

static uint64_t edge(void)
{
	return edges[below(sizeof(edges) / sizeof(*edges))];
}

static uint64_t any(void)
{
	switch (below(5)) {
	case 0: return edge();
	case 1: return 1ULL << below(64);
	case 2: return edge() + below(9) - 4;
	case 3: return next() << below(48);
	default: return below(70);
	}
}

static uint64_t address(void);

/* Something that may be a structure: numbers, addresses, small and large. */
static void *structure(void)
{
	uint64_t *words = (uint64_t *)(area + below(AREA / 8 - 40) * 8);

	for (int i = 0, n = below(32); i < n; i++) {
		switch (below(6)) {
		case 0: words[i] = 0; break;
		case 1: words[i] = below(64); break;
		case 2: words[i] = below(64) | below(64) << 32; break;
		case 3: words[i] = (uint64_t)(area + below(AREA)); break;
		case 4: words[i] = edge(); break;
		default: words[i] = any();
		}
	}
	return words;
}

static uint64_t path(void)
{
	if (below(12) == 0)
		return address();
	return (uint64_t)paths[below(sizeof(paths) / sizeof(*paths))];
}

static uint64_t address(void)
{
	switch (below(10)) {
	case 0: return 0;
	case 1: return edge();
	case 2: return (uint64_t)area + AREA - below(64);
	case 3: return (uint64_t)reading + below(4096);
	case 4: return (uint64_t)&address;
	case 5: return (uint64_t)area + below(64) * 4096;
	default: return (uint64_t)structure();
	}
}

static uint64_t descriptor(void)
{
	return below(10) ? below(48) : any();
}

static uint64_t process(void)
{
	switch (below(5)) {
	case 0: return 0;
	case 1: return getpid();
	case 2: return children[below(2)];
	case 3: return syscall(SYS_gettid);
	default: return 30000 + below(10);
	}
}

static uint64_t size(void)
{
	return below(3) ? below(AREA + 100) : any();
}

static uint64_t flags(void)
{
	return below(4) ? (1ULL << below(32)) | (below(2) ? 1ULL << below(32) : 0) | below(4) : any();
}

static uint64_t clock_id(void)
{
	return below(4) ? below(14) : any();
}

/* At most some milliseconds, mostly. */
static uint64_t interval(void)
{
	uint64_t *time = (uint64_t *)(area + below(AREA / 8 - 40) * 8);

	for (int i = 0; i < 4; i++)
		time[i] = i % 2 ? below(3000000) : 0;
	if (below(6) == 0)
		time[below(4)] = any();
	return below(12) ? (uint64_t)time : address();
}

static uint64_t vector(void)
{
	uint64_t *words = (uint64_t *)(area + below(AREA / 8 - 40) * 8);

	for (int i = 0; i < 16; i += 2) {
		words[i] = address();
		words[i + 1] = size();
	}
	return (uint64_t)words;
}

/* The kinds of a call's arguments: d descriptor, p path, a address, n size, f flags, i number, t time, v vector, c process, k clock, s signal. */
static const struct { int nr; const char *kinds; } calls[] = {
	{ SYS_getcwd, "an" }, { SYS_eventfd2, "if" }, { SYS_epoll_create1, "f" }, { SYS_epoll_ctl, "dida" },
	{ SYS_epoll_pwait, "dainan" }, { SYS_dup, "d" }, { SYS_dup3, "ddf" }, { SYS_fcntl, "dii" }, { SYS_fcntl, "dia" },
	{ SYS_ioctl, "dia" }, { SYS_flock, "di" }, { SYS_mknodat, "dpfi" }, { SYS_mkdirat, "dpi" }, { SYS_unlinkat, "dpf" },
	{ SYS_symlinkat, "pdp" }, { SYS_linkat, "dpdpf" }, { SYS_umount2, "pf" }, { SYS_mount, "pppfa" }, { SYS_statfs, "pa" },
	{ SYS_fstatfs, "da" }, { SYS_truncate, "pn" }, { SYS_ftruncate, "dn" }, { SYS_fallocate, "dinn" }, { SYS_faccessat, "dpi" },
	{ SYS_chdir, "p" }, { SYS_fchdir, "d" }, { SYS_chroot, "p" }, { SYS_fchmod, "di" }, { SYS_fchmodat, "dpi" },
	{ SYS_fchownat, "dpiif" }, { SYS_fchown, "dii" }, { SYS_openat, "dpfi" }, { SYS_close, "d" }, { SYS_vhangup, "" },
	{ SYS_pipe2, "af" }, { SYS_getdents64, "dan" }, { SYS_lseek, "dni" }, { SYS_read, "dan" }, { SYS_write, "dan" },
	{ SYS_readv, "dvi" }, { SYS_writev, "dvi" }, { SYS_pread64, "dann" }, { SYS_pwrite64, "dann" }, { SYS_preadv, "dvin" },
	{ SYS_pwritev, "dvin" }, { SYS_sendfile, "ddan" }, { SYS_pselect6, "iaaata" }, { SYS_ppoll, "aitan" }, { SYS_readlinkat, "dpan" },
	{ SYS_newfstatat, "dpaf" }, { SYS_fstat, "da" }, { SYS_sync, "" }, { SYS_fsync, "d" }, { SYS_fdatasync, "d" },
	{ SYS_sync_file_range, "dnnf" }, { SYS_timerfd_create, "kf" }, { SYS_timerfd_settime, "dfta" }, { SYS_timerfd_gettime, "da" },
	{ SYS_utimensat, "dpaf" }, { SYS_capget, "aa" }, { SYS_personality, "i" }, { SYS_waitid, "icafa" },
	{ SYS_set_tid_address, "a" }, { SYS_unshare, "f" }, { SYS_futex, "aiitai" }, { SYS_set_robust_list, "an" },
	{ SYS_get_robust_list, "caa" }, { SYS_nanosleep, "ta" }, { SYS_getitimer, "ia" }, { SYS_setitimer, "ita" },
	{ SYS_init_module, "ana" }, { SYS_finit_module, "daf" }, { SYS_delete_module, "pf" }, { SYS_timer_create, "kaa" },
	{ SYS_timer_gettime, "ia" }, { SYS_timer_getoverrun, "i" }, { SYS_timer_settime, "ifta" }, { SYS_timer_delete, "i" },
	{ SYS_clock_gettime, "ka" }, { SYS_clock_getres, "ka" }, { SYS_clock_nanosleep, "kfta" }, { SYS_sched_setparam, "ca" },
	{ SYS_sched_setscheduler, "cia" }, { SYS_sched_getscheduler, "c" }, { SYS_sched_getparam, "ca" }, { SYS_sched_setaffinity, "cna" },
	{ SYS_sched_getaffinity, "cna" }, { SYS_sched_yield, "" }, { SYS_sched_rr_get_interval, "ca" }, { SYS_restart_syscall, "" },
	{ SYS_kill, "cs" }, { SYS_tkill, "cs" }, { SYS_tgkill, "ccs" }, { SYS_sigaltstack, "aa" }, { SYS_rt_sigsuspend, "an" },
	{ SYS_rt_sigaction, "saan" }, { SYS_rt_sigprocmask, "iaan" }, { SYS_rt_sigpending, "an" }, { SYS_rt_sigtimedwait, "aatn" },
	{ SYS_rt_sigqueueinfo, "csa" }, { SYS_rt_sigreturn, "" }, { SYS_setpriority, "ici" }, { SYS_getpriority, "ic" },
	{ SYS_setregid, "ii" }, { SYS_setgid, "i" }, { SYS_getresuid, "aaa" }, { SYS_setfsuid, "i" }, { SYS_times, "a" },
	{ SYS_setpgid, "cc" }, { SYS_getpgid, "c" }, { SYS_getsid, "c" }, { SYS_setsid, "" }, { SYS_getgroups, "ia" }, { SYS_setgroups, "ia" },
	{ SYS_uname, "a" }, { SYS_getrlimit, "ia" }, { SYS_setrlimit, "ia" }, { SYS_getrusage, "ia" }, { SYS_umask, "i" },
	{ SYS_prctl, "iaiii" }, { SYS_prctl, "iiiii" }, { SYS_getcpu, "aaa" }, { SYS_gettimeofday, "aa" }, { SYS_sysinfo, "a" },
	{ SYS_socket, "iii" }, { SYS_socketpair, "iiia" }, { SYS_bind, "dan" }, { SYS_listen, "di" }, { SYS_accept4, "daaf" },
	{ SYS_connect, "dan" }, { SYS_getsockname, "daa" }, { SYS_getpeername, "daa" }, { SYS_sendto, "danfan" }, { SYS_recvfrom, "danfaa" },
	{ SYS_setsockopt, "diian" }, { SYS_getsockopt, "diiaa" }, { SYS_shutdown, "di" }, { SYS_sendmsg, "daf" }, { SYS_recvmsg, "daf" },
	{ SYS_readahead, "dnn" }, { SYS_brk, "a" }, { SYS_munmap, "an" }, { SYS_mremap, "annfa" }, { SYS_clone, "faaaa" },
	{ SYS_clone, "s" }, { SYS_execve, "paa" }, { SYS_execve, "pvv" }, { SYS_mmap, "anifdn" }, { SYS_mmap, "aniidn" }, { SYS_fadvise64, "dnni" },
	{ SYS_mprotect, "ani" }, { SYS_msync, "anf" }, { SYS_mlock, "an" }, { SYS_munlock, "an" }, { SYS_mlockall, "f" }, { SYS_munlockall, "" },
	{ SYS_mincore, "ana" }, { SYS_madvise, "ani" }, { SYS_rt_tgsigqueueinfo, "ccsa" }, { SYS_riscv_flush_icache, "aaf" }, { 258, "aiaaf" },
	{ SYS_wait4, "cafa" }, { SYS_prlimit64, "ciaa" }, { SYS_syncfs, "d" }, { SYS_setns, "df" }, { SYS_sched_setattr, "caf" },
	{ SYS_sched_getattr, "canf" }, { SYS_renameat2, "dpdpf" }, { SYS_getrandom, "anf" }, { SYS_memfd_create, "pf" }, { SYS_execveat, "dpaaf" },
	{ SYS_execveat, "dpvvf" }, { SYS_membarrier, "ifi" }, { SYS_mlock2, "anf" }, { SYS_copy_file_range, "dadanf" }, { SYS_preadv2, "dvinif" },
	{ SYS_pwritev2, "dvinif" }, { SYS_statx, "dpfia" }, { SYS_clone3, "an" }, { SYS_close_range, "iif" }, { 439, "dpif" }, { 441, "daitan" },
	{ 452, "dpif" },
};

static uint64_t argument(char kind)
{
	switch (below(16) ? kind : 0) {
	case 'd': return descriptor();
	case 'p': return path();
	case 'a': return address();
	case 'n': return size();
	case 'f': return flags();
	case 'i': return below(3) ? below(64) : any();
	case 't': return interval();
	case 'v': return vector();
	case 'c': return process();
	case 'k': return clock_id();
	case 's': return below(70);
	default: return below(2) ? any() : address();
	}
}

/* What would end more than the child: the system, time itself, or processes that are not its own. */
static int spared(long nr, const uint64_t *a)
{
	switch (nr) {
	case SYS_reboot: case SYS_clock_settime: case SYS_settimeofday: case SYS_sethostname: case SYS_setdomainname:
	case SYS_syslog: case SYS_exit_group:
		return 1;
	case SYS_kill: case SYS_tkill: case SYS_rt_sigqueueinfo: case SYS_setpriority: case SYS_prlimit64: case SYS_tgkill: case SYS_rt_tgsigqueueinfo:
	case SYS_sched_setparam: case SYS_sched_setscheduler: case SYS_sched_setattr: case SYS_sched_setaffinity: case SYS_setpgid: {
		int pid = nr == SYS_setpriority ? a[1] : a[0], own = pid == 0 || pid == getpid() || pid == children[0] || pid == children[1] || pid >= 30000;

		return !user && !own;
	}
	case SYS_umount2: case SYS_mount:
		return !user && below(3) != 0;
	}
	return 0;
}

static void one_call(int index)
{
	uint64_t a[6];
	long nr;

	if (below(8)) {
		int which = below(sizeof(calls) / sizeof(*calls));
		const char *kinds = calls[which].kinds;

		nr = calls[which].nr;
		for (int i = 0; i < 6; i++)
			a[i] = *kinds ? argument(*kinds++) : any();
	} else {
		nr = below(50) ? below(NR_CALLS) : any();
		for (int i = 0; i < 6; i++)
			a[i] = argument("dpanfitvck"[below(10)]);
	}
	if (spared(nr, a))
		return;
	if (verbose) {
		char text[200];
		int len = snprintf(text, sizeof(text), "<7>fuzz %d[%d]: %ld(%lx, %lx, %lx, %lx, %lx, %lx)\n", index, getpid(), nr, a[0], a[1],
				   a[2], a[3], a[4], a[5]);

		syscall(SYS_write, 1000, text, len);
	}
	syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void nothing(int signal)
{
}

static void prepare(void)
{
	struct sockaddr_un name = { AF_UNIX, "socket" };
	int pair[2], fd;

	close(0);
	mkdir("dir", 0777);
	for (int i = 0; i < 2; i++) {
		fd = open(i ? "dir/file" : "file", O_RDWR | O_CREAT, 0777);
		for (int j = 0; j < 20; j++)
			write(fd, area, 1000);
	}
	symlink("file", "link");
	symlink("loop", "loop");
	mkfifo("fifo", 0666);
	open("fifo", O_RDWR | O_NONBLOCK);
	open(".", O_RDONLY | O_DIRECTORY);
	open("dir", O_PATH);
	pipe2(pair, 0);
	pipe2(pair, O_NONBLOCK);
	eventfd(0, EFD_NONBLOCK);
	fd = epoll_create1(0);
	epoll_ctl(fd, EPOLL_CTL_ADD, pair[0], &(struct epoll_event){ EPOLLIN });
	epoll_create1(0);
	timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	bind(fd, (void *)&name, sizeof(name));
	listen(fd, 4);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(fd, (void *)&name, sizeof(name));
	socket(AF_UNIX, SOCK_SEQPACKET, 0);
	memfd_create("mem", 3);
	fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (fd >= 0) {
		char slave[30];

		grantpt(fd);
		unlockpt(fd);
		ptsname_r(fd, slave, sizeof(slave));
		open(slave, O_RDWR);
	}
	open("/dev/zero", O_RDWR);
	open("/dev/null", O_RDWR);
	open("/proc/self/maps", O_RDONLY);
	open("/proc/self/ns/uts", O_RDONLY);
	open("/proc", O_RDONLY | O_DIRECTORY);
	open("/proc/self/mem", O_RDWR);
	open("/bin/busybox", O_RDONLY);
	open("/sys/class", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			for (;;)
				pause();
	}
}

static void round_of_calls(int count)
{
	struct rlimit limit = { 200, 200 };

	if (verbose)
		dup2(open("/dev/kmsg", O_WRONLY), 1000);
	area = mmap((void *)0x20000000, AREA + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	munmap(area + AREA, 4096);
	reading = mmap((void *)0x30000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	setsid();
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 });
	if (user) {
		setgroups(0, NULL);
		setresgid(user, user, user);
		setresuid(user, user, user);
		setrlimit(RLIMIT_NPROC, &limit);
	}
	for (int i = 1; i < 32; i++)
		if (below(4) == 0)
			signal(i, below(2) ? nothing : SIG_IGN);
	close(1);
	close(2);
	prepare();
	for (int i = 0; i < count; i++)
		one_call(i);
	syscall(SYS_exit_group, 0);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("syscall-fuzz: %s: %s\n", path, strerror(errno));
	close(fd);
}

static int populated(void)
{
	char text[100] = "";
	int fd = open(GROUP "/cgroup.procs", O_RDONLY), len = read(fd, text, sizeof(text) - 1);

	close(fd);
	return len > 0;
}

static int remove_folder(void)
{
	int pid = fork();

	if (pid == 0) {
		execl("/bin/rm", "rm", "-rf", FOLDER, NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return mkdir(FOLDER, 0777) || chmod(FOLDER, 0777);
}

int main(int argc, char **argv)
{
	uint64_t seed;
	int rounds, count;

	if (argc > 1 && !strcmp(argv[1], "-v")) {
		verbose = 1;
		argc--;
		argv++;
	}
	if (argc < 4) {
		fprintf(stderr, "usage: syscall-fuzz [-v] SEED ROUNDS CALLS [UID]\n");
		return 2;
	}
	seed = atol(argv[1]);
	rounds = atoi(argv[2]);
	count = atoi(argv[3]);
	user = argc > 4 ? atoi(argv[4]) : 0;
	put("/sys/fs/cgroup/cgroup.subtree_control", "+pids");
	mkdir(GROUP, 0755);
	put(GROUP "/pids.max", "40");
	setvbuf(stdout, NULL, _IONBF, 0);
	for (int round = 0; round < rounds; round++, seed++) {
		int pid, waited = 0;

		remove_folder();
		pid = fork();
		if (pid == 0) {
			char text[20];

			state = seed * 0x9E3779B97F4A7C15ULL + 1;
			for (int i = 0; i < 8; i++)
				next();
			snprintf(text, sizeof(text), "%d", getpid());
			put(GROUP "/cgroup.procs", text);
			unshare(CLONE_NEWNS);
			chdir(FOLDER);
			round_of_calls(count);
		}
		while (waitpid(pid, NULL, WNOHANG) == 0 && waited++ < ROUND_MS / 10)
			usleep(10000);
		for (waited = 0; populated() && waited < 500; waited++) {
			put(GROUP "/cgroup.kill", "1");
			usleep(waited < 5 ? 1000 : 10000);
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		}
		if (populated()) {
			printf("syscall-fuzz: seed %lu: processes that cannot be killed\n", seed);
			return 1;
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	rmdir(GROUP);
	printf("syscall-fuzz: %d rounds\n", rounds);
	return 0;
}
