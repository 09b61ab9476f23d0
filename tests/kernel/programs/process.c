/* Processes: making them, waiting for them, what they may ask about themselves and the system. */
#include "check.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>

extern char **environ;

static void waits(void)
{
	struct rusage ru;
	siginfo_t info;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	check(waitid(P_PID, pid, &info, WEXITED | WNOWAIT) == 0 && info.si_pid == pid && info.si_status == 7 && info.si_code == CLD_EXITED,
	      "waitid leaves the child");
	check(wait4(pid, &status, 0, &ru) == pid && exited(status, 7), "wait4");
	check(waitpid(pid, &status, 0) == -1 && errno == ECHILD, "no child is left");
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	check(waitpid(pid, &status, WNOHANG) == 0, "WNOHANG");
	kill(pid, SIGSTOP);
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "a child stops");
	kill(pid, SIGCONT);
	check(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status), "and goes on");
	kill(pid, SIGKILL);
	check(waitpid(pid, &status, 0) == pid && killed(status, SIGKILL), "and is killed");
}

static void programs(void)
{
	char *argv[] = { "process", "child", NULL };
	posix_spawn_file_actions_t actions;
	int status, fd[2];
	char text[16] = "";
	pid_t pid;

	pipe(fd);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], 1);
	check(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ) == 0, "posix_spawn");
	check(waitpid(pid, &status, 0) == pid && exited(status, 11) && read(fd[0], text, 15) == 6 && !strcmp(text, "child\n"), "its program ran");
	check(posix_spawn(&pid, "/no/such/file", NULL, NULL, argv, environ) == ENOENT, "posix_spawn tells why not");
	if (fork() == 0) {
		int exe = open("/proc/self/exe", O_RDONLY);

		dup2(fd[1], 1);
		fexecve(exe, argv, environ);
		_exit(99);
	}
	wait(&status);
	check(exited(status, 11), "fexecve");
	pid = vfork();
	if (pid == 0)
		_exit(4);
	waitpid(pid, &status, 0);
	check(exited(status, 4), "vfork");
	check(execl("/tmp", "tmp", NULL) == -1 && errno == EACCES && execl("/proc/self/exe/x", "x", NULL) == -1 && errno == ENOTDIR,
	      "what cannot be executed");
	close(open("/tmp/empty", O_CREAT | O_WRONLY, 0700));
	check(execl("/tmp/empty", "empty", NULL) == -1 && errno == ENOEXEC, "an empty file is no program");
	unlink("/tmp/empty");
}

static int cloned(void *arg)
{
	*(int *)arg = 5;
	return 6;
}

static void clones(void)
{
	static char stack[32768] __attribute__((aligned(16)));
	int value = 0, status;
	pid_t pid = clone(cloned, stack + sizeof(stack), CLONE_VM | SIGCHLD, &value);

	check(waitpid(pid, &status, 0) == pid && exited(status, 6) && value == 5, "clone shares memory");
	check(clone(cloned, stack + sizeof(stack), CLONE_THREAD, &value) == -1 && errno == EINVAL, "clone refuses what makes no sense");
	check(syscall(SYS_clone3, NULL, 64) == -1 && errno == EFAULT, "clone3 looks at its arguments");
	check(syscall(4000) == -1 && errno == ENOSYS, "a call that does not exist");
}

