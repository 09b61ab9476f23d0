/* What several tests do: children, waiting, files, mappings. */
#include "usertests.h"

pid_t start_child(void)
{
	pid_t pid = fork();

	EXPECT(pid >= 0);
	return pid;
}

int wait_for(pid_t pid)
{
	int status;

	EXPECT_EQUAL(waitpid(pid, &status, 0), pid);
	return status;
}

int status_of(void (*body)(void *), void *argument)
{
	pid_t pid = start_child();

	if (pid == 0) {
		body(argument);
		_exit(0);
	}
	return wait_for(pid);
}

void sleep_ms(long ms)
{
	struct timespec duration = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&duration, NULL);
}

void until_asleep(pid_t pid)
{
	char path[32], text[128], *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		int fd = open(path, O_RDONLY);
		long len = read(fd, text, sizeof(text) - 1);

		EXPECT(len > 0);
		text[len] = 0;
		close(fd);
		end = strrchr(text, ')');
	} while (strncmp(end, ") S ", 4) != 0);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000UL + now.tv_nsec;
}

int file_with(const char *path, const char *text)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

	EXPECT(fd >= 0);
	EXPECT_EQUAL(write(fd, text, strlen(text)), strlen(text));
	EXPECT_EQUAL(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

void expect_content(const char *path, const char *text)
{
	char buf[256];
	int fd = open(path, O_RDONLY);

	EXPECT(fd >= 0);
	EXPECT_EQUAL(read(fd, buf, sizeof(buf)), strlen(text));
	EXPECT(!memcmp(buf, text, strlen(text)));
	close(fd);
}

void *map_pages(size_t pages, int flags)
{
	long address = sys(NR_mmap, NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	EXPECT(address > 0);
	return (void *)address;
}

int count_cpus(void)
{
	unsigned long mask = 0;
	int count = 0;

	EXPECT(sys(NR_sched_getaffinity, 0, sizeof(mask), &mask) > 0);
	for (; mask; mask &= mask - 1)
		count++;
	return count;
}
