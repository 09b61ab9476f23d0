/* A file system on a disk: what is written is there after unmounting, and what is removed is free again. */
#include <dirent.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <tool.h>
#include "usertests.h"

#define DISK "/dev/vda"

static void mount_disk(unsigned long flags)
{
	if (access(DISK, 0) < 0)
		test_skipped("there is no " DISK);
	mkdir("m", 0755);
	EXPECT_EQUAL(sys(NR_mount, DISK, "m", "ext2", flags, NULL), 0);
}

static void unmount(void)
{
	EXPECT_EQUAL(sys(NR_umount2, "m", 0), 0);
}

/* From here on everything comes from the disk. */
static void mount_anew(void)
{
	unmount();
	mount_disk(0);
}

static struct statfs free_space(void)
{
	struct statfs st;

	sync();
	EXPECT_EQUAL(statfs("m", &st), 0);
	return st;
}

#define EXPECT_AS_FREE_AS(before) do {							\
	struct statfs now_ = free_space();							\
	EXPECT_EQUAL(now_.f_bfree, (before).f_bfree);					\
	EXPECT_EQUAL(now_.f_ffree, (before).f_ffree);					\
} while (0)

static struct stat stat_of(const char *path)
{
	struct stat st;

	EXPECT_EQUAL(lstat(path, &st), 0);
	return st;
}

/* Bytes that differ from place to place. */
static void write_pattern(int fd, long from, long to)
{
	static unsigned char bytes[1000];

	while (from < to) {
		long len = to - from < (long)sizeof(bytes) ? to - from : (long)sizeof(bytes);

		for (long i = 0; i < len; i++)
			bytes[i] = (from + i) * 7 >> 2;
		EXPECT_EQUAL(sys(NR_pwrite64, fd, bytes, len, from), len);
		from += len;
	}
}

static void expect_pattern(int fd, long from, long to, int zero)
{
	unsigned char byte[512];

	while (from < to) {
		long len = to - from < (long)sizeof(byte) ? to - from : (long)sizeof(byte);

		EXPECT_EQUAL(sys(NR_pread64, fd, byte, len, from), len);
		for (long i = 0; i < len; i++)
			EXPECT_EQUAL(byte[i], zero ? 0 : (unsigned char)((from + i) * 7 >> 2));
		from += len;
	}
}

TEST(disks, what_is_written_is_there_after_unmounting)
{
	int fd;

	mount_disk(0);
	mkdir("m/folder", 0755);
	fd = file_with("m/folder/file", "");
	write_pattern(fd, 0, 100000);
	EXPECT_EQUAL(sys(NR_fsync, fd), 0);
	close(fd);
	mount_anew();
	fd = open("m/folder/file", O_RDWR);
	EXPECT_EQUAL(lseek(fd, 0, SEEK_END), 100000);
	expect_pattern(fd, 0, 100000, 0);
	close(fd);
	EXPECT_EQUAL(unlink("m/folder/file") | rmdir("m/folder"), 0);
	mount_anew();
	EXPECT_ERROR(sys(NR_faccessat, AT_FDCWD, "m/folder", 0), ENOENT);
	unmount();
}

TEST(disks, what_was_cut_off_is_zero_when_the_file_grows)
{
	int fd;

	mount_disk(0);
	fd = file_with("m/cut", "");
	write_pattern(fd, 0, 30000);
	EXPECT_EQUAL(ftruncate(fd, 5000), 0);
	EXPECT_EQUAL(ftruncate(fd, 30000), 0);
	expect_pattern(fd, 0, 5000, 0);
	expect_pattern(fd, 5000, 30000, 1);
	write_pattern(fd, 20000, 21000);
	close(fd);
	mount_anew();
	fd = open("m/cut", O_RDWR);
	expect_pattern(fd, 0, 5000, 0);
	expect_pattern(fd, 5000, 20000, 1);
	expect_pattern(fd, 20000, 21000, 0);
	expect_pattern(fd, 21000, 30000, 1);
	close(fd);
	unlink("m/cut");
	unmount();
}

TEST(disks, holes_are_zero_and_take_no_blocks)
{
	int fd;

	mount_disk(0);
	fd = file_with("m/holes", "");
	write_pattern(fd, 5000000, 5001000);
	expect_pattern(fd, 4999000, 5000000, 1);
	EXPECT(stat_of("m/holes").st_blocks < 100);
	close(fd);
	mount_anew();
	fd = open("m/holes", O_RDONLY);
	expect_pattern(fd, 0, 1000, 1);
	expect_pattern(fd, 4999000, 5000000, 1);
	expect_pattern(fd, 5000000, 5001000, 0);
	close(fd);
	unlink("m/holes");
	unmount();
}

