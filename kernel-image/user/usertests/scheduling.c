/* Clocks, sleep, priorities, and who gets a CPU. */
#include "usertests.h"

TEST(scheduling, the_monotonic_clock_never_goes_back)
{
	uint64_t last = now_ns();

	for (int i = 0; i < 3000; i++) {
		uint64_t now = now_ns();

		EXPECT(now >= last);
		last = now;
		if (i % 100 == 0)
			sys(NR_sched_yield);
	}
}

TEST(scheduling, clocks_can_be_asked)
{
	struct timespec now, resolution, later;
	long tv[2];

	EXPECT_EQUAL(sys(NR_clock_gettime, CLOCK_REALTIME, &now), 0);
	EXPECT(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
	EXPECT_EQUAL(sys(NR_clock_getres, CLOCK_MONOTONIC, &resolution), 0);
	EXPECT(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
	EXPECT_ERROR(sys(NR_clock_gettime, 99, &now), EINVAL);
	EXPECT_ERROR(sys(NR_clock_gettime, CLOCK_REALTIME, 8), EFAULT);
	EXPECT_EQUAL(sys(NR_gettimeofday, tv, NULL), 0);
	sys(NR_clock_gettime, CLOCK_REALTIME, &later);
	EXPECT(tv[0] >= now.tv_sec && tv[0] <= later.tv_sec);
}

TEST(scheduling, sleep_takes_at_least_its_time)
{
	static const long durations[] = { 1, 50000, 1000000, 12345678 };

	for (int i = 0; i < 4; i++) {
		struct timespec duration = { 0, durations[i] };
		uint64_t begin = now_ns();

		EXPECT_EQUAL(sys(NR_nanosleep, &duration, NULL), 0);
		EXPECT(now_ns() - begin >= (uint64_t)durations[i]);
	}
}

TEST(scheduling, sleep_until_a_moment)
{
	uint64_t begin = now_ns(), end = begin + 25000000;
	struct timespec until = { end / 1000000000, end % 1000000000 };

	EXPECT_EQUAL(sys(NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
	EXPECT(now_ns() >= end);
	EXPECT_EQUAL(sys(NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
}

TEST(scheduling, odd_durations_are_refused)
{
	struct timespec bad[] = { { 0, -1 }, { 0, 1000000000 }, { -1, 0 } };

	for (int i = 0; i < 3; i++)
		EXPECT_ERROR(sys(NR_nanosleep, &bad[i], NULL), EINVAL);
	EXPECT_ERROR(sys(NR_nanosleep, 8, NULL), EFAULT);
}

/* Field 39 of /proc/self/stat: the CPU last run on. */
static int current_cpu(void)
{
	char buf[512], *at;
	int fd = open("/proc/self/stat", O_RDONLY);
	long len = read(fd, buf, sizeof(buf) - 1);

	EXPECT(len > 0);
	buf[len] = 0;
	close(fd);
	at = strrchr(buf, ')');
	for (int field = 2; field < 39; field++)
		at = strchr(at + 1, ' ');
	return atoi(at + 1);
}

TEST(scheduling, affinity_moves_to_each_CPU)
{
	int count = count_cpus();
	unsigned long mask;

	for (int round = 0; round < 3; round++) {
		for (int cpu = 0; cpu < count; cpu++) {
			mask = 1UL << cpu;
			EXPECT_EQUAL(sys(NR_sched_setaffinity, 0, sizeof(mask), &mask), 0);
			EXPECT_EQUAL(current_cpu(), cpu);
		}
	}
	mask = 0;
	EXPECT_ERROR(sys(NR_sched_setaffinity, 0, sizeof(mask), &mask), EINVAL);
	mask = 1UL << 63;
	EXPECT_ERROR(sys(NR_sched_setaffinity, 0, sizeof(mask), &mask), EINVAL);
	EXPECT_ERROR(sys(NR_sched_setaffinity, 99999, sizeof(mask), &mask), ESRCH);
}

static uint64_t thread_cpu_ns(void)
{
	struct timespec now;

	sys(NR_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000UL + now.tv_nsec;
}

/*
 * Children that run as long as they may, all on CPU 0, and note their CPU time (ns),
 * until its shares are right. Time, not work: it is what the scheduler shares out,
 * and an emulator whose host is busy does less work in it for whom it hits.
 * A pause of the emulator is charged to whoever runs, and made up for later, so
 * the shares may be wrong for a while; those of a scheduler that is unfair stay so.
 */
static int come_to_shares(int count, const int *nice, int (*right)(const volatile unsigned long *times))
{
	volatile unsigned long *shared = map_pages(1, MAP_SHARED);
	unsigned long mask = 1;
	pid_t pid[8];
	int came = 0;

	for (int i = 0; i < count; i++) {
		pid[i] = start_child();
		if (pid[i] == 0) {
			sys(NR_sched_setaffinity, 0, sizeof(mask), &mask);
			sys(NR_setpriority, 0, 0, nice[i]);
			while (!shared[16])
				sys(NR_sched_yield);
			for (uint64_t start = thread_cpu_ns();;)
				shared[i] = thread_cpu_ns() - start;
		}
	}
	sleep_ms(20);
	shared[16] = 1;
	sleep_ms(400);
	for (int ms = 0; ms < 12000 && !(came = right(shared)); ms += 100)
		sleep_ms(100);
	for (int i = 0; i < count; i++)
		kill(pid[i], SIGKILL);
	for (int i = 0; i < count; i++)
		wait_for(pid[i]);
	return came;
}

static int about_equal(const volatile unsigned long *times)
{
	unsigned long most = 0, least = ~0UL;

	for (int i = 0; i < 4; i++) {
		unsigned long time = times[i];

		most = time > most ? time : most;
		least = time < least ? time : least;
	}
	return least > 0 && most < 2 * least;
}

TEST(scheduling, equals_share_a_CPU_fairly)
{
	EXPECT(come_to_shares(4, (int[]){ 0, 0, 0, 0 }, about_equal));
}

static int first_has_much_more(const volatile unsigned long *times)
{
	return times[1] > 0 && times[0] > 4 * times[1];
}

TEST(scheduling, a_nice_process_gets_less)
{
	EXPECT(come_to_shares(2, (int[]){ 0, 10 }, first_has_much_more));
}

TEST(scheduling, busy_processes_on_all_CPUs_leave_room)
{
	pid_t pid[16];
	int count = 2 * count_cpus();

	for (int i = 0; i < count; i++) {
		pid[i] = start_child();
		if (pid[i] == 0)
			for (;;)
				;
	}
	for (int i = 0; i < 10; i++)
		sleep_ms(1);
	for (int i = 0; i < count; i++) {
		kill(pid[i], SIGKILL);
		EXPECT_EQUAL(wait_for(pid[i]), SIGKILL);
	}
}

TEST(scheduling, priorities_can_be_lowered_by_all_and_raised_by_root)
{
	pid_t pid = start_child();

	if (pid == 0) {
		setuid(USER);
		EXPECT_EQUAL(sys(NR_setpriority, 0, 0, 5), 0);
		EXPECT_EQUAL(sys(NR_getpriority, 0, 0), 20 - 5);
		EXPECT_ERROR(sys(NR_setpriority, 0, 0, 0), EACCES);
		EXPECT_ERROR(sys(NR_setpriority, 0, 1, 6), EPERM);
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT_EQUAL(sys(NR_setpriority, 0, 0, -5), 0);
	EXPECT_EQUAL(sys(NR_getpriority, 0, 0), 25);
	EXPECT_ERROR(sys(NR_getpriority, 0, 99999), ESRCH);
}

TEST(scheduling, a_real_time_process_goes_first)
{
	volatile int *shared = map_pages(1, MAP_SHARED);
	unsigned long mask = 1;
	int priority = 10;
	pid_t low, high;

	sys(NR_sched_setaffinity, 0, sizeof(mask), &mask);
	low = start_child();
	if (low == 0)
		for (;;)
			shared[0] = shared[0] + 1;
	high = start_child();
	if (high == 0) {
		int begin, end;
		uint64_t since;

		EXPECT_EQUAL(sys(NR_sched_setscheduler, 0, SCHED_FIFO, &priority), 0);
		/* Real-time processes may use 950 ms of a second: a pause of the emulator may be such a time. */
		do {
			sys(NR_sched_yield);
			since = now_ns();
			begin = shared[0];
			for (volatile int i = 0; i < 300000; i++)
				;
			end = shared[0];
		} while (end != begin && now_ns() - since >= 500000000);
		EXPECT_EQUAL(end, begin);
		_exit(0);
	}
	EXPECT_EQUAL(wait_for(high), 0);
	kill(low, SIGKILL);
	EXPECT_EQUAL(wait_for(low), SIGKILL);
	setuid(USER);
	EXPECT_ERROR(sys(NR_sched_setscheduler, 0, SCHED_FIFO, &priority), EPERM);
}

TEST(scheduling, used_time_is_told)
{
	struct { long user_s, user_us, system_s, system_us, rest[14]; } usage;
	uint64_t begin = now_ns();
	long times[4];

	while (now_ns() - begin < 60000000)
		;
	EXPECT_EQUAL(sys(NR_getrusage, 0, &usage), 0);
	EXPECT(usage.user_us + usage.system_us + 1000000 * (usage.user_s + usage.system_s) >= 20000);
	EXPECT(sys(NR_times, times) > 0);
	EXPECT(times[0] + times[1] >= 2);
	EXPECT_ERROR(sys(NR_getrusage, 77, &usage), EINVAL);
}
