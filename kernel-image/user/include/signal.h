/* Signals: numbers (asm-generic), actions and masks. */
#pragma once
#include <sys/types.h>

/* number, name, message of a death by it */
#define SIGNAL_LIST(S) \
	S(1, HUP, "Hangup") S(2, INT, "Interrupt") S(3, QUIT, "Quit") S(4, ILL, "Illegal instruction") \
	S(5, TRAP, "Trace/breakpoint trap") S(6, ABRT, "Aborted") S(7, BUS, "Bus error") \
	S(8, FPE, "Floating point exception") S(9, KILL, "Killed") S(10, USR1, "User defined signal 1") \
	S(11, SEGV, "Segmentation fault") S(12, USR2, "User defined signal 2") S(13, PIPE, "Broken pipe") \
	S(14, ALRM, "Alarm clock") S(15, TERM, "Terminated") S(16, STKFLT, "Stack fault") \
	S(17, CHLD, "Child exited") S(18, CONT, "Continued") S(19, STOP, "Stopped (signal)") \
	S(20, TSTP, "Stopped") S(21, TTIN, "Stopped (tty input)") S(22, TTOU, "Stopped (tty output)") \
	S(23, URG, "Urgent I/O condition") S(24, XCPU, "CPU time limit exceeded") \
	S(25, XFSZ, "File size limit exceeded") S(26, VTALRM, "Virtual timer expired") \
	S(27, PROF, "Profiling timer expired") S(28, WINCH, "Window changed") S(29, IO, "I/O possible") \
	S(30, PWR, "Power failure") S(31, SYS, "Bad system call")

#define SIGNAL_ENUM(number, name, message) SIG##name = number,
enum { SIGNAL_LIST(SIGNAL_ENUM) NSIG = 65 };

typedef unsigned long sigset_t;
typedef void (*sighandler_t)(int);
typedef int sig_atomic_t;

#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

#define SIG_BLOCK	0
#define SIG_UNBLOCK	1
#define SIG_SETMASK	2

#define SA_NOCLDSTOP	0x00000001UL
#define SA_RESTART	0x10000000UL

/* The kernel's own layout: riscv has no sa_restorer. */
struct sigaction {
	sighandler_t sa_handler;
	unsigned long sa_flags;
	sigset_t sa_mask;
};

sighandler_t signal(int sig, sighandler_t handler);
int sigaction(int sig, const struct sigaction *act, struct sigaction *old);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigsuspend(const sigset_t *mask);
int kill(pid_t pid, int sig);
int raise(int sig);

static inline int sigemptyset(sigset_t *set) { *set = 0; return 0; }
static inline int sigfillset(sigset_t *set) { *set = ~0UL; return 0; }
static inline int sigaddset(sigset_t *set, int sig) { *set |= 1UL << (sig - 1); return 0; }
static inline int sigismember(const sigset_t *set, int sig) { return *set >> (sig - 1) & 1; }

/* The number of "TERM", "SIGTERM" or "15", or -1; and the name without SIG, or NULL. */
int signal_number(const char *name);
const char *signal_name(int number);
