/* Mounts, /proc and the terminal. */
#include <sys/ioctl.h>
#include <termios.h>
#include "usertests.h"

static long mount_ram(const char *path, unsigned long flags)
{
	return sys(NR_mount, "none", path, "ramfs", flags, NULL);
}

TEST(mounts, a_file_system_covers_and_uncovers)
{
	struct stat st;

	mkdir("m", 0755);
	close(file_with("m/under", ""));
	EXPECT_EQUAL(mount_ram("m", 0), 0);
	EXPECT_ERROR(sys(NR_newfstatat, AT_FDCWD, "m/under", &st, 0), ENOENT);
	close(file_with("m/above", "x"));
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "m/above", AT_FDCWD, "here", 0), EXDEV);
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "m/above", AT_FDCWD, "here", 0), EXDEV);
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "m", AT_REMOVEDIR), EBUSY);
	EXPECT_EQUAL(sys(NR_umount2, "m", 0), 0);
	EXPECT_EQUAL(stat("m/under", &st), 0);
}

TEST(mounts, a_file_system_in_use_stays)
{
	int fd;

	mkdir("m", 0755);
	EXPECT_EQUAL(mount_ram("m", 0), 0);
	fd = file_with("m/file", "");
	EXPECT_ERROR(sys(NR_umount2, "m", 0), EBUSY);
	close(fd);
	chdir("m");
	EXPECT_ERROR(sys(NR_umount2, "../m", 0), EBUSY);
	chdir("..");
	EXPECT_EQUAL(sys(NR_umount2, "m", 0), 0);
	EXPECT_ERROR(sys(NR_umount2, "m", 0), EINVAL);
}

TEST(mounts, a_read_only_mount_refuses_writers)
{
	mkdir("m", 0755);
	EXPECT_EQUAL(mount_ram("m", 1 /* MS_RDONLY */), 0);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "m/file", O_CREAT | O_RDWR, 0644), EROFS);
	EXPECT_ERROR(sys(NR_mkdirat, AT_FDCWD, "m/d", 0755), EROFS);
	EXPECT_EQUAL(sys(NR_umount2, "m", 0), 0);
}

TEST(mounts, odd_mounts_are_refused)
{
	close(file_with("file", ""));
	mkdir("m", 0755);
	EXPECT_ERROR(sys(NR_mount, "none", "m", "no-such-type", 0, NULL), ENODEV);
	EXPECT_ERROR(mount_ram("missing", 0), ENOENT);
	EXPECT_ERROR(mount_ram("file", 0), ENOTDIR);
}

static long read_all(const char *path, char *buf, size_t size)
{
	long total = 0, n = 0;
	int fd = open(path, O_RDONLY);

	EXPECT(fd >= 0);
	while ((n = read(fd, buf + total, size - 1 - total)) > 0)
		total += n;
	EXPECT_EQUAL(n, 0);
	close(fd);
	buf[total] = 0;
	return total;
}

TEST(proc, stat_and_cmdline_describe_the_process)
{
	char buf[1024], expected[32];

	read_all("/proc/self/stat", buf, sizeof(buf));
	snprintf(expected, sizeof(expected), "%d (usertests) R %d ", getpid(), getppid());
	EXPECT(!strncmp(buf, expected, strlen(expected)));
	read_all("/proc/self/cmdline", buf, sizeof(buf));
	EXPECT(strstr(buf, "usertests"));
	read_all("/proc/self/status", buf, sizeof(buf));
	EXPECT(strstr(buf, "Name:\tusertests\n") && strstr(buf, "Uid:\t0\t0\t0\t0\n"));
}

TEST(proc, maps_shows_the_mappings)
{
	static char buf[4096];
	char *p = map_pages(3, MAP_PRIVATE), line[64];

	sys(NR_mprotect, p + PAGE, PAGE, PROT_READ);
	read_all("/proc/self/maps", buf, sizeof(buf));
	snprintf(line, sizeof(line), "%lx-%lx r--p", (unsigned long)p + PAGE, (unsigned long)p + 2 * PAGE);
	EXPECT(strstr(buf, line));
	EXPECT(strstr(buf, "[stack]"));
	EXPECT(strstr(buf, "r-xp"));
}

