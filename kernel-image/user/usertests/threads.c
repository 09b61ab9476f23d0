/* Threads and futexes, on as many harts as there are. */
#include "usertests.h"

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
		CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define STACK (4 * PAGE)
#define MOST 8

struct thread {
	int tid;
	char *stack;
};

static long futex(volatile int *word, int op, int value, const struct timespec *limit)
{
	return sys(NR_futex, word, op, value, limit, NULL, 0);
}

static void start(struct thread *thread, int (*function)(void *), void *argument)
{
	thread->stack = map_pages(STACK / PAGE, MAP_PRIVATE);
	EXPECT(clone_thread(THREAD, thread->stack + STACK, &thread->tid, NULL, &thread->tid, function, argument) > 0);
}

/* The kernel clears tid and wakes its futex when the thread is gone. */
static void join(struct thread *thread)
{
	int tid;

	while ((tid = *(volatile int *)&thread->tid) != 0)
		futex(&thread->tid, FUTEX_WAIT, tid, NULL);
	sys(NR_munmap, thread->stack, STACK);
}

static void start_all(struct thread *threads, int count, int (*function)(void *))
{
	for (int i = 0; i < count; i++)
		start(&threads[i], function, (void *)(long)i);
}

static void join_all(struct thread *threads, int count)
{
	for (int i = 0; i < count; i++)
		join(&threads[i]);
}

/* A mutex of three states: 0 free, 1 held, 2 held and waited for. */
static void lock(volatile int *mutex)
{
	int seen = __sync_val_compare_and_swap(mutex, 0, 1);

	while (seen != 0) {
		if (seen == 2 || __sync_val_compare_and_swap(mutex, 1, 2) != 0)
			futex(mutex, FUTEX_WAIT | FUTEX_PRIVATE, 2, NULL);
		seen = __sync_val_compare_and_swap(mutex, 0, 2);
	}
}

static void unlock(volatile int *mutex)
{
	if (__sync_lock_test_and_set(mutex, 0) == 2)
		futex(mutex, FUTEX_WAKE | FUTEX_PRIVATE, 1, NULL);
}

static volatile int mutex, counter, turn, ids[MOST];

static int tell_ids(void *index)
{
	ids[(long)index] = sys(NR_gettid);
	return getpid() == ids[(long)index];
}

TEST(threads, each_has_an_id_and_all_one_process)
{
	struct thread threads[4];

	start_all(threads, 4, tell_ids);
	for (int i = 0; i < 4; i++) {
		int tid = threads[i].tid;

		join(&threads[i]);
		EXPECT(ids[i] != getpid());
		EXPECT(tid == 0 || tid == ids[i]);
		for (int k = 0; k < i; k++)
			EXPECT(ids[i] != ids[k]);
	}
}

static int add_locked(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2000; i++) {
		lock(&mutex);
		counter = counter + 1;
		unlock(&mutex);
	}
	return 0;
}

TEST(threads, a_mutex_excludes)
{
	struct thread threads[4];

	start_all(threads, 4, add_locked);
	join_all(threads, 4);
	EXPECT_EQUAL(counter, 8000);
}

static int add_atomic(void *unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++)
		__sync_fetch_and_add(&counter, 1);
	return 0;
}

TEST(threads, atomic_additions_all_count)
{
	struct thread threads[MOST];

	start_all(threads, MOST, add_atomic);
	join_all(threads, MOST);
	EXPECT_EQUAL(counter, MOST * 20000);
}

static int play(void *index)
{
	int own = (long)index;

	for (int i = 0; i < 300; i++) {
		int now;

		while ((now = turn) % 4 != own)
			futex(&turn, FUTEX_WAIT, now, NULL);
		turn = now + 1;
		futex(&turn, FUTEX_WAKE, MOST, NULL);
	}
	return 0;
}

TEST(threads, four_take_turns)
{
	struct thread threads[4];

	start_all(threads, 4, play);
	join_all(threads, 4);
	EXPECT_EQUAL(turn, 1200);
}

