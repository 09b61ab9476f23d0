/* Regular files and descriptors. */
#include "usertests.h"

TEST(files, open_of_a_missing_file_is_ENOENT)
{
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "missing", O_RDONLY, 0), ENOENT);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "missing/below", O_CREAT | O_RDWR, 0644), ENOENT);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "", O_RDONLY, 0), ENOENT);
}

TEST(files, exclusive_creation_refuses_what_exists)
{
	EXPECT(sys(NR_openat, AT_FDCWD, "new", O_CREAT | O_EXCL | O_RDWR, 0644) >= 0);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "new", O_CREAT | O_EXCL | O_RDWR, 0644), EEXIST);
}

TEST(files, what_was_written_is_read_back)
{
	static char out[3 * PAGE + 123], in[sizeof(out)];
	int fd = file_with("data", "");

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = i * 7 >> 3;
	EXPECT_EQUAL(write(fd, out, sizeof(out)), sizeof(out));
	lseek(fd, 0, SEEK_SET);
	EXPECT_EQUAL(read(fd, in, sizeof(in)), sizeof(in));
	EXPECT(!memcmp(in, out, sizeof(in)));
	EXPECT_EQUAL(read(fd, in, 1), 0);
}

TEST(files, a_mebibyte_in_odd_pieces_keeps_its_bytes)
{
	static unsigned char piece[777];
	int fd = file_with("big", "");
	unsigned int x = 1, y = 1;

	for (int n = 0; n < 1349; n++) {
		for (size_t i = 0; i < sizeof(piece); i++)
			piece[i] = (x = x * 1103515245 + 12345) >> 16;
		EXPECT_EQUAL(write(fd, piece, sizeof(piece)), sizeof(piece));
	}
	lseek(fd, 0, SEEK_SET);
	for (int n = 0; n < 1349; n++) {
		EXPECT_EQUAL(read(fd, piece, sizeof(piece)), sizeof(piece));
		for (size_t i = 0; i < sizeof(piece); i++)
			EXPECT(piece[i] == (unsigned char)((y = y * 1103515245 + 12345) >> 16));
	}
}

TEST(files, O_APPEND_writes_at_the_end)
{
	int fd, other = file_with("log", "one ");

	fd = open("log", O_WRONLY | O_APPEND);
	lseek(fd, 0, SEEK_SET);
	EXPECT_EQUAL(write(fd, "two ", 4), 4);
	EXPECT_EQUAL(lseek(fd, 0, SEEK_CUR), 8);
	lseek(other, 0, SEEK_END);
	write(other, "three ", 6);
	EXPECT_EQUAL(write(fd, "four", 4), 4);
	expect_content("log", "one two three four");
}

TEST(files, O_TRUNC_empties)
{
	close(file_with("file", "something"));
	EXPECT(open("file", O_WRONLY | O_TRUNC) >= 0);
	expect_content("file", "");
}

TEST(files, lseek_from_start_here_and_end)
{
	int fd = file_with("file", "0123456789");
	char c;

	EXPECT_EQUAL(sys(NR_lseek, fd, 3, SEEK_SET), 3);
	EXPECT_EQUAL(sys(NR_lseek, fd, 2, SEEK_CUR), 5);
	EXPECT_EQUAL(sys(NR_lseek, fd, -1, SEEK_END), 9);
	EXPECT_EQUAL(read(fd, &c, 1), 1);
	EXPECT_EQUAL(c, '9');
	EXPECT_ERROR(sys(NR_lseek, fd, -11, SEEK_END), EINVAL);
	EXPECT_ERROR(sys(NR_lseek, fd, 0, 77), EINVAL);
	EXPECT_EQUAL(sys(NR_lseek, fd, 0, SEEK_CUR), 10);
}

TEST(files, a_hole_reads_as_zeros)
{
	int fd = file_with("sparse", "");
	char buf[100];

	lseek(fd, 3 * PAGE, SEEK_SET);
	EXPECT_EQUAL(write(fd, "x", 1), 1);
	lseek(fd, 2 * PAGE - 50, SEEK_SET);
	memset(buf, 1, sizeof(buf));
	EXPECT_EQUAL(read(fd, buf, sizeof(buf)), sizeof(buf));
	for (size_t i = 0; i < sizeof(buf); i++)
		EXPECT_EQUAL(buf[i], 0);
}

