/* Pipes, FIFOs and waiting for them. */
#include "usertests.h"

TEST(pipes, the_end_comes_when_the_last_writer_closes)
{
	int fd[2], copy;
	char buf[8];

	EXPECT_EQUAL(pipe2(fd, 0), 0);
	copy = dup(fd[1]);
	write(fd[1], "abc", 3);
	close(fd[1]);
	write(copy, "d", 1);
	close(copy);
	EXPECT_EQUAL(read(fd[0], buf, 8), 4);
	EXPECT_EQUAL(read(fd[0], buf, 8), 0);
}

TEST(pipes, writing_without_a_reader_is_EPIPE)
{
	int fd[2];

	pipe2(fd, 0);
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	EXPECT_ERROR(sys(NR_write, fd[1], "x", 1), EPIPE);
}

static void write_without_reader(void *unused)
{
	int fd[2];

	(void)unused;
	pipe2(fd, 0);
	close(fd[0]);
	write(fd[1], "x", 1);
}

TEST(pipes, SIGPIPE_kills_who_does_not_care)
{
	EXPECT_EQUAL(status_of(write_without_reader, NULL), SIGPIPE);
}

TEST(pipes, a_full_pipe_is_EAGAIN_when_nonblocking)
{
	static char block[PAGE];
	int fd[2], total = 0;
	long n;

	pipe2(fd, O_NONBLOCK);
	EXPECT_ERROR(sys(NR_read, fd[0], block, 1), EAGAIN);
	while ((n = sys(NR_write, fd[1], block, sizeof(block))) > 0)
		total += n;
	EXPECT_EQUAL(n, -EAGAIN);
	EXPECT_EQUAL(total, 65536);
}