static void questions(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	struct rlimit limit;
	struct utsname uts;
	struct sysinfo info;
	struct tms tms;
	unsigned int cpu;
	cpu_set_t set;
	char name[17] = "", bytes[64] = { 0 };
	int sum = 0;

	check(uname(&uts) == 0 && !strcmp(uts.sysname, "Linux") && !strcmp(uts.machine, "riscv64"), "uname: %s", uts.release);
	check(sysinfo(&info) == 0 && info.totalram * info.mem_unit > 64 << 20 && info.freeram <= info.totalram, "sysinfo");
	check(times(&tms) > 0, "times");
	check(prctl(PR_SET_NAME, "renamed") == 0 && prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "renamed"), "prctl");
	check(getrandom(bytes, 64, 0) == 64, "getrandom");
	for (int i = 0; i < 64; i++)
		sum |= bytes[i];
	check(sum, "and it is not all zero");
	check(syscall(SYS_capget, &header, data) == 0 && (data[0].effective != 0) == (geteuid() == 0), "capget");
	check(sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) == get_nprocs(), "%d processors", get_nprocs());
	CPU_ZERO(&set);
	CPU_SET(get_nprocs() - 1, &set);
	check(sched_setaffinity(0, sizeof(set), &set) == 0 && syscall(SYS_getcpu, &cpu, NULL, NULL) == 0 && (int)cpu == get_nprocs() - 1, "getcpu");
	check(getpriority(PRIO_PROCESS, 0) == 0 && setpriority(PRIO_PROCESS, 0, 5) == 0 && getpriority(PRIO_PROCESS, 0) == 5, "setpriority");
	check(sched_getscheduler(0) == SCHED_OTHER && sched_get_priority_max(SCHED_FIFO) == 99, "scheduling policies");
	check(prlimit(getpid(), RLIMIT_NOFILE, NULL, &limit) == 0 && limit.rlim_cur == 1024, "prlimit");
	check(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_CLK_TCK) == 100 && sysconf(_SC_NPROCESSORS_CONF) == get_nprocs(), "sysconf");
}

static void sessions(void)
{
	int status;

	if (fork() == 0)
		_exit(setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid() && setsid() == -1 ? 0 : 1);
	wait(&status);
	check(exited(status, 0), "setsid");
	if (fork() == 0) {
		setgid(1000);
		setuid(1000);
		_exit(getuid() == 1000 && geteuid() == 1000 && setuid(0) == -1 && errno == EPERM &&
		      open("/etc/shadow", O_RDONLY) == -1 && errno == EACCES && kill(1, SIGTERM) == -1 && errno == EPERM ? 0 : 1);
	}
	wait(&status);
	check(exited(status, 0), "a user who gave up being root stays one");
}

/* The processor time of the sleep that took the least: a host that stops a hart for a while takes from ours. */
static int64_t cost_of_sleeping(const struct timespec *ts)
{
	int64_t least = ts->tv_nsec;

	for (int i = 0; i < 20 && least > ts->tv_nsec / 2; i++) {
		int64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);

		nanosleep(ts, NULL);
		cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		least = cpu < least ? cpu : least;
	}
	return least;
}

/* The next alarm: the first may come before the sleep that it is to interrupt. */
static void alarm_again(int sig) { alarm(1); }

static void clocks(void)
{
	struct timespec ts = { 0, 50000000 }, left;
	int64_t start = now_ns(CLOCK_MONOTONIC);

	nanosleep(&ts, NULL);
	check(now_ns(CLOCK_MONOTONIC) - start >= 50000000, "nanosleep lasts long enough");
	check(cost_of_sleeping(&ts) < 40000000, "and takes no processor time");
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec++;
	ts.tv_nsec = 0;
	check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == 0 && now_ns(CLOCK_MONOTONIC) / 1000000000 >= ts.tv_sec, "clock_nanosleep");
	signal(SIGALRM, alarm_again);
	alarm(1);
	ts = (struct timespec){ 1000, 0 };
	check(nanosleep(&ts, &left) == -1 && errno == EINTR && left.tv_sec < 1000, "an alarm interrupts a sleep");
	check(alarm(0) <= 1, "and can be called off");
	check(clock_getres(CLOCK_MONOTONIC, &ts) == 0 && ts.tv_nsec == 1, "clock_getres");
	start = now_ns(CLOCK_THREAD_CPUTIME_ID);
	for (volatile int i = 0; i < 100000; i++)
		;
	check(now_ns(CLOCK_THREAD_CPUTIME_ID) - start >= 100000, "processor time is measured finely");
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		printf("%s\n", argv[1]);
		return 11;
	}
	waits();
	programs();
	clones();
	sessions();
	clocks();
	questions();
	return finish();
}
