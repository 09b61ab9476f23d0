/*
 * The system-call table: one line per call, with Linux's number for riscv64 (asm-generic).
 *
 * A new call is one line here and one SYSCALL_DEFINE anywhere.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/ptrace.h>

#define SYSCALLS(call)				\
	call(17, getcwd)			\
	call(19, eventfd2)			\
	call(20, epoll_create1)			\
	call(21, epoll_ctl)			\
	call(22, epoll_pwait)			\
	call(23, dup)				\
	call(24, dup3)				\
	call(25, fcntl)				\
	call(29, ioctl)				\
	call(32, flock)				\
	call(33, mknodat)			\
	call(34, mkdirat)			\
	call(35, unlinkat)			\
	call(36, symlinkat)			\
	call(37, linkat)			\
	call(39, umount2)			\
	call(40, mount)				\
	call(43, statfs)			\
	call(44, fstatfs)			\
	call(45, truncate)			\
	call(46, ftruncate)			\
	call(47, fallocate)			\
	call(48, faccessat)			\
	call(49, chdir)				\
	call(50, fchdir)			\
	call(51, chroot)			\
	call(52, fchmod)			\
	call(53, fchmodat)			\
	call(54, fchownat)			\
	call(55, fchown)			\
	call(56, openat)			\
	call(57, close)				\
	call(58, vhangup)			\
	call(59, pipe2)				\
	call(61, getdents64)			\
	call(62, lseek)				\
	call(63, read)				\
	call(64, write)				\
	call(65, readv)				\
	call(66, writev)			\
	call(67, pread64)			\
	call(68, pwrite64)			\
	call(69, preadv)			\
	call(70, pwritev)			\
	call(71, sendfile)			\
	call(72, pselect6)			\
	call(73, ppoll)				\
	call(78, readlinkat)			\
	call(79, newfstatat)			\
	call(80, fstat)				\
	call(81, sync)				\
	call(82, fsync)				\
	call(83, fdatasync)			\
	call(84, sync_file_range)		\
	call(85, timerfd_create)		\
	call(86, timerfd_settime)		\
	call(87, timerfd_gettime)		\
	call(88, utimensat)			\
	call(90, capget)			\
	call(91, capset)			\
	call(92, personality)			\
	call(93, exit)				\
	call(94, exit_group)			\
	call(95, waitid)			\
	call(96, set_tid_address)		\
	call(97, unshare)			\
	call(98, futex)				\
	call(99, set_robust_list)		\
	call(100, get_robust_list)		\
	call(101, nanosleep)			\
	call(102, getitimer)			\
	call(103, setitimer)			\
	call(105, init_module)			\
	call(106, delete_module)		\
	call(107, timer_create)			\
	call(108, timer_gettime)		\
	call(109, timer_getoverrun)		\
	call(110, timer_settime)		\
	call(111, timer_delete)			\
	call(112, clock_settime)		\
	call(113, clock_gettime)		\
	call(114, clock_getres)			\
	call(115, clock_nanosleep)		\
	call(116, syslog)			\
	call(118, sched_setparam)		\
	call(119, sched_setscheduler)		\
	call(120, sched_getscheduler)		\
	call(121, sched_getparam)		\
	call(122, sched_setaffinity)		\
	call(123, sched_getaffinity)		\
	call(124, sched_yield)			\
	call(125, sched_get_priority_max)	\
	call(126, sched_get_priority_min)	\
	call(127, sched_rr_get_interval)	\
	call(128, restart_syscall)		\
	call(129, kill)				\
	call(130, tkill)			\
	call(131, tgkill)			\
	call(132, sigaltstack)			\
	call(133, rt_sigsuspend)		\
	call(134, rt_sigaction)			\
	call(135, rt_sigprocmask)		\
	call(136, rt_sigpending)		\
	call(137, rt_sigtimedwait)		\
	call(138, rt_sigqueueinfo)		\
	call(139, rt_sigreturn)			\
	call(140, setpriority)			\
	call(141, getpriority)			\
	call(142, reboot)			\
	call(143, setregid)			\
	call(144, setgid)			\
	call(145, setreuid)			\
	call(146, setuid)			\
	call(147, setresuid)			\
	call(148, getresuid)			\
	call(149, setresgid)			\
	call(150, getresgid)			\
	call(151, setfsuid)			\
	call(152, setfsgid)			\
	call(153, times)			\
	call(154, setpgid)			\
	call(155, getpgid)			\
	call(156, getsid)			\
	call(157, setsid)			\
	call(158, getgroups)			\
	call(159, setgroups)			\
	call(160, uname)			\
	call(161, sethostname)			\
	call(162, setdomainname)		\
	call(163, getrlimit)			\
	call(164, setrlimit)			\
	call(165, getrusage)			\
	call(166, umask)			\
	call(167, prctl)			\
	call(168, getcpu)			\
	call(169, gettimeofday)			\
	call(170, settimeofday)			\
	call(172, getpid)			\
	call(173, getppid)			\
	call(174, getuid)			\
	call(175, geteuid)			\
	call(176, getgid)			\
	call(177, getegid)			\
	call(178, gettid)			\
	call(179, sysinfo)			\
	call(198, socket)			\
	call(199, socketpair)			\
	call(200, bind)				\
	call(201, listen)			\
	call(202, accept)			\
	call(203, connect)			\
	call(204, getsockname)			\
	call(205, getpeername)			\
	call(206, sendto)			\
	call(207, recvfrom)			\
	call(208, setsockopt)			\
	call(209, getsockopt)			\
	call(210, shutdown)			\
	call(211, sendmsg)			\
	call(212, recvmsg)			\
	call(213, readahead)			\
	call(214, brk)				\
	call(215, munmap)			\
	call(216, mremap)			\
	call(220, clone)			\
	call(221, execve)			\
	call(222, mmap)				\
	call(223, fadvise64)			\
	call(226, mprotect)			\
	call(227, msync)			\
	call(228, mlock)			\
	call(229, munlock)			\
	call(230, mlockall)			\
	call(231, munlockall)			\
	call(232, mincore)			\
	call(233, madvise)			\
	call(240, rt_tgsigqueueinfo)		\
	call(242, accept4)			\
	call(258, riscv_hwprobe)		\
	call(259, riscv_flush_icache)		\
	call(260, wait4)			\
	call(261, prlimit64)			\
	call(267, syncfs)			\
	call(268, setns)			\
	call(273, finit_module)			\
	call(274, sched_setattr)		\
	call(275, sched_getattr)		\
	call(276, renameat2)			\
	call(278, getrandom)			\
	call(279, memfd_create)			\
	call(281, execveat)			\
	call(283, membarrier)			\
	call(284, mlock2)			\
	call(285, copy_file_range)		\
	call(286, preadv2)			\
	call(287, pwritev2)			\
	call(291, statx)			\
	call(435, clone3)			\
	call(436, close_range)			\
	call(439, faccessat2)			\
	call(441, epoll_pwait2)			\
	call(452, fchmodat2)

#define NR_SYSCALLS 453

#define DECLARE(nr, name)							\
	long sys_##name(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);
SYSCALLS(DECLARE)

#define ENTRY(nr, name) [nr] = sys_##name,
static const syscall_fn_t sys_call_table[NR_SYSCALLS] = { SYSCALLS(ENTRY) };

/* Says once for each number that a program asked for it in vain. */
static void warn_once(unsigned long nr)
{
	static unsigned long warned[DIV_ROUND_UP(NR_SYSCALLS, 64)];

	if (nr >= NR_SYSCALLS || test_and_set_bit(nr % 64, &warned[nr / 64]))
		return;
	pr_debug("%s[%d]: system call %lu is not implemented\n", current->comm, current->pid, nr);
}

void syscall_handler(struct pt_regs *regs)
{
	unsigned long nr = regs->a7;
	syscall_fn_t fn = nr < NR_SYSCALLS ? sys_call_table[nr] : NULL;

	if (!fn) {
		warn_once(nr);
		regs->a0 = -ENOSYS;
		return;
	}
	regs->a0 = fn(regs->orig_a0, regs->a1, regs->a2, regs->a3, regs->a4, regs->a5);
}