TEST(pipes, a_blocked_writer_goes_on_when_there_is_room)
{
	static char block[65536 + 5000];
	int fd[2], total = 0;
	pid_t pid;
	long n;

	pipe2(fd, 0);
	pid = start_child();
	if (pid == 0) {
		close(fd[0]);
		EXPECT_EQUAL(write(fd[1], block, sizeof(block)), sizeof(block));
		_exit(0);
	}
	close(fd[1]);
	sleep_ms(20);
	while ((n = read(fd[0], block, 999)) > 0)
		total += n;
	EXPECT_EQUAL(total, sizeof(block));
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(pipes, a_blocked_reader_wakes)
{
	int there[2], back[2];
	pid_t pid;
	char c;

	pipe2(there, 0);
	pipe2(back, 0);
	pid = start_child();
	if (pid == 0) {
		for (int i = 0; i < 200; i++) {
			EXPECT_EQUAL(read(there[0], &c, 1), 1);
			EXPECT_EQUAL(write(back[1], &c, 1), 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 200; i++) {
		char sent = i;

		EXPECT_EQUAL(write(there[1], &sent, 1), 1);
		EXPECT_EQUAL(read(back[0], &c, 1), 1);
		EXPECT_EQUAL(c, sent);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(pipes, small_writes_of_four_processes_stay_whole)
{
	enum { RECORD = 100, RECORDS = 200 };
	char record[RECORD];
	int fd[2], count = 0;
	pid_t pid[4];

	pipe2(fd, 0);
	for (int p = 0; p < 4; p++) {
		pid[p] = start_child();
		if (pid[p] == 0) {
			memset(record, 'a' + p, RECORD);
			for (int i = 0; i < RECORDS; i++)
				EXPECT_EQUAL(write(fd[1], record, RECORD), RECORD);
			_exit(0);
		}
	}
	close(fd[1]);
	for (;;) {
		size_t got = 0;
		long n;

		while (got < RECORD && (n = read(fd[0], record + got, RECORD - got)) > 0)
			got += n;
		if (got == 0)
			break;
		EXPECT_EQUAL(got, RECORD);
		for (int i = 1; i < RECORD; i++)
			EXPECT_EQUAL(record[i], record[0]);
		count++;
	}
	EXPECT_EQUAL(count, 4 * RECORDS);
	for (int p = 0; p < 4; p++)
		EXPECT_EQUAL(wait_for(pid[p]), 0);
}

TEST(pipes, a_mebibyte_arrives_in_order)
{
	static unsigned int block[1024];
	unsigned int expected = 0;
	int fd[2];
	pid_t pid;

	pipe2(fd, 0);
	pid = start_child();
	if (pid == 0) {
		for (unsigned int n = 0; n < 256 * 1024; n += 1024) {
			for (int i = 0; i < 1024; i++)
				block[i] = n + i;
			EXPECT_EQUAL(write(fd[1], block, sizeof(block)), sizeof(block));
		}
		_exit(0);
	}
	close(fd[1]);
	for (;;) {
		size_t got = 0;
		long n;

		while (got < sizeof(block) && (n = read(fd[0], (char *)block + got, sizeof(block) - got)) > 0)
			got += n;
		if (got == 0)
			break;
		for (size_t i = 0; i < got / 4; i++)
			EXPECT_EQUAL(block[i], expected++);
	}
	EXPECT_EQUAL(expected, 256 * 1024);
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(pipes, a_pipe_has_no_offset_and_odd_flags_are_refused)
{
	int fd[2];

	EXPECT_ERROR(sys(NR_pipe2, fd, 3), EINVAL);
	pipe2(fd, O_CLOEXEC);
	EXPECT_EQUAL(fcntl(fd[0], F_GETFD, 0), FD_CLOEXEC);
	EXPECT_ERROR(sys(NR_lseek, fd[0], 0, SEEK_CUR), ESPIPE);
	EXPECT_ERROR(sys(NR_read, fd[1], fd, 1), EBADF);
	EXPECT_ERROR(sys(NR_write, fd[0], fd, 1), EBADF);
}

TEST(pipes, FIONREAD_counts_what_waits)
{
	int fd[2], count = -1;

	pipe2(fd, 0);
	write(fd[1], "12345", 5);
	EXPECT_EQUAL(sys(NR_ioctl, fd[0], 0x541b, &count), 0);
	EXPECT_EQUAL(count, 5);
}

TEST(pipes, ppoll_tells_readiness)
{
	struct timespec none = { 0, 0 };
	struct pollfd ends[3];
	int fd[2];

	pipe2(fd, 0);
	ends[0] = (struct pollfd){ fd[0], POLLIN, 0 };
	ends[1] = (struct pollfd){ fd[1], POLLOUT, 0 };
	ends[2] = (struct pollfd){ 999, POLLIN, 0 };
	EXPECT_EQUAL(sys(NR_ppoll, ends, 2, &none, NULL, 0), 1);
	EXPECT(ends[0].revents == 0 && ends[1].revents == POLLOUT);
	write(fd[1], "x", 1);
	EXPECT_EQUAL(sys(NR_ppoll, ends, 3, &none, NULL, 0), 3);
	EXPECT_EQUAL(ends[0].revents, POLLIN);
	EXPECT_EQUAL(ends[2].revents, POLLNVAL);
	close(fd[1]);
	EXPECT_EQUAL(sys(NR_ppoll, ends, 1, &none, NULL, 0), 1);
	EXPECT_EQUAL(ends[0].revents, POLLIN | POLLHUP);
}

TEST(pipes, ppoll_waits_and_times_out)
{
	struct timespec limit = { 0, 30000000 };
	uint64_t start = now_ns();
	struct pollfd end;
	int fd[2];
	pid_t pid;

	pipe2(fd, 0);
	end = (struct pollfd){ fd[0], POLLIN, 0 };
	EXPECT_EQUAL(sys(NR_ppoll, &end, 1, &limit, NULL, 0), 0);
	EXPECT(now_ns() - start >= 30000000);
	pid = start_child();
	if (pid == 0) {
		sleep_ms(20);
		write(fd[1], "x", 1);
		_exit(0);
	}
	EXPECT_EQUAL(sys(NR_ppoll, &end, 1, NULL, NULL, 0), 1);
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(pipes, a_fifo_joins_two_processes)
{
	char buf[8];
	pid_t pid;
	int fd;

	EXPECT_EQUAL(mknod("fifo", S_IFIFO | 0644, 0), 0);
	pid = start_child();
	if (pid == 0) {
		fd = open("fifo", O_WRONLY);
		EXPECT_EQUAL(write(fd, "through", 7), 7);
		_exit(0);
	}
	fd = open("fifo", O_RDONLY);
	EXPECT_EQUAL(read(fd, buf, 8), 7);
	EXPECT_EQUAL(read(fd, buf, 8), 0);
	EXPECT_EQUAL(wait_for(pid), 0);
	close(fd);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "fifo", O_WRONLY | O_NONBLOCK, 0), ENXIO);
	EXPECT(open("fifo", O_RDONLY | O_NONBLOCK) >= 0);
}
