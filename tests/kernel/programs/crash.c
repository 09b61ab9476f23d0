/* Dies in a way of its choosing, with values in memory, registers and a second thread that a debugger should find. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *volatile message = "the heart of the matter";
static pthread_barrier_t both;
char *volatile sparse;

__attribute__((noinline)) static int innermost(int *where, int value)
{
	register double pi asm("fs5") = 3.25;
	register long mark asm("s7") = 0x5eed;

	asm volatile("" : : "f"(pi), "r"(mark));
	*where = value;
	asm volatile("" : : "f"(pi), "r"(mark));
	return value + 1;
}

__attribute__((noinline)) static int middle(int value)
{
	char text[32];

	strcpy(text, "kept on the stack");
	return innermost((int *)16, value + strlen(text)) + text[1];
}

__attribute__((noinline)) static void *second(void *argument)
{
	pthread_barrier_wait(&both);
	for (;;)
		pause();
	return argument;
}

static void limit(rlim_t bytes)
{
	struct rlimit core = { bytes, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &core);
}

__attribute__((noinline)) static void crash(const char *how)
{
	pthread_t thread;

	if (!strcmp(how, "threads")) {
		pthread_barrier_init(&both, NULL, 2);
		pthread_create(&thread, NULL, second, NULL);
		pthread_barrier_wait(&both);
	}
	/* Much room, little of it in use: the core must not grow by it. */
	sparse = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy((char *)sparse + (32 << 20), "far away");
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "hidden"))
		prctl(PR_SET_DUMPABLE, 0);
	middle(42);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc != 3 || chdir(argv[1]))
		return 2;
	pid = fork();
	if (pid == 0) {
		limit(!strcmp(argv[2], "none") ? 0 : !strcmp(argv[2], "small") ? 100 : !strcmp(argv[2], "cut") ? 20000 : RLIM_INFINITY);
		crash(argv[2]);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("%d: signal %d%s\n", pid, WTERMSIG(status), WCOREDUMP(status) ? ", core dumped" : "");
	return 0;
}
