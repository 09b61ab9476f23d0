/* What a test is made of: its place in the list, what it may expect, and the system calls without a library between. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "numbers.h"

struct user_test {
	const char *suite, *name;
	void (*body)(void);
};

/* A test runs in a process of its own, twice or more, in an empty working directory; it succeeds when it returns. */
#define TEST(suite, name)									\
	static void suite##_##name(void);							\
	static const struct user_test entry_##suite##_##name					\
		__attribute__((used, no_reorder, section("usertests"))) = { #suite, #name, suite##_##name };	\
	static void suite##_##name(void)

/* Ends the test, in whichever of its processes, with the place and the sentence. */
_Noreturn void test_failed(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Ends the test: it cannot be made here. */
_Noreturn void test_skipped(const char *why);

#define EXPECT(condition) ((condition) ? (void)0 : test_failed(__FILE__, __LINE__, "%s (errno %d)", #condition, errno))
#define EXPECT_EQUAL(actual, expected) do {							\
	long actual_ = (long)(actual), expected_ = (long)(expected);				\
	if (actual_ != expected_)								\
		test_failed(__FILE__, __LINE__, "%s is %ld, not %ld", #actual, actual_, expected_);	\
} while (0)
/* A raw system call that must fail in one way. */
#define EXPECT_ERROR(call, error) EXPECT_EQUAL(call, -(error))

/* A system call by number; the result is the kernel's, with -errno for a failure. */
long sys(long number, ...);

/* A thread that runs function(argument) on a stack that ends at stack_end; *tid holds its id until it has ended. */
long clone_thread(unsigned long flags, void *stack_end, int *parent_tid, void *tls, int *child_tid,
		  int (*function)(void *), void *argument);

/* The child's process; in the parent its pid. Fails the test when there is none. */
pid_t start_child(void);
/* Runs body(argument) in a child and gives the status that wait4() told. */
int status_of(void (*body)(void *), void *argument);
/* The status of the child with this pid. */
int wait_for(pid_t pid);
void sleep_ms(long ms);
/* Waits until the process sleeps in a system call: for as long as it takes, since a host may keep a CPU from it. */
void until_asleep(pid_t pid);
uint64_t now_ns(void);
/* How many CPUs this process may run on. */
int count_cpus(void);

/* Makes a file with this text; opens it for reading and writing; gives the descriptor. */
int file_with(const char *path, const char *text);
void expect_content(const char *path, const char *text);

/* An anonymous mapping, readable and writable; MAP_SHARED lets children see what is written. */
void *map_pages(size_t pages, int flags);

/* What the program does when a test executes it anew: says whether it got the arguments it should. */
int exec_check(int argc, char **argv);

#define PAGE 4096UL
#define USER 1000	/* the uid and gid of the ordinary user */