TEST(disks, all_levels_of_indirect_blocks_are_reached_and_freed)
{
	static const long places[] = { 0, 11 << 10, 100 << 10, 300 << 10, 60 << 20, 80 << 20, 5L << 30 };
	struct statfs before;
	int fd;

	mount_disk(0);
	before = free_space();
	fd = file_with("m/far", "");
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		write_pattern(fd, places[i], places[i] + 3000);
	close(fd);
	mount_anew();
	fd = open("m/far", O_RDWR);
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		expect_pattern(fd, places[i], places[i] + 3000, 0);
	for (int i = sizeof(places) / sizeof(places[0]) - 1; i > 0; i--) {
		EXPECT_EQUAL(ftruncate(fd, places[i]), 0);
		expect_pattern(fd, places[i - 1], places[i - 1] + 3000, 0);
	}
	EXPECT_EQUAL(ftruncate(fd, 0), 0);
	EXPECT_EQUAL(stat_of("m/far").st_blocks, 0);
	close(fd);
	unlink("m/far");
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, what_is_too_far_is_EFBIG)
{
	int fd;

	mount_disk(0);
	fd = file_with("m/huge", "");
	EXPECT_ERROR(sys(NR_pwrite64, fd, "x", 1, 1L << 50), EFBIG);
	close(fd);
	unlink("m/huge");
	unmount();
}

TEST(disks, an_open_file_without_a_name_keeps_its_blocks)
{
	struct statfs before;
	int fd;

	mount_disk(0);
	before = free_space();
	fd = file_with("m/open", "");
	write_pattern(fd, 0, 50000);
	EXPECT_EQUAL(unlink("m/open"), 0);
	EXPECT(free_space().f_bfree < before.f_bfree);
	expect_pattern(fd, 0, 50000, 0);
	EXPECT_ERROR(sys(NR_umount2, "m", 0), EBUSY);
	close(fd);
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, a_full_disk_is_ENOSPC_and_what_was_written_stays)
{
	static char bytes[65536];
	struct statfs before;
	long len, size = 0;
	int fd;

	mount_disk(0);
	before = free_space();
	fd = file_with("m/full", "");
	for (int piece = sizeof(bytes); piece; piece = piece > 512 ? 512 : 0) {
		while ((len = sys(NR_write, fd, bytes, piece)) > 0)
			size += len;
		EXPECT_EQUAL(len, -ENOSPC);
	}
	EXPECT_EQUAL(free_space().f_bfree, 0);
	EXPECT_EQUAL(stat_of("m/full").st_size, size);
	EXPECT_ERROR(sys(NR_mkdirat, AT_FDCWD, "m/folder", 0755), ENOSPC);
	expect_pattern(fd, size - 100, size, 1);
	close(fd);
	unlink("m/full");
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, names_are_up_to_255_bytes_long)
{
	char name[260] = "m/";
	DIR *dir;
	struct dirent *entry;
	int found = 0;

	mount_disk(0);
	memset(name + 2, 'n', 255);
	close(file_with(name, "long"));
	mount_anew();
	expect_content(name, "long");
	dir = opendir("m");
	while ((entry = readdir(dir)))
		found += !strcmp(entry->d_name, name + 2);
	closedir(dir);
	EXPECT_EQUAL(found, 1);
	EXPECT_EQUAL(unlink(name), 0);
	name[257] = 'n';
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, name, O_CREAT | O_RDWR, 0644), ENAMETOOLONG);
	unmount();
}

TEST(disks, many_names_in_a_folder_are_all_told_once)
{
	char name[32], seen[400] = "";
	struct dirent *entry;
	struct statfs before;
	DIR *dir;

	mount_disk(0);
	before = free_space();
	mkdir("m/many", 0755);
	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "m/many/a-name-%d", i);
		if (i % 3 == 1)
			EXPECT_EQUAL(mkdir(name, 0755), 0);
		else
			close(file_with(name, ""));
		if (i % 5 == 4)
			EXPECT_EQUAL(i % 3 == 1 ? rmdir(name) : unlink(name), 0);
	}
	mount_anew();
	dir = opendir("m/many");
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			seen[number(entry->d_name + 7)]++;
	closedir(dir);
	for (int i = 0; i < 400; i++) {
		EXPECT_EQUAL(seen[i], i % 5 != 4);
		snprintf(name, sizeof(name), "m/many/a-name-%d", i);
		if (seen[i])
			EXPECT_EQUAL(i % 3 == 1 ? rmdir(name) : unlink(name), 0);
	}
	EXPECT_EQUAL(stat_of("m/many").st_nlink, 2);
	EXPECT_EQUAL(rmdir("m/many"), 0);
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, links_are_counted)
{
	mount_disk(0);
	close(file_with("m/a", "text"));
	EXPECT_EQUAL(link("m/a", "m/b"), 0);
	mount_anew();
	EXPECT_EQUAL(stat_of("m/a").st_nlink, 2);
	EXPECT_EQUAL(stat_of("m/a").st_ino, stat_of("m/b").st_ino);
	EXPECT_EQUAL(unlink("m/a"), 0);
	mount_anew();
	EXPECT_EQUAL(stat_of("m/b").st_nlink, 1);
	expect_content("m/b", "text");
	EXPECT_EQUAL(unlink("m/b"), 0);
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "m/.", AT_FDCWD, "m/x", 0), EPERM);
	unmount();
}

