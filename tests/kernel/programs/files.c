/* Files and what waits on them: positions, names, times, copies, pipes, poll, select, epoll, eventfd, timerfd. */
#include "check.h"
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

static char buf[256];
static void *volatile bad = (void *)8;

static void positions(void)
{
	int fd = open("/tmp/f", O_RDWR | O_CREAT | O_TRUNC, 0644), two;
	struct iovec out[2] = { { "hello ", 6 }, { "world", 5 } }, in[2] = { { buf, 3 }, { buf + 100, 50 } };

	check(writev(fd, out, 2) == 11 && lseek(fd, 0, SEEK_CUR) == 11, "writev");
	check(preadv(fd, in, 2, 2) == 9 && !memcmp(buf, "llo", 3) && !memcmp(buf + 100, " world", 6), "preadv");
	check(pwrite(fd, "J", 1, 0) == 1 && lseek(fd, 0, SEEK_CUR) == 11 && pread(fd, buf, 5, 0) == 5 && !memcmp(buf, "Jello", 5), "pwrite and pread");
	check(lseek(fd, 100, SEEK_SET) == 100 && write(fd, "x", 1) == 1 && pread(fd, buf, 1, 50) == 1 && !buf[0], "a hole reads as zeroes");
	check(ftruncate(fd, 5) == 0 && lseek(fd, 0, SEEK_END) == 5 && ftruncate(fd, 10) == 0 && pread(fd, buf, 20, 0) == 10 && !buf[9], "ftruncate");
	check(fallocate(fd, 0, 0, 10000) == 0 && lseek(fd, 0, SEEK_END) == 10000 && fallocate(fd, 1, 0, 20000) == 0 &&
	      lseek(fd, 0, SEEK_END) == 10000, "fallocate");
	ftruncate(fd, 10);
	two = open("/tmp/g", O_RDWR | O_CREAT | O_TRUNC, 0644);
	lseek(fd, 0, SEEK_SET);
	check(sendfile(two, fd, NULL, 100) == 10 && lseek(fd, 0, SEEK_CUR) == 10 && lseek(two, 0, SEEK_END) == 10, "sendfile");
	loff_t from = 1, to = 0;
	check(copy_file_range(fd, &from, two, &to, 4, 0) == 4 && from == 5 && to == 4 && pread(two, buf, 4, 0) == 4 &&
	      !memcmp(buf, "ello", 4), "copy_file_range");
	check(read(12345, buf, 1) == -1 && errno == EBADF && read(fd, bad, 1) == 0 && pread(fd, bad, 1, 0) == -1 &&
	      errno == EFAULT, "bad descriptors and addresses");
	check(dup3(fd, 100, O_CLOEXEC) == 100 && fcntl(100, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_DUPFD, 200) == 200, "dup3 and F_DUPFD");
	check(close_range(100, 200, 0) == 0 && fcntl(100, F_GETFD) == -1 && fcntl(fd, F_GETFD) == 0, "close_range");
	close(two);
	two = open("/tmp/g", O_WRONLY | O_APPEND);
	lseek(two, 0, SEEK_SET);
	check(write(two, "end", 3) == 3 && lseek(two, 0, SEEK_CUR) == 13, "O_APPEND");
	check(open("/tmp/g", O_CREAT | O_EXCL | O_RDWR, 0600) == -1 && errno == EEXIST, "O_EXCL");
	close(fd);
	close(two);
}

static int lock(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_start = start, .l_len = len };
	int ret = fcntl(fd, cmd, &fl);

	return ret ? -errno : cmd == F_GETLK ? fl.l_type : 0;
}