TEST(files, ftruncate_shortens_and_lengthens_with_zeros)
{
	int fd = file_with("file", "0123456789");
	char buf[16];

	EXPECT_EQUAL(ftruncate(fd, 4), 0);
	EXPECT_EQUAL(ftruncate(fd, 8), 0);
	EXPECT_EQUAL(read(fd, buf, sizeof(buf)), 8);
	EXPECT(!memcmp(buf, "0123\0\0\0\0", 8));
	EXPECT_ERROR(sys(NR_ftruncate, fd, -1), EINVAL);
	EXPECT_ERROR(sys(NR_ftruncate, open("file", O_RDONLY), 1), EINVAL);
	EXPECT_EQUAL(sys(NR_truncate, "file", 2), 0);
	expect_content("file", "01");
}

TEST(files, pread_and_pwrite_leave_the_offset)
{
	int fd = file_with("file", "0123456789");
	char buf[4];

	EXPECT_EQUAL(sys(NR_pread64, fd, buf, 4, 5), 4);
	EXPECT(!memcmp(buf, "5678", 4));
	EXPECT_EQUAL(sys(NR_pwrite64, fd, "ab", 2, 1), 2);
	EXPECT_EQUAL(lseek(fd, 0, SEEK_CUR), 0);
	expect_content("file", "0ab3456789");
	EXPECT_ERROR(sys(NR_pread64, fd, buf, 1, -1L), EINVAL);
}

TEST(files, readv_and_writev_use_every_piece)
{
	int fd = file_with("file", "");
	char a[2], b[3];
	struct iovec out[] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } }, in[] = { { a, 2 }, { b, 3 } };

	EXPECT_EQUAL(sys(NR_writev, fd, out, 3), 5);
	lseek(fd, 0, SEEK_SET);
	EXPECT_EQUAL(sys(NR_readv, fd, in, 2), 5);
	EXPECT(!memcmp(a, "ab", 2) && !memcmp(b, "cde", 3));
	EXPECT_ERROR(sys(NR_writev, fd, out, -1), EINVAL);
}

TEST(files, the_way_of_opening_binds)
{
	char c;

	close(file_with("file", "text"));
	EXPECT_ERROR(sys(NR_read, open("file", O_WRONLY), &c, 1), EBADF);
	EXPECT_ERROR(sys(NR_write, open("file", O_RDONLY), "x", 1), EBADF);
}

TEST(files, closed_and_wild_descriptors_are_EBADF)
{
	int fd = file_with("file", "");

	close(fd);
	EXPECT_ERROR(sys(NR_close, fd), EBADF);
	EXPECT_ERROR(sys(NR_read, fd, &fd, 1), EBADF);
	EXPECT_ERROR(sys(NR_write, -1, &fd, 1), EBADF);
	EXPECT_ERROR(sys(NR_fstat, 1 << 30, &fd), EBADF);
	EXPECT_ERROR(sys(NR_lseek, 999, 0, 0), EBADF);
	EXPECT_ERROR(sys(NR_dup, 999), EBADF);
}

TEST(files, dup_shares_the_offset)
{
	int fd = file_with("file", "0123456789"), copy = dup(fd);

	EXPECT(copy >= 0 && copy != fd);
	lseek(fd, 7, SEEK_SET);
	EXPECT_EQUAL(lseek(copy, 0, SEEK_CUR), 7);
	close(fd);
	EXPECT_EQUAL(lseek(copy, 0, SEEK_CUR), 7);
}

TEST(files, dup3_closes_its_target_and_refuses_itself)
{
	int a = file_with("a", "aaa"), b = file_with("b", "bbb");
	char c;

	EXPECT_EQUAL(sys(NR_dup3, a, b, 0), b);
	EXPECT_EQUAL(read(b, &c, 1), 1);
	EXPECT_EQUAL(c, 'a');
	EXPECT_ERROR(sys(NR_dup3, a, a, 0), EINVAL);
	EXPECT_ERROR(sys(NR_dup3, a, -1, 0), EBADF);
	EXPECT_ERROR(sys(NR_dup3, a, b, O_APPEND), EINVAL);
}