TEST(disks, symbolic_links_of_any_length_stay)
{
	char target[200], buf[200];

	mount_disk(0);
	memset(target, 't', sizeof(target));
	for (int len = 58; len < 200; len += len < 62 ? 1 : 69) {
		target[len] = '\0';
		EXPECT_EQUAL(symlink(target, "m/link"), 0);
		mount_anew();
		EXPECT_EQUAL(readlink("m/link", buf, sizeof(buf)), len);
		EXPECT(!memcmp(buf, target, len));
		EXPECT_EQUAL(unlink("m/link"), 0);
		target[len] = 't';
	}
	unmount();
}

TEST(disks, a_rename_replaces_and_moves_folders)
{
	struct statfs before;

	mount_disk(0);
	before = free_space();
	close(file_with("m/a", "new"));
	close(file_with("m/b", "old"));
	EXPECT_EQUAL(rename("m/a", "m/b"), 0);
	mkdir("m/from", 0755);
	mkdir("m/to", 0755);
	mkdir("m/from/sub", 0755);
	close(file_with("m/from/sub/file", "text"));
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "m/to", AT_FDCWD, "m/from", 0), ENOTEMPTY);
	EXPECT_EQUAL(rename("m/from/sub", "m/to/moved"), 0);
	mount_anew();
	expect_content("m/b", "new");
	EXPECT_ERROR(sys(NR_faccessat, AT_FDCWD, "m/a", 0), ENOENT);
	expect_content("m/to/moved/../moved/file", "text");
	EXPECT_EQUAL(stat_of("m/to/moved/..").st_ino, stat_of("m/to").st_ino);
	EXPECT_EQUAL(stat_of("m/from").st_nlink, 2);
	EXPECT_EQUAL(stat_of("m/to").st_nlink, 3);
	EXPECT_EQUAL(unlink("m/b") | unlink("m/to/moved/file") | rmdir("m/to/moved"), 0);
	EXPECT_EQUAL(rmdir("m/to") | rmdir("m/from"), 0);
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, owner_mode_and_times_stay)
{
	struct timespec times[2] = { { 1000000000, 0 }, { 1234567890, 0 } };
	struct stat st;

	mount_disk(0);
	close(file_with("m/file", ""));
	EXPECT_EQUAL(sys(NR_fchownat, AT_FDCWD, "m/file", 70000, 80000, 0), 0);
	EXPECT_EQUAL(sys(NR_fchmodat, AT_FDCWD, "m/file", 04751), 0);
	EXPECT_EQUAL(sys(NR_utimensat, AT_FDCWD, "m/file", times, 0), 0);
	mount_anew();
	st = stat_of("m/file");
	EXPECT_EQUAL(st.st_uid, 70000);
	EXPECT_EQUAL(st.st_gid, 80000);
	EXPECT_EQUAL(st.st_mode, S_IFREG | 04751);
	EXPECT_EQUAL(st.st_atim.tv_sec, 1000000000);
	EXPECT_EQUAL(st.st_mtim.tv_sec, 1234567890);
	EXPECT_EQUAL(unlink("m/file"), 0);
	unmount();
}

TEST(disks, device_nodes_and_pipes_stay)
{
	char buf[4] = "full";
	int fd;

	mount_disk(0);
	EXPECT_EQUAL(sys(NR_mknodat, AT_FDCWD, "m/zero", S_IFCHR | 0666, 1 << 8 | 5), 0);
	EXPECT_EQUAL(sys(NR_mknodat, AT_FDCWD, "m/wide", S_IFBLK | 0600, 0x12345678), 0);
	EXPECT_EQUAL(sys(NR_mknodat, AT_FDCWD, "m/pipe", S_IFIFO | 0600, 0), 0);
	mount_anew();
	EXPECT_EQUAL(stat_of("m/wide").st_rdev, 0x12345678);
	EXPECT_EQUAL(stat_of("m/pipe").st_mode, S_IFIFO | 0600);
	fd = open("m/zero", O_RDONLY);
	EXPECT_EQUAL(read(fd, buf, 4), 4);
	EXPECT_EQUAL(buf[0] | buf[3], 0);
	close(fd);
	EXPECT_EQUAL(unlink("m/zero") | unlink("m/wide") | unlink("m/pipe"), 0);
	unmount();
}