TEST(proc, fd_and_links_name_what_is_open)
{
	char name[32], buf[64] = "";
	int fd = open("/dev/null", O_RDWR);

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQUAL(readlink(name, buf, sizeof(buf)), 9);
	EXPECT(!memcmp(buf, "/dev/null", 9));
	EXPECT(readlink("/proc/self/cwd", buf, sizeof(buf)) > 0);
	EXPECT(!memcmp(buf, "/tmp/usertests", 14));
	close(fd);
	EXPECT_ERROR(sys(NR_readlinkat, AT_FDCWD, name, buf, 64), ENOENT);
}

TEST(proc, a_process_that_is_gone_has_no_folder)
{
	pid_t pid = start_child();
	char name[32];
	struct stat st;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	EXPECT_EQUAL(stat(name, &st), 0);
	kill(pid, SIGKILL);
	wait_for(pid);
	EXPECT_ERROR(sys(NR_newfstatat, AT_FDCWD, name, &st, 0), ENOENT);
}

TEST(proc, files_can_be_read_byte_by_byte)
{
	static char whole[2048], pieces[2048];
	long size = read_all("/proc/filesystems", whole, sizeof(whole)), n = 0;
	int fd = open("/proc/filesystems", O_RDONLY);

	while (n < size && read(fd, pieces + n, 1) == 1)
		n++;
	EXPECT_EQUAL(n, size);
	EXPECT(!memcmp(whole, pieces, size));
	EXPECT_EQUAL(read(fd, pieces, 1), 0);
}

TEST(proc, cpuinfo_and_meminfo_fit_the_machine)
{
	static char buf[4096];
	int found = 0;

	read_all("/proc/cpuinfo", buf, sizeof(buf));
	for (char *at = buf; (at = strstr(at, "processor\t")) != NULL; at++)
		found++;
	EXPECT_EQUAL(found, count_cpus());
	EXPECT(strstr(buf, "rv64"));
	read_all("/proc/meminfo", buf, sizeof(buf));
	EXPECT(strstr(buf, "MemTotal:") && strstr(buf, "MemFree:"));
}

/* The terminal is standard input; the test's group takes it for itself. */
static struct termios take_terminal(void)
{
	struct termios settings;

	EXPECT(isatty(0));
	signal(SIGTTOU, SIG_IGN);
	EXPECT_EQUAL(tcsetpgrp(0, getpgid(0)), 0);
	EXPECT_EQUAL(ioctl(0, TCGETS, &settings), 0);
	return settings;
}

static void type(const char *text)
{
	for (; *text; text++)
		EXPECT_EQUAL(ioctl(0, TIOCSTI, (void *)text), 0);
}

static void set_terminal(struct termios settings, unsigned int off, int min, int time)
{
	settings.c_lflag &= ~off;
	settings.c_cc[VMIN] = min;
	settings.c_cc[VTIME] = time;
	EXPECT_EQUAL(ioctl(0, TCSETS, &settings), 0);
}

TEST(terminal, a_line_is_read_when_it_is_whole)
{
	struct termios settings = take_terminal();
	char buf[16];

	set_terminal(settings, ECHO, 1, 0);
	type("abX\177c\n");
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 4);
	EXPECT(!memcmp(buf, "abc\n", 4));
	type("lost\025kept\n");
	EXPECT_EQUAL(read(0, buf, 2), 2);
	EXPECT(!memcmp(buf, "ke", 2));
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 3);
	type("\004");
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 0);
	ioctl(0, TCSETS, &settings);
}