static void locks(void)
{
	int fd = open("/tmp/f", O_RDWR), two, status;

	check(lock(fd, F_SETLK, F_WRLCK, 0, 100) == 0 && lock(fd, F_SETLK, F_UNLCK, 40, 20) == 0, "a lock is cut in two");
	if (fork() == 0)
		_exit(lock(fd, F_SETLK, F_WRLCK, 40, 20) != 0 || lock(fd, F_SETLK, F_RDLCK, 30, 5) != -EAGAIN ||
		      lock(fd, F_GETLK, F_RDLCK, 70, 1) != F_WRLCK || lock(fd, F_SETLK, F_WRLCK, 100, 0) != 0);
	wait(&status);
	check(exited(status, 0), "another process gets what is free, and no more");
	if (fork() == 0)
		_exit(lock(fd, F_SETLKW, F_WRLCK, 0, 0) || now_ns(CLOCK_MONOTONIC) < 0);
	nap_ms(3);
	close(dup(fd));
	wait(&status);
	check(exited(status, 0), "closing any descriptor gives the locks up");
	two = open("/tmp/f", O_RDWR);
	check(flock(fd, LOCK_SH) == 0 && flock(two, LOCK_SH) == 0 && flock(two, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK, "flock");
	close(fd);
	check(flock(two, LOCK_EX | LOCK_NB) == 0, "ends with the file");
	close(two);
}

static void names(void)
{
	struct timespec times[2] = { { 1000, 5 }, { 2000, 7 } }, omit[2] = { { 0, UTIME_OMIT }, { 3000, 0 } };
	struct statx stx;
	struct stat st;
	struct dirent *entry;
	int fd, seen = 0;
	DIR *dir;

	mkdir("/tmp/d", 0755);
	fd = open("/tmp/d", O_RDONLY | O_DIRECTORY);
	check(symlinkat("target", fd, "link") == 0 && readlinkat(fd, "link", buf, 4) == 4 && !memcmp(buf, "targ", 4), "readlinkat");
	check(linkat(AT_FDCWD, "/tmp/f", fd, "hard", 0) == 0 && fstatat(fd, "hard", &st, 0) == 0 && st.st_nlink == 2, "linkat");
	check(renameat2(fd, "hard", fd, "link", RENAME_NOREPLACE) == -1 && errno == EEXIST && renameat(fd, "hard", fd, "moved") == 0, "renameat2");
	check(utimensat(fd, "moved", times, 0) == 0 && utimensat(fd, "moved", omit, 0) == 0 && stat("/tmp/f", &st) == 0 &&
	      st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 5 && st.st_mtim.tv_sec == 3000, "utimensat");
	check(statx(fd, "moved", 0, STATX_BASIC_STATS, &stx) == 0 && stx.stx_ino == st.st_ino && stx.stx_mtime.tv_sec == 3000 &&
	      stx.stx_size == 10 && S_ISREG(stx.stx_mode), "statx");
	check(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) == 0 && S_ISDIR(stx.stx_mode), "statx of a descriptor");
	check(fchmodat(fd, "moved", 0600, 0) == 0 && faccessat(fd, "moved", W_OK, 0) == 0 && fstatat(fd, "moved", &st, 0) == 0 &&
	      (st.st_mode & 0777) == 0600, "fchmodat");
	check(mknodat(fd, "fifo", S_IFIFO | 0600, 0) == 0 && mkdirat(fd, "sub", 0700) == 0, "mknodat and mkdirat");
	dir = opendir("/tmp/d");
	while ((entry = readdir(dir)))
		seen |= !strcmp(entry->d_name, "moved") << 0 | (!strcmp(entry->d_name, "fifo") && entry->d_type == DT_FIFO) << 1 |
			(!strcmp(entry->d_name, "sub") && entry->d_type == DT_DIR) << 2 | (!strcmp(entry->d_name, "link") && entry->d_type == DT_LNK) << 3;
	closedir(dir);
	check(seen == 15, "readdir finds all, with their types");
	check(rmdir("/tmp/d") == -1 && errno == ENOTEMPTY, "a directory that is not empty stays");
	unlinkat(fd, "moved", 0);
	unlinkat(fd, "link", 0);
	unlinkat(fd, "fifo", 0);
	check(unlinkat(fd, "sub", AT_REMOVEDIR) == 0 && rmdir("/tmp/d") == 0, "unlinkat");
	check(openat(fd, "new", O_CREAT | O_RDWR, 0600) == -1 && errno == ENOENT, "nothing is made in a directory that is gone");
	close(fd);
	check(realpath("/proc/self/../self/exe", buf) && strstr(buf, "files"), "realpath through /proc: %s", buf);
	check(chdir("/tmp") == 0 && getcwd(buf, sizeof(buf)) && !strcmp(buf, "/tmp"), "getcwd");
	check(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode) && major(st.st_rdev) == 1 && minor(st.st_rdev) == 3, "device numbers");
}

