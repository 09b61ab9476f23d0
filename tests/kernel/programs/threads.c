/* POSIX threads of glibc: creation, locks of all kinds, conditions, thread-local storage, cancellation, signals. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define THREADS 8
#define ROUNDS 2000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static __thread int local = 7;
static int counter, turn, initialised, destroyed, cleaned;
static sem_t sem;

static void *count(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *take_turns(void *arg)
{
	for (int i = 0; i < 50; i++) {
		pthread_mutex_lock(&mutex);
		while (turn % THREADS != (long)arg)
			pthread_cond_wait(&cond, &mutex);
		turn++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void initialise(void) { initialised++; }
static void destroy(void *value) { destroyed += (long)value; }

static void *storage(void *arg)
{
	pthread_once(&once, initialise);
	pthread_setspecific(key, (void *)1);
	local += (long)arg;
	pthread_barrier_wait(&barrier);
	return (void *)(long)(local == 7 + (long)arg);
}

static void *readers_and_writers(void *arg)
{
	for (int i = 0; i < 200; i++) {
		if (((long)arg + i) % 4) {
			pthread_rwlock_rdlock(&rwlock);
			if (counter & 1)
				return (void *)1;
		} else {
			pthread_rwlock_wrlock(&rwlock);
			counter++;
			sched_yield();
			counter++;
		}
		pthread_rwlock_unlock(&rwlock);
	}
	return NULL;
}

static void cleanup(void *arg) { cleaned++; }

static void *sleep_for_ever(void *arg)
{
	pthread_cleanup_push(cleanup, NULL);
	sem_post(&sem);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return NULL;
}

static volatile sig_atomic_t signalled;
static pthread_t handler_thread;

static void on_signal(int sig)
{
	handler_thread = pthread_self();
	signalled = 1;
}

static void *die_with_lock(void *arg)
{
	pthread_mutex_lock(arg);
	return NULL;
}

/* Runs all threads and adds up what they return. */
static long run(void *(*body)(void *))
{
	pthread_t threads[THREADS];
	long sum = 0;
	void *value;

	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, body, (void *)i))
			return -1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &value);
		sum += (long)value;
	}
	return sum;
}

static void robust_mutex(int shared)
{
	pthread_mutex_t *robust = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;
	pthread_t thread;
	int locked[2];
	char c;

	pipe(locked);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
	pthread_mutex_init(robust, &attr);
	if (shared) {
		if (fork() == 0) {
			pthread_mutex_lock(robust);
			write(locked[1], "", 1);
			nap_ms(20);
			kill(getpid(), SIGKILL);
		}
		read(locked[0], &c, 1);
	} else {
		pthread_create(&thread, NULL, die_with_lock, robust);
		pthread_join(thread, NULL);
	}
	check(pthread_mutex_lock(robust) == EOWNERDEAD, "a %s mutex tells that its owner is dead", shared ? "shared" : "robust");
	check(pthread_mutex_consistent(robust) == 0 && pthread_mutex_unlock(robust) == 0 && pthread_mutex_lock(robust) == 0,
	      "and can be used again");
	if (shared)
		wait(NULL);
}

struct shared { pthread_mutex_t mutex; pthread_cond_t cond; sem_t sem; int value; };

static void between_processes(void)
{
	struct shared *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t mutex_attr;
	pthread_condattr_t cond_attr;
	int status;

	pthread_mutexattr_init(&mutex_attr);
	pthread_mutexattr_setpshared(&mutex_attr, PTHREAD_PROCESS_SHARED);
	pthread_condattr_init(&cond_attr);
	pthread_condattr_setpshared(&cond_attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->mutex, &mutex_attr);
	pthread_cond_init(&s->cond, &cond_attr);
	sem_init(&s->sem, 1, 0);
	if (fork() == 0) {
		sem_wait(&s->sem);
		pthread_mutex_lock(&s->mutex);
		s->value = 1;
		pthread_cond_signal(&s->cond);
		while (s->value != 2)
			pthread_cond_wait(&s->cond, &s->mutex);
		pthread_mutex_unlock(&s->mutex);
		_exit(5);
	}
	pthread_mutex_lock(&s->mutex);
	sem_post(&s->sem);
	while (s->value != 1)
		pthread_cond_wait(&s->cond, &s->mutex);
	s->value = 2;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->mutex);
	wait(&status);
	check(exited(status, 5), "a condition and a semaphore work between processes");
}

static void timeouts(void)
{
	struct timespec until;
	int64_t before = now_ns(CLOCK_REALTIME);
	int ret;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 5000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&mutex);
	ret = pthread_cond_timedwait(&cond, &mutex, &until);
	pthread_mutex_unlock(&mutex);
	check(ret == ETIMEDOUT && now_ns(CLOCK_REALTIME) - before >= 5000000, "a wait for a condition times out");
	check(sem_timedwait(&sem, &until) == -1 && errno == ETIMEDOUT, "a wait for a semaphore times out");
}

static void *exec_now(void *arg)
{
	execl("/proc/self/exe", "threads", "exec", NULL);
	return NULL;
}

static void exec_in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_now, NULL);
	for (;;)
		pause();
}

static void exit_in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sleep_for_ever, NULL);
	exit(3);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	sigset_t set;
	void *value;

	if (argc > 1)
		return getpid() == gettid() ? 21 : 22;
	check(run(count) == THREADS * (THREADS - 1) / 2 && counter == THREADS * ROUNDS, "a mutex counts %d", counter);
	run(take_turns);
	check(turn == THREADS * 50, "a condition passes the turn around");
	pthread_barrier_init(&barrier, NULL, THREADS);
	pthread_key_create(&key, destroy);
	check(run(storage) == THREADS && local == 7, "thread-local variables are each thread's own");
	check(initialised == 1, "once is once");
	check(destroyed == THREADS, "destructors of thread-specific data run");
	check(run(readers_and_writers) == 0, "no reader sees a writer's work half done");

	sem_init(&sem, 0, 0);
	pthread_create(&thread, NULL, sleep_for_ever, NULL);
	sem_wait(&sem);
	pthread_cancel(thread);
	pthread_join(thread, &value);
	check(value == PTHREAD_CANCELED && cleaned == 1, "a thread is cancelled and cleans up");

	signal(SIGUSR1, on_signal);
	pthread_create(&thread, NULL, sleep_for_ever, NULL);
	sem_wait(&sem);
	pthread_kill(thread, SIGUSR1);
	while (!signalled)
		sched_yield();
	check(pthread_equal(handler_thread, thread), "a thread's signal is taken by that thread");
	signalled = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	while (!signalled)
		sched_yield();
	check(pthread_equal(handler_thread, thread), "the process's signal is taken by a thread that lets it in");
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	pthread_cancel(thread);
	pthread_join(thread, NULL);

	robust_mutex(0);
	robust_mutex(1);
	between_processes();
	timeouts();
	check(exited(in_child(exit_in_thread), 3), "exit ends all threads");
	check(exited(in_child(exec_in_thread), 21), "exec in a thread takes over the process");
	check(syscall(SYS_membarrier, 16, 0, 0) == 0 && syscall(SYS_membarrier, 8, 0, 0) == 0, "membarrier");
	return finish();
}