TEST(terminal, raw_mode_gives_bytes_at_once)
{
	struct termios settings = take_terminal();
	char buf[16];

	set_terminal(settings, ECHO | ICANON | ISIG, 0, 0);
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 0);
	type("a\003");
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 2);
	EXPECT(buf[0] == 'a' && buf[1] == 3);
	set_terminal(settings, ECHO | ICANON, 0, 1);
	EXPECT_EQUAL(read(0, buf, sizeof(buf)), 0);
	ioctl(0, TCSETS, &settings);
}

TEST(terminal, the_interrupt_key_reaches_the_foreground_group)
{
	struct termios settings = take_terminal();
	pid_t pid = start_child();

	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		pause();
		_exit(0);
	}
	signal(SIGINT, SIG_IGN);
	sleep_ms(10);
	type("\003");
	EXPECT_EQUAL(wait_for(pid), SIGINT);
	ioctl(0, TCSETS, &settings);
}

TEST(terminal, background_readers_are_stopped)
{
	int status;
	pid_t pid;

	take_terminal();
	pid = start_child();
	if (pid == 0) {
		char c;

		setpgid(0, 0);
		read(0, &c, 1);
		_exit(0);
	}
	EXPECT_EQUAL(sys(NR_wait4, pid, &status, WUNTRACED, NULL), pid);
	EXPECT_EQUAL(status, SIGTTIN << 8 | 0x7f);
	kill(pid, SIGKILL);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
}

TEST(terminal, the_size_of_the_window_can_be_set_and_is_announced)
{
	static struct winsize old, size = { 33, 101, 0, 0 };
	pid_t pid;

	take_terminal();
	EXPECT_EQUAL(ioctl(0, TIOCGWINSZ, &old), 0);
	pid = start_child();
	if (pid == 0) {
		sigset_t winch = 1UL << (SIGWINCH - 1);
		struct timespec limit = { 2, 0 };

		sigprocmask(SIG_BLOCK, &winch, NULL);
		EXPECT_EQUAL(ioctl(0, TIOCSWINSZ, &size), 0);
		EXPECT_EQUAL(sys(NR_rt_sigtimedwait, &winch, NULL, &limit, 8), SIGWINCH);
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT_EQUAL(ioctl(0, TIOCGWINSZ, &size), 0);
	EXPECT(size.ws_row == 33 && size.ws_col == 101);
	ioctl(0, TIOCSWINSZ, &old);
}

TEST(terminal, what_is_no_terminal_says_so)
{
	struct termios settings;
	int fd = open("/dev/null", O_RDWR);

	EXPECT_ERROR(sys(NR_ioctl, fd, TCGETS, &settings), ENOTTY);
	EXPECT_ERROR(sys(NR_ioctl, 0, 0xdead, 0), ENOTTY);
	EXPECT_ERROR(sys(NR_ioctl, 0, TCGETS, 8), EFAULT);
}

#define CAD_ON	0x89abcdef
#define CAD_OFF	0

static long reboot_call(unsigned long command)
{
	return sys(NR_reboot, 0xfee1dead, 672274793, command, NULL);
}

/* init has taken the keys for itself; afterwards it has them again. */
TEST(reboot, who_gets_ctrl_alt_del)
{
	expect_content("/proc/sys/kernel/ctrl-alt-del", "0\n");
	EXPECT_EQUAL(reboot_call(CAD_ON), 0);
	expect_content("/proc/sys/kernel/ctrl-alt-del", "1\n");
	EXPECT_EQUAL(reboot_call(CAD_OFF), 0);
	expect_content("/proc/sys/kernel/ctrl-alt-del", "0\n");
}

TEST(reboot, wants_the_magic_numbers_and_root)
{
	EXPECT_ERROR(sys(NR_reboot, 0xfee1dead, 1, CAD_OFF, NULL), EINVAL);
	EXPECT_ERROR(sys(NR_reboot, 1, 672274793, CAD_OFF, NULL), EINVAL);
	EXPECT_ERROR(reboot_call(0x12345678), EINVAL);
	EXPECT_EQUAL(sys(NR_setresuid, USER, USER, USER), 0);
	EXPECT_ERROR(reboot_call(CAD_OFF), EPERM);
}