TEST(files, F_DUPFD_takes_the_lowest_from_its_minimum)
{
	int fd = file_with("file", "");

	EXPECT_EQUAL(fcntl(fd, F_DUPFD, 20), 20);
	EXPECT_EQUAL(fcntl(fd, F_DUPFD, 20), 21);
	EXPECT_EQUAL(fcntl(fd, F_DUPFD_CLOEXEC, 20), 22);
	EXPECT_EQUAL(fcntl(22, F_GETFD, 0), FD_CLOEXEC);
	EXPECT_EQUAL(fcntl(21, F_GETFD, 0), 0);
}

TEST(files, the_lowest_free_descriptor_is_taken)
{
	int a = file_with("file", ""), b = dup(a), c = dup(a);

	close(a);
	close(b);
	EXPECT_EQUAL(dup(c), a);
	EXPECT_EQUAL(dup(c), b);
}

TEST(files, status_flags_can_be_read_and_set)
{
	int fd = open("/dev/null", O_WRONLY);

	EXPECT_EQUAL(fcntl(fd, F_GETFL, 0) & O_ACCMODE, O_WRONLY);
	EXPECT_EQUAL(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	EXPECT(fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
	EXPECT_EQUAL(fcntl(fd, F_GETFL, 0) & O_ACCMODE, O_WRONLY);
	EXPECT_ERROR(sys(NR_fcntl, fd, 4711, 0), EINVAL);
}

TEST(files, RLIMIT_NOFILE_gives_EMFILE)
{
	struct rlimit limit = { 12, 12 };
	int opened = 0;
	long fd;

	EXPECT_EQUAL(sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL), 0);
	while ((fd = sys(NR_dup, 0)) >= 0) {
		EXPECT(fd < 12);
		opened++;
	}
	EXPECT_EQUAL(fd, -EMFILE);
	EXPECT(opened > 0 && opened < 12);
}

TEST(files, stat_tells_kind_size_links_and_mode)
{
	struct stat st, other;
	int fd = file_with("file", "12345");

	EXPECT_EQUAL(stat("file", &st), 0);
	EXPECT(S_ISREG(st.st_mode));
	EXPECT_EQUAL(st.st_mode & 07777, 0644);
	EXPECT_EQUAL(st.st_size, 5);
	EXPECT_EQUAL(st.st_nlink, 1);
	EXPECT_EQUAL(fstat(fd, &other), 0);
	EXPECT(other.st_ino == st.st_ino && other.st_dev == st.st_dev);
	EXPECT_EQUAL(stat(".", &st), 0);
	EXPECT(S_ISDIR(st.st_mode));
	EXPECT_EQUAL(stat("/dev/null", &st), 0);
	EXPECT(S_ISCHR(st.st_mode));
	EXPECT_EQUAL(st.st_rdev, makedev(1, 3));
}

TEST(files, umask_takes_bits_away)
{
	struct stat st;

	EXPECT_EQUAL(umask(027), 022);
	close(open("file", O_CREAT | O_RDWR, 0666));
	mkdir("folder", 0777);
	stat("file", &st);
	EXPECT_EQUAL(st.st_mode & 07777, 0640);
	stat("folder", &st);
	EXPECT_EQUAL(st.st_mode & 07777, 0750);
}

TEST(files, utimensat_sets_times)
{
	struct timespec times[2] = { { 1000, 5 }, { 2000, 7 } };
	struct stat st;

	close(file_with("file", ""));
	EXPECT_EQUAL(utimensat(AT_FDCWD, "file", times, 0), 0);
	stat("file", &st);
	EXPECT(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 7);
	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_nsec = 2000000000;
	EXPECT_ERROR(sys(NR_utimensat, AT_FDCWD, "file", times, 0), EINVAL);
}

TEST(files, writing_moves_the_modification_time)
{
	struct timespec past[2] = { { 0, 0 }, { 0, 0 } };
	int fd = file_with("file", "");
	struct stat st;

	utimensat(AT_FDCWD, "file", past, 0);
	write(fd, "x", 1);
	fstat(fd, &st);
	EXPECT(st.st_mtim.tv_sec > 0 || st.st_mtim.tv_nsec > 0);
}

TEST(files, sendfile_copies_and_moves_its_offset)
{
	int from = file_with("from", "0123456789"), to = file_with("to", "");
	off_t offset = 3;

	EXPECT_EQUAL(sys(NR_sendfile, to, from, &offset, 4), 4);
	EXPECT_EQUAL(offset, 7);
	EXPECT_EQUAL(lseek(from, 0, SEEK_CUR), 0);
	expect_content("to", "3456");
}

TEST(files, special_files_behave)
{
	char buf[64] = "junk", more[64];
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR), full = open("/dev/full", O_RDWR);
	int random = open("/dev/urandom", O_RDONLY);

	EXPECT_EQUAL(read(null, buf, 4), 0);
	EXPECT_EQUAL(write(null, buf, 4), 4);
	EXPECT_EQUAL(read(zero, buf, 4), 4);
	EXPECT(!memcmp(buf, "\0\0\0\0", 4));
	EXPECT_ERROR(sys(NR_write, full, buf, 1), ENOSPC);
	EXPECT_EQUAL(read(random, buf, 64), 64);
	EXPECT_EQUAL(sys(NR_getrandom, more, 64, 0), 64);
	EXPECT(memcmp(buf, more, 64));
}