static void pipes(void)
{
	int fd[2], again;
	char name[32];

	check(pipe2(fd, O_CLOEXEC | O_NONBLOCK) == 0 && read(fd[0], buf, 1) == -1 && errno == EAGAIN && fcntl(fd[0], F_GETFD) == 1, "pipe2");
	write(fd[1], "abc", 3);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd[0]);
	again = open(name, O_RDONLY | O_NONBLOCK);
	check(again >= 0 && read(again, buf, 10) == 3 && !memcmp(buf, "abc", 3), "a pipe is opened anew through /proc/self/fd");
	close(again);
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	check(write(fd[1], "x", 1) == -1 && errno == EPIPE, "EPIPE");
	close(fd[1]);
}

static void waiting(void)
{
	int fd[2], efd = eventfd(0, EFD_NONBLOCK), tfd = timerfd_create(CLOCK_MONOTONIC, 0), ep = epoll_create1(EPOLL_CLOEXEC);
	struct itimerspec every = { { 0, 1000000 }, { 0, 1000000 } };
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x1234567890 }, got[4];
	struct timeval tv = { 0, 3000 };
	uint64_t value = 5;
	fd_set set;

	pipe(fd);
	struct pollfd p[2] = { { fd[0], POLLIN }, { fd[1], POLLOUT } };
	check(poll(p, 2, -1) == 1 && !p[0].revents && p[1].revents == POLLOUT, "poll");
	check(poll(p, 1, 2) == 0, "poll times out");
	write(fd[1], "x", 1);
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	check(select(fd[0] + 1, &set, NULL, NULL, &tv) == 1 && FD_ISSET(fd[0], &set), "select");
	read(fd[0], buf, 1);
	check(select(fd[0] + 1, &set, NULL, NULL, &tv) == 0 && !FD_ISSET(fd[0], &set) && tv.tv_usec == 0, "select times out");
	check(read(efd, &value, 8) == -1 && errno == EAGAIN, "an event counter at 0");
	value = 5;
	check(write(efd, &value, 8) == 8 && write(efd, &value, 8) == 8 && read(efd, &value, 8) == 8 && value == 10, "eventfd");
	check(epoll_ctl(ep, EPOLL_CTL_ADD, efd, &event) == 0 && epoll_ctl(ep, EPOLL_CTL_ADD, efd, &event) == -1 && errno == EEXIST, "epoll_ctl");
	check(epoll_wait(ep, got, 4, 1) == 0, "epoll_wait times out");
	if (fork() == 0) {
		value = 3;
		nap_ms(2);
		write(efd, &value, 8);
		_exit(0);
	}
	check(epoll_wait(ep, got, 4, -1) == 1 && got[0].events == EPOLLIN && got[0].data.u64 == 0x1234567890, "epoll_wait");
	check(epoll_wait(ep, got, 4, 0) == 1, "by level it tells again");
	wait(NULL);
	event.events = EPOLLIN | EPOLLET;
	epoll_ctl(ep, EPOLL_CTL_MOD, efd, &event);
	check(epoll_wait(ep, got, 4, 0) == 1 && epoll_wait(ep, got, 4, 0) == 0, "by edge it does not");
	event.events = EPOLLIN | EPOLLONESHOT;
	event.data.fd = fd[0];
	epoll_ctl(ep, EPOLL_CTL_ADD, fd[0], &event);
	write(fd[1], "y", 1);
	check(epoll_wait(ep, got, 4, 0) == 1 && got[0].data.fd == fd[0] && epoll_wait(ep, got, 4, 0) == 0, "one shot");
	close(fd[1]);
	close(fd[0]);
	close(efd);
	check(epoll_wait(ep, got, 4, 0) == 0, "a closed file is watched no more");
	event.events = EPOLLIN;
	epoll_ctl(ep, EPOLL_CTL_ADD, tfd, &event);
	check(timerfd_settime(tfd, 0, &every, NULL) == 0 && epoll_wait(ep, got, 4, -1) == 1, "timerfd wakes epoll");
	nap_ms(5);
	check(read(tfd, &value, 8) == 8 && value >= 5, "and counts");
	check(timerfd_gettime(tfd, &every) == 0 && every.it_interval.tv_nsec == 1000000, "timerfd_gettime");
}

int main(void)
{
	positions();
	locks();
	names();
	pipes();
	waiting();
	unlink("/tmp/f");
	unlink("/tmp/g");
	return finish();
}
