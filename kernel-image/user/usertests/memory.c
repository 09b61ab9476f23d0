/* Mappings, the heap, and how faults end. */
#include "usertests.h"

static volatile char sink;

static void read_byte(void *address)
{
	sink = *(volatile char *)address;
}

static void write_byte(void *address)
{
	*(volatile char *)address = 1;
}

static void jump_to(void *address)
{
	((void (*)(void))address)();
}

#define EXPECT_SEGV(body, address) EXPECT_EQUAL(status_of(body, (void *)(address)), SIGSEGV)

TEST(memory, NULL_and_low_addresses_fault)
{
	EXPECT_SEGV(read_byte, 0);
	EXPECT_SEGV(write_byte, 0);
	EXPECT_SEGV(jump_to, 0);
	EXPECT_SEGV(read_byte, 0xfff);
}

TEST(memory, kernel_addresses_fault)
{
	EXPECT_SEGV(read_byte, 0xffffffff80000000);
	EXPECT_SEGV(write_byte, 0xffffffff80000000);
	EXPECT_SEGV(jump_to, 0xffffffff80002000);
	EXPECT_SEGV(read_byte, 0xffffffc000000000);
	EXPECT_SEGV(read_byte, 0x4000000000);
	EXPECT_SEGV(write_byte, 0x8000000000000000);
	for (unsigned long address = 0xffffffc000000000; address < 0xffffffd000000000; address += 0x140000000)
		EXPECT_SEGV(read_byte, address);
}

TEST(memory, text_is_read_only_and_data_is_not_executed)
{
	static unsigned int data[1] = { 0x00008067 };	/* ret */
	unsigned int stack[1] = { 0x00008067 };

	EXPECT_SEGV(write_byte, (void *)write_byte);
	EXPECT_SEGV(jump_to, data);
	EXPECT_SEGV(jump_to, stack);
	EXPECT_SEGV(jump_to, map_pages(1, MAP_PRIVATE));
}

static void recurse(void *depth)
{
	volatile char frame[1024];

	frame[0] = 1;
	if ((long)depth > 0)
		recurse((void *)((long)depth - 1));
	sink = frame[0];
}

TEST(memory, the_stack_grows_to_a_mebibyte)
{
	EXPECT_EQUAL(status_of(recurse, (void *)1000), 0);
}

TEST(memory, a_stack_overflow_is_SIGSEGV)
{
	EXPECT_SEGV(recurse, 1L << 40);
}

TEST(memory, brk_grows_and_shrinks)
{
	char *start = (char *)sys(NR_brk, 0), *end = start + 10 * PAGE;

	EXPECT_EQUAL(sys(NR_brk, end), end);
	for (char *p = start; p < end; p += 512)
		EXPECT_EQUAL(*p, 0);
	memset(start, 1, end - start);
	EXPECT_EQUAL(sys(NR_brk, start + PAGE), start + PAGE);
	EXPECT_SEGV(read_byte, end - 1);
	EXPECT_EQUAL(sys(NR_brk, end), end);
	EXPECT_EQUAL(end[-1], 0);
	EXPECT_EQUAL(sys(NR_brk, 0x10), end);
	EXPECT_EQUAL(sys(NR_brk, 0xffffffff80000000), end);
}

TEST(memory, anonymous_pages_are_zero)
{
	unsigned long *p = map_pages(64, MAP_PRIVATE);

	for (size_t i = 0; i < 64 * PAGE / 8; i++)
		EXPECT_EQUAL(p[i], 0);
}

TEST(memory, private_pages_are_copied_for_the_child_and_shared_ones_not)
{
	int *private = map_pages(1, MAP_PRIVATE), *shared = map_pages(1, MAP_SHARED);
	pid_t pid;

	*private = *shared = 1;
	pid = start_child();
	if (pid == 0) {
		*private = *shared = 2;
		_exit(0);
	}
	wait_for(pid);
	EXPECT_EQUAL(*private, 1);
	EXPECT_EQUAL(*shared, 2);
}