TEST(threads, a_futex_compares_and_times_out)
{
	struct timespec limit = { 0, 20000000 }, bad = { 0, 2000000000 };
	uint64_t begin = now_ns();
	int word = 5;

	EXPECT_ERROR(futex(&word, FUTEX_WAIT, 4, NULL), EAGAIN);
	EXPECT_ERROR(futex(&word, FUTEX_WAIT, 5, &limit), ETIMEDOUT);
	EXPECT(now_ns() - begin >= 20000000);
	EXPECT_ERROR(futex(&word, FUTEX_WAIT, 5, &bad), EINVAL);
	EXPECT_EQUAL(futex(&word, FUTEX_WAKE, 1, NULL), 0);
	EXPECT_ERROR(futex((int *)((char *)&word + 1), FUTEX_WAIT, 5, NULL), EINVAL);
	EXPECT_ERROR(futex((int *)0x1000, FUTEX_WAIT, 0, NULL), EFAULT);
	EXPECT_ERROR(sys(NR_futex, &word, 99, 0, NULL, NULL, 0), ENOSYS);
}

TEST(threads, a_shared_futex_joins_processes)
{
	volatile int *word = map_pages(1, MAP_SHARED);
	pid_t pid = start_child();

	if (pid == 0) {
		while (*word == 0)
			futex(word, FUTEX_WAIT, 0, NULL);
		_exit(*word);
	}
	sleep_ms(20);
	*word = 6;
	EXPECT(futex(word, FUTEX_WAKE, 1, NULL) <= 1);
	EXPECT_EQUAL(wait_for(pid), 6 << 8);
}

static int wait_on_turn(void *unused)
{
	(void)unused;
	__sync_fetch_and_add(&counter, 1);
	while (turn == 0)
		futex(&turn, FUTEX_WAIT, 0, NULL);
	return 0;
}

TEST(threads, one_wake_wakes_as_many_as_asked)
{
	struct thread threads[4];
	int woken;

	start_all(threads, 4, wait_on_turn);
	/* Who is woken waits again: sooner or later two wait at a time, and then four. */
	while ((woken = futex(&turn, FUTEX_WAKE, 2, NULL)) < 2)
		sleep_ms(1);
	EXPECT_EQUAL(woken, 2);
	while ((woken = futex(&turn, FUTEX_WAKE, 100, NULL)) < 4)
		sleep_ms(1);
	EXPECT_EQUAL(woken, 4);
	turn = 1;
	futex(&turn, FUTEX_WAKE, 100, NULL);
	join_all(threads, 4);
}

static int open_null(void *cell)
{
	*(volatile int *)cell = open("/dev/null", O_RDWR);
	return 0;
}

TEST(threads, descriptors_and_folders_are_shared)
{
	volatile int fd = -1;
	struct thread thread;
	char c;

	start(&thread, open_null, (void *)&fd);
	join(&thread);
	EXPECT(fd >= 0);
	EXPECT_EQUAL(read(fd, &c, 1), 0);
}

static volatile int handled_by;

static void note_thread(int sig)
{
	(void)sig;
	handled_by = sys(NR_gettid);
}

TEST(threads, tgkill_reaches_one_thread)
{
	struct thread threads[2];

	signal(SIGUSR1, note_thread);
	start_all(threads, 2, wait_on_turn);
	while (counter < 2)
		sleep_ms(1);
	EXPECT_EQUAL(sys(NR_tgkill, getpid(), threads[1].tid, SIGUSR1), 0);
	while (!handled_by)
		sleep_ms(1);
	EXPECT_EQUAL(handled_by, threads[1].tid);
	turn = 1;
	futex(&turn, FUTEX_WAKE, 100, NULL);
	join_all(threads, 2);
}

static int sleep_long(void *unused)
{
	(void)unused;
	sleep_ms(100000);
	return 0;
}

static void leave_with_threads(void *unused)
{
	struct thread threads[3];

	(void)unused;
	start_all(threads, 3, sleep_long);
	_exit(4);
}

TEST(threads, exit_group_ends_them_all)
{
	EXPECT_EQUAL(status_of(leave_with_threads, NULL), 4 << 8);
}

static int exit_the_group(void *unused)
{
	(void)unused;
	sys(NR_exit_group, 6);
	return 0;
}

static void leave_from_a_thread(void *unused)
{
	struct thread threads[2];

	(void)unused;
	start(&threads[0], sleep_long, NULL);
	start(&threads[1], exit_the_group, NULL);
	for (;;)
		pause();
}

TEST(threads, any_thread_may_end_the_process)
{
	EXPECT_EQUAL(status_of(leave_from_a_thread, NULL), 6 << 8);
}