TEST(files, RLIMIT_FSIZE_gives_EFBIG_or_a_signal)
{
	struct rlimit limit = { 10, 10 };
	int fd = file_with("file", "");

	signal(SIGXFSZ, SIG_IGN);
	sys(NR_prlimit64, 0, RLIMIT_FSIZE, &limit, NULL);
	EXPECT_EQUAL(write(fd, "0123456789abc", 13), 10);
	EXPECT_ERROR(sys(NR_write, fd, "x", 1), EFBIG);
}

TEST(files, appends_of_four_processes_all_arrive)
{
	enum { RECORDS = 100, WRITERS = 4 };
	static char text[RECORDS * WRITERS * 8 + 1];
	int seen[WRITERS] = { 0 }, fd = file_with("log", "");
	pid_t pid[WRITERS];

	for (int w = 0; w < WRITERS; w++) {
		pid[w] = start_child();
		if (pid[w] == 0) {
			int own = open("log", O_WRONLY | O_APPEND);
			char record[9];

			for (int i = 0; i < RECORDS; i++) {
				snprintf(record, sizeof(record), "%d %05d\n", w, i);
				EXPECT_EQUAL(write(own, record, 8), 8);
			}
			_exit(0);
		}
	}
	for (int w = 0; w < WRITERS; w++)
		EXPECT_EQUAL(wait_for(pid[w]), 0);
	EXPECT_EQUAL(read(fd, text, sizeof(text)), sizeof(text) - 1);
	for (int i = 0; i < RECORDS * WRITERS; i++) {
		int w = text[i * 8] - '0';

		EXPECT(w >= 0 && w < WRITERS);
		EXPECT_EQUAL(atoi(text + i * 8 + 2), seen[w]++);
	}
}

TEST(files, bad_user_pointers_are_EFAULT)
{
	int fd = file_with("file", "0123456789");
	char *const nowhere = (char *)0x10, *const kernel = (char *)0xffffffc000000000;

	EXPECT_ERROR(sys(NR_read, fd, nowhere, 4), EFAULT);
	EXPECT_ERROR(sys(NR_read, fd, kernel, 4), EFAULT);
	EXPECT_ERROR(sys(NR_write, fd, nowhere, 4), EFAULT);
	EXPECT_ERROR(sys(NR_write, fd, kernel, 4), EFAULT);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, nowhere, 0, 0), EFAULT);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, kernel, 0, 0), EFAULT);
	EXPECT_ERROR(sys(NR_fstat, fd, kernel), EFAULT);
	EXPECT_ERROR(sys(NR_newfstatat, AT_FDCWD, "file", nowhere, 0), EFAULT);
	EXPECT_ERROR(sys(NR_getcwd, kernel, 100), EFAULT);
	EXPECT_ERROR(sys(NR_pipe2, nowhere, 0), EFAULT);
	EXPECT_ERROR(sys(NR_readv, fd, nowhere, 1), EFAULT);
}

TEST(files, a_buffer_that_ends_at_a_hole_gives_what_fits)
{
	int fd = file_with("file", "0123456789");
	char *page = map_pages(2, MAP_PRIVATE);

	EXPECT_EQUAL(sys(NR_munmap, page + PAGE, PAGE), 0);
	EXPECT_EQUAL(sys(NR_read, fd, page + PAGE - 4, 10), 4);
	EXPECT(!memcmp(page + PAGE - 4, "0123", 4));
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, memset(page + PAGE - 10, 'x', 10), 0, 0), EFAULT);
}
