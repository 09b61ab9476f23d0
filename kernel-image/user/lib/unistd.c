/* The POSIX calls that are another system call with some arguments filled in. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

long clone(unsigned long flags, void *stack, int *parent_tid, unsigned long tls, int *child_tid);
long wait4(pid_t pid, int *status, int options, void *usage);
long reboot_syscall(unsigned int magic1, unsigned int magic2, unsigned int command, void *argument);
long getcwd_syscall(char *buf, size_t size);
long brk_syscall(void *end);
int mknodat(int dirfd, const char *path, mode_t mode, dev_t dev);
int mkdirat(int dirfd, const char *path, mode_t mode);
int unlinkat(int dirfd, const char *path, int flags);
int symlinkat(const char *target, int dirfd, const char *path);
int linkat(int fromfd, const char *from, int tofd, const char *to, int flags);
int faccessat(int dirfd, const char *path, int mode);
int fchmodat(int dirfd, const char *path, mode_t mode);
int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int fstatat(int dirfd, const char *path, struct stat *st, int flags);
ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size);
int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned int flags);

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return openat(AT_FDCWD, path, flags, mode);
}

int pipe(int fd[2])				{ return pipe2(fd, 0); }
int access(const char *path, int mode)		{ return faccessat(AT_FDCWD, path, mode); }
int chmod(const char *path, mode_t mode)	{ return fchmodat(AT_FDCWD, path, mode); }
int mkdir(const char *path, mode_t mode)	{ return mkdirat(AT_FDCWD, path, mode); }
int unlink(const char *path)			{ return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path)			{ return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int link(const char *from, const char *to)	{ return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }
int rename(const char *from, const char *to)	{ return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int stat(const char *path, struct stat *st)	{ return fstatat(AT_FDCWD, path, st, 0); }
int lstat(const char *path, struct stat *st)	{ return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW); }
pid_t wait(int *status)				{ return wait4(-1, status, 0, NULL); }

int mknod(const char *path, mode_t mode, dev_t dev)
{
	return mknodat(AT_FDCWD, path, mode, dev);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	return fchownat(AT_FDCWD, path, uid, gid, 0);
}

ssize_t readlink(const char *path, char *buf, size_t size)
{
	return readlinkat(AT_FDCWD, path, buf, size);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t fork(void)
{
	fflush(stdout);
	return clone(SIGCHLD, NULL, NULL, 0, NULL);
}

int dup2(int from, int to)
{
	if (from == to)
		return fcntl(from, F_GETFD, 0) < 0 ? -1 : to;
	return dup3(from, to, 0);
}

char *getcwd(char *buf, size_t size)
{
	return getcwd_syscall(buf, size) < 0 ? NULL : buf;
}

int reboot(unsigned int command)
{
	return reboot_syscall(0xfee1dead, 672274793, command, NULL);
}

int gethostname(char *name, size_t len)
{
	struct utsname names;

	if (uname(&names) < 0)
		return -1;
	strlcpy(name, names.nodename, len);
	return 0;
}

int brk(void *end)
{
	if (brk_syscall(end) != (long)end) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

void *sbrk(intptr_t increment)
{
	static char *end;
	char *old;

	if (!end)
		end = (char *)brk_syscall(NULL);
	old = end;
	if (increment && brk(end + increment) < 0)
		return (void *)-1;
	end += increment;
	return old;
}

int isatty(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0;
}

int tcgetattr(int fd, struct termios *t)
{
	return ioctl(fd, TCGETS, t);
}

int tcsetattr(int fd, int when, const struct termios *t)
{
	return ioctl(fd, TCSETS + when, (void *)t);
}

pid_t tcgetpgrp(int fd)
{
	pid_t pgid;

	return ioctl(fd, TIOCGPGRP, &pgid) < 0 ? -1 : pgid;
}

int tcsetpgrp(int fd, pid_t pgid)
{
	return ioctl(fd, TIOCSPGRP, &pgid);
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec left = { .tv_sec = seconds };

	return nanosleep(&left, &left) < 0 ? left.tv_sec : 0;
}