TEST(disks, stores_into_a_shared_mapping_reach_the_disk)
{
	long address;
	int fd;

	mount_disk(0);
	fd = file_with("m/mapped", "start");
	EXPECT_EQUAL(ftruncate(fd, 3 * PAGE), 0);
	address = sys(NR_mmap, NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EXPECT(address > 0);
	strcpy((char *)address + 2 * PAGE + 5, "stored in a hole");
	*(char *)address = 'S';
	EXPECT_EQUAL(sys(NR_munmap, address, 3 * PAGE), 0);
	close(fd);
	mount_anew();
	fd = open("m/mapped", O_RDONLY);
	address = sys(NR_mmap, NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	EXPECT(!strcmp((char *)address + 2 * PAGE + 5, "stored in a hole"));
	EXPECT(!memcmp((char *)address, "Start", 5));
	EXPECT_EQUAL(sys(NR_munmap, address, 3 * PAGE), 0);
	close(fd);
	unlink("m/mapped");
	unmount();
}

static void make_and_remove(void *argument)
{
	int me = (int)(long)argument, fd;
	char name[32], other[32];

	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "m/busy/%d-%d", me, i);
		snprintf(other, sizeof(other), "m/busy/%d-moved", me);
		fd = file_with(name, "");
		write_pattern(fd, 0, 100 * i);
		expect_pattern(fd, 0, 100 * i, 0);
		close(fd);
		EXPECT_EQUAL(rename(name, other), 0);
		snprintf(name, sizeof(name), "m/busy/of-all-%d", i % 5);
		link(other, name);
		unlink(name);
	}
	EXPECT_EQUAL(unlink(other), 0);
}

TEST(disks, processes_work_in_one_folder_at_once)
{
	struct statfs before;
	pid_t children[4];

	mount_disk(0);
	before = free_space();
	mkdir("m/busy", 0755);
	for (long i = 0; i < 4; i++) {
		children[i] = start_child();
		if (!children[i]) {
			make_and_remove((void *)i);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++)
		EXPECT_EQUAL(wait_for(children[i]), 0);
	EXPECT_EQUAL(rmdir("m/busy"), 0);
	EXPECT_AS_FREE_AS(before);
	unmount();
}

TEST(disks, a_read_only_mount_refuses_changes)
{
	mount_disk(0);
	close(file_with("m/file", "text"));
	unmount();
	mount_disk(MS_RDONLY);
	expect_content("m/file", "text");
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "m/file", O_WRONLY, 0), EROFS);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "m/new", O_CREAT | O_WRONLY, 0644), EROFS);
	EXPECT_ERROR(sys(NR_mkdirat, AT_FDCWD, "m/new", 0755), EROFS);
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "m/file", 0), EROFS);
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "m/file", AT_FDCWD, "m/new", 0), EROFS);
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "m/file", AT_FDCWD, "m/new", 0), EROFS);
	EXPECT_ERROR(sys(NR_symlinkat, "x", AT_FDCWD, "m/new"), EROFS);
	EXPECT_ERROR(sys(NR_truncate, "m/file", 0), EROFS);
	EXPECT_ERROR(sys(NR_fchmodat, AT_FDCWD, "m/file", 0600), EROFS);
	EXPECT_ERROR(sys(NR_faccessat, AT_FDCWD, "m/file", 2), EROFS);
	unmount();
	mount_disk(0);
	EXPECT_EQUAL(unlink("m/file"), 0);
	unmount();
}

TEST(disks, a_mount_that_cannot_be_is_refused)
{
	mount_disk(0);
	mkdir("n", 0755);
	EXPECT_ERROR(sys(NR_mount, DISK, "n", "ext2", MS_RDONLY, NULL), EBUSY);
	EXPECT_EQUAL(sys(NR_mount, DISK, "n", "ext2", 0, NULL), 0);
	close(file_with("m/file", "seen in both"));
	expect_content("n/file", "seen in both");
	EXPECT_EQUAL(sys(NR_umount2, "n", 0), 0);
	unlink("m/file");
	unmount();
	EXPECT_ERROR(sys(NR_mount, "/dev/null", "n", "ext2", 0, NULL), ENOTBLK);
	EXPECT_ERROR(sys(NR_mount, "/dev/none", "n", "ext2", 0, NULL), ENOENT);
	EXPECT_ERROR(sys(NR_mount, DISK, "n", "ext2", 0, "nonsense=1"), EINVAL);
	EXPECT_ERROR(sys(NR_mount, DISK, "n", "ext7", 0, NULL), ENODEV);
	EXPECT_ERROR(sys(NR_mount, DISK, "none", "ext2", 0, NULL), ENOENT);
}