TEST(memory, copy_on_write_survives_a_chain_of_children)
{
	int *p = map_pages(32, MAP_PRIVATE);

	for (int i = 0; i < 32; i++)
		p[i * 1024] = i;
	for (int round = 0; round < 10; round++) {
		pid_t pid = start_child();

		if (pid == 0) {
			for (int i = round; i < 32; i++)
				p[i * 1024] = -1;
			if (start_child() == 0) {
				for (int i = 0; i < 32; i++)
					EXPECT_EQUAL(p[i * 1024], i < round ? i : -1);
				_exit(0);
			}
			wait(NULL);
			_exit(0);
		}
		EXPECT_EQUAL(wait_for(pid), 0);
		for (int i = 0; i < 32; i++)
			EXPECT_EQUAL(p[i * 1024], i);
	}
}

TEST(memory, a_private_file_mapping_leaves_the_file)
{
	int fd = file_with("file", "original");
	char *p = (char *)sys(NR_mmap, NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	EXPECT(!memcmp(p, "original", 8));
	memcpy(p, "changed!", 8);
	expect_content("file", "original");
	EXPECT_EQUAL(p[8], 0);
}

TEST(memory, a_shared_file_mapping_is_the_file)
{
	int fd = file_with("file", "original");
	char *p = (char *)sys(NR_mmap, NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	memcpy(p, "changed!", 8);
	expect_content("file", "changed!");
	sys(NR_pwrite64, fd, "O", 1, 0);
	EXPECT_EQUAL(p[0], 'O');
	EXPECT_EQUAL(sys(NR_munmap, p, PAGE), 0);
	expect_content("file", "Ohanged!");
}

TEST(memory, file_mappings_need_the_right_to_them)
{
	int fd;

	close(file_with("file", "text"));
	fd = open("file", O_RDONLY);
	EXPECT_ERROR(sys(NR_mmap, NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	EXPECT(sys(NR_mmap, NULL, PAGE, PROT_WRITE, MAP_PRIVATE, fd, 0) > 0);
	EXPECT_ERROR(sys(NR_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, open("file", O_WRONLY), 0), EACCES);
	EXPECT_ERROR(sys(NR_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
}

TEST(memory, beyond_the_end_of_a_file_is_SIGBUS)
{
	int fd = file_with("file", "short");
	char *p = (char *)sys(NR_mmap, NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

	EXPECT_EQUAL(status_of(read_byte, p + 100), 0);
	EXPECT_EQUAL(status_of(read_byte, p + PAGE), SIGBUS);
}

TEST(memory, bad_mmap_arguments_are_refused)
{
	EXPECT_ERROR(sys(NR_mmap, NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	EXPECT_ERROR(sys(NR_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 100), EINVAL);
	EXPECT_ERROR(sys(NR_mmap, NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
	EXPECT_ERROR(sys(NR_mmap, NULL, 1UL << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	EXPECT_ERROR(sys(NR_mmap, 0x100001, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
	EXPECT_ERROR(sys(NR_munmap, 0x100001, PAGE), EINVAL);
	EXPECT_ERROR(sys(NR_munmap, 0x100000, 0), EINVAL);
	EXPECT_ERROR(sys(NR_mprotect, 0x7000000, PAGE, PROT_READ), ENOMEM);
}

TEST(memory, unmapping_the_middle_leaves_the_ends)
{
	char *p = map_pages(5, MAP_PRIVATE);

	memset(p, 1, 5 * PAGE);
	EXPECT_EQUAL(sys(NR_munmap, p + 2 * PAGE, PAGE), 0);
	EXPECT_SEGV(read_byte, p + 2 * PAGE);
	EXPECT_EQUAL(p[2 * PAGE - 1] + p[3 * PAGE], 2);
	EXPECT_EQUAL(sys(NR_munmap, p, 5 * PAGE), 0);
	EXPECT_SEGV(read_byte, p);
	EXPECT_SEGV(read_byte, p + 4 * PAGE);
}

TEST(memory, MAP_FIXED_replaces_what_was_there)
{
	char *p = map_pages(3, MAP_PRIVATE);

	memset(p, 1, 3 * PAGE);
	EXPECT_EQUAL(sys(NR_mmap, p + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), p + PAGE);
	EXPECT_EQUAL(p[PAGE], 0);
	EXPECT_EQUAL(p[0] + p[2 * PAGE], 2);
	EXPECT_SEGV(write_byte, p + PAGE);
}

TEST(memory, mprotect_takes_and_gives_rights)
{
	char *p = map_pages(3, MAP_PRIVATE);

	memset(p, 1, 3 * PAGE);
	EXPECT_EQUAL(sys(NR_mprotect, p + PAGE, PAGE, PROT_READ), 0);
	EXPECT_SEGV(write_byte, p + PAGE);
	EXPECT_EQUAL(status_of(read_byte, p + PAGE), 0);
	EXPECT_EQUAL(status_of(write_byte, p + 2 * PAGE), 0);
	EXPECT_EQUAL(sys(NR_mprotect, p, 3 * PAGE, PROT_NONE), 0);
	EXPECT_SEGV(read_byte, p);
	EXPECT_EQUAL(sys(NR_mprotect, p, 3 * PAGE, PROT_READ | PROT_WRITE), 0);
	EXPECT_EQUAL(p[PAGE] + p[2 * PAGE], 2);
	p[PAGE] = 3;
}

TEST(memory, generated_code_runs_after_mprotect)
{
	unsigned int *code = map_pages(1, MAP_PRIVATE);

	for (int value = 1; value < 4; value++) {
		EXPECT_EQUAL(sys(NR_mprotect, code, PAGE, PROT_READ | PROT_WRITE), 0);
		code[0] = 0x00000513 | value << 20;	/* li a0, value */
		code[1] = 0x00008067;			/* ret */
		EXPECT_EQUAL(sys(NR_mprotect, code, PAGE, PROT_READ | PROT_EXEC), 0);
		__asm__ volatile("fence.i" ::: "memory");
		EXPECT_EQUAL(((int (*)(void))code)(), value);
	}
}

TEST(memory, a_hundred_mappings_come_and_go)
{
	char *p[100];

	for (int i = 0; i < 100; i++) {
		p[i] = map_pages(1 + i % 5, i % 2 ? MAP_PRIVATE : MAP_SHARED);
		p[i][0] = i;
	}
	for (int i = 0; i < 100; i += 2)
		EXPECT_EQUAL(sys(NR_munmap, p[i], PAGE * (1 + i % 5)), 0);
	for (int i = 1; i < 100; i += 2)
		EXPECT_EQUAL(p[i][0], i);
}

TEST(memory, misaligned_accesses_work_across_pages)
{
	char *p = map_pages(2, MAP_PRIVATE);

	for (int i = -7; i < 0; i++) {
		uint64_t *at = (uint64_t *)(p + PAGE + i), back;

		__asm__ volatile("sd %1, 0(%2)\n\tld %0, 0(%2)" : "=&r"(back) : "r"(0x0123456789abcdef), "r"(at) : "memory");
		EXPECT_EQUAL(back, 0x0123456789abcdef);
	}
}

TEST(memory, touched_memory_comes_back_when_a_process_ends)
{
	for (int round = 0; round < 3; round++) {
		pid_t pid = start_child();

		if (pid == 0) {
			char *p = map_pages(4096, MAP_PRIVATE);	/* 16 MiB */

			for (size_t i = 0; i < 4096; i++)
				p[i * PAGE] = i;
			for (size_t i = 0; i < 4096; i++)
				EXPECT_EQUAL(p[i * PAGE], (char)i);
			_exit(0);
		}
		EXPECT_EQUAL(wait_for(pid), 0);
	}
}

/* More than there is: the call fails with ENOMEM or the process is killed, and the system lives. */
static void take_all(void *unused)
{
	(void)unused;
	for (;;) {
		long address = sys(NR_mmap, NULL, 256 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (address < 0)
			_exit(address == -ENOMEM ? 1 : 2);
		for (size_t i = 0; i < 256; i++)
			((volatile char *)address)[i * PAGE] = 1;
	}
}

TEST(memory, running_out_of_memory_ends_one_process)
{
	int status = status_of(take_all, NULL);

	EXPECT(status == SIGKILL || status == 1 << 8);
	EXPECT_EQUAL(status_of(read_byte, map_pages(16, MAP_PRIVATE)), 0);
}

TEST(memory, RLIMIT_AS_gives_ENOMEM)
{
	struct rlimit limit = { 16UL << 20, 16UL << 20 };

	EXPECT_EQUAL(sys(NR_prlimit64, 0, RLIMIT_AS, &limit, NULL), 0);
	EXPECT_ERROR(sys(NR_mmap, NULL, 32UL << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	EXPECT(sys(NR_mmap, NULL, 1UL << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) > 0);
}