static int write_to_null(void *unused)
{
	(void)unused;
	*(volatile char *)0 = 1;
	return 0;
}

static void fault_in_a_thread(void *unused)
{
	struct thread thread;

	(void)unused;
	start(&thread, write_to_null, NULL);
	for (;;)
		pause();
}

TEST(threads, a_fault_in_one_ends_them_all)
{
	EXPECT_EQUAL(status_of(fault_in_a_thread, NULL), SIGSEGV);
}

static int execute_true(void *unused)
{
	(void)unused;
	execve("/bin/true", (char *[]){ "true", NULL }, environ);
	return 1;
}

static void exec_in_a_thread(void *unused)
{
	struct thread threads[2];

	(void)unused;
	start(&threads[0], sleep_long, NULL);
	start(&threads[1], execute_true, NULL);
	for (;;)
		pause();
}

TEST(threads, exec_in_one_replaces_them_all)
{
	EXPECT_EQUAL(status_of(exec_in_a_thread, NULL), 0);
}

static int map_and_touch(void *unused)
{
	(void)unused;
	for (int i = 0; i < 60; i++) {
		volatile char *p = map_pages(4, MAP_PRIVATE);

		for (int k = 0; k < 4; k++)
			p[k * PAGE] = i;
		for (int k = 0; k < 4; k++)
			EXPECT_EQUAL(p[k * PAGE], i);
		EXPECT_EQUAL(sys(NR_munmap, p, 4 * PAGE), 0);
	}
	return 0;
}

TEST(threads, mappings_come_and_go_on_all_harts)
{
	struct thread threads[4];

	start_all(threads, 4, map_and_touch);
	join_all(threads, 4);
}

static volatile char *volatile watched;
static volatile int faults_wanted;

static void repair_watched(int sig)
{
	(void)sig;
	/* In this order: who sees the count may take the right away again at once. */
	sys(NR_mprotect, watched, PAGE, PROT_READ | PROT_WRITE);
	faults_wanted--;
}

static int write_watched(void *unused)
{
	(void)unused;
	while (!turn)
		watched[0] = watched[0] + 1;
	return 0;
}

/* A right taken away must be gone on the other harts when mprotect returns: remote TLBs. */
TEST(threads, rights_taken_away_are_gone_on_every_hart)
{
	struct thread thread;

	watched = map_pages(1, MAP_PRIVATE);
	signal(SIGSEGV, repair_watched);
	start(&thread, write_watched, NULL);
	for (int i = 0; i < 50; i++) {
		char seen;

		faults_wanted = 1;
		EXPECT_EQUAL(sys(NR_mprotect, watched, PAGE, PROT_READ), 0);
		seen = watched[0];
		for (int k = 0; k < 200 && faults_wanted > 0; k++)
			EXPECT(watched[0] == seen || faults_wanted <= 0);
		while (faults_wanted > 0)
			sys(NR_sched_yield);
	}
	turn = 1;
	join(&thread);
}

static int fork_and_wait(void *unused)
{
	(void)unused;
	for (int i = 0; i < 15; i++) {
		int status;
		long pid = sys(NR_clone, SIGCHLD, 0, 0, 0, 0);

		if (pid == 0)
			sys(NR_exit_group, i);
		EXPECT(pid > 0);
		EXPECT_EQUAL(sys(NR_wait4, pid, &status, 0, NULL), pid);
		EXPECT_EQUAL(status, i << 8);
	}
	return 0;
}

TEST(threads, several_fork_at_once)
{
	struct thread threads[4];

	start_all(threads, 4, fork_and_wait);
	join_all(threads, 4);
}

static int pipe_round(void *unused)
{
	(void)unused;
	for (int i = 0; i < 100; i++) {
		int fd[2];
		char c = i;

		EXPECT_EQUAL(pipe(fd), 0);
		EXPECT_EQUAL(write(fd[1], &c, 1), 1);
		EXPECT_EQUAL(read(fd[0], &c, 1), 1);
		EXPECT_EQUAL(c, (char)i);
		close(fd[0]);
		close(fd[1]);
	}
	return 0;
}

TEST(threads, descriptors_come_and_go_on_all_harts)
{
	struct thread threads[4];

	start_all(threads, 4, pipe_round);
	join_all(threads, 4);
}
