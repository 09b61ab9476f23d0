/* Mappings: private, shared, of files; moved, protected, advised, locked. */
#include "check.h"
#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define PAGE 4096L

static sigjmp_buf jump;
static volatile int got;
static volatile void *got_at;

static void leave(int sig, siginfo_t *info, void *context)
{
	got = sig;
	got_at = info->si_addr;
	siglongjmp(jump, 1);
}

/* The signal that touching a byte brings, or 0. */
static int touch(volatile char *at, int write)
{
	got = 0;
	if (!sigsetjmp(jump, 1)) {
		if (write)
			*at = 1;
		else
			(void)*at;
	}
	return got;
}

static char *map(size_t len, int prot, int flags, int fd)
{
	return mmap(NULL, len, prot, flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
}

static int make_file(const char *name, size_t len)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < len; i++)
		write(fd, &"abcdefghij"[i % 10], 1);
	return fd;
}

static void anonymous(void)
{
	char *p = map(16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1), *q;
	int zero = 1;

	for (int i = 0; i < 16 * PAGE; i += 512)
		zero &= p[i] == 0;
	check(zero, "new memory is zero");
	memset(p, 5, 16 * PAGE);
	check(mprotect(p + 4 * PAGE, 4 * PAGE, PROT_READ) == 0 && touch(p + 5 * PAGE, 1) == SIGSEGV && got_at == p + 5 * PAGE &&
	      touch(p + 8 * PAGE, 1) == 0 && touch(p + 5 * PAGE, 0) == 0, "mprotect cuts a mapping");
	check(munmap(p + 4 * PAGE, PAGE) == 0 && touch(p + 4 * PAGE, 0) == SIGSEGV && p[3 * PAGE] == 5, "munmap makes a hole");
	check(mprotect(p, 16 * PAGE, PROT_READ) == -1 && errno == ENOMEM, "mprotect tells of the hole");
	check(madvise(p + 8 * PAGE, 2 * PAGE, MADV_DONTNEED) == 0 && p[8 * PAGE] == 0 && p[10 * PAGE] == 5, "MADV_DONTNEED");
	check(madvise(p, PAGE, 12345) == -1 && errno == EINVAL, "advice that nobody knows");
	q = mmap(p + 12 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	check(q == MAP_FAILED && errno == EEXIST, "MAP_FIXED_NOREPLACE");
	check(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL, "an empty mapping");
	munmap(p, 16 * PAGE);
	p = map(PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, -1);
	((uint32_t *)p)[0] = 0x02a00513;	/* li a0, 42 */
	((uint32_t *)p)[1] = 0x00008067;	/* ret */
	__builtin___clear_cache(p, p + 8);
	check(((int (*)(void))p)() == 42, "code that was just written runs");
	((uint32_t *)p)[0] = 0x02b00513;
	__builtin___clear_cache(p, p + 8);
	check(((int (*)(void))p)() == 43, "and what it was changed to");
}

static void moved(void)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1), *wall, *q;

	for (int i = 0; i < 4; i++)
		p[i * PAGE] = i + 1;
	check(mremap(p, 4 * PAGE, 2 * PAGE, 0) == p && touch(p + 2 * PAGE, 0) == SIGSEGV, "mremap shrinks");
	check(mremap(p, 2 * PAGE, 3 * PAGE, 0) == p && p[PAGE] == 2 && p[2 * PAGE] == 0, "mremap grows in place");
	wall = mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	check(mremap(p, 3 * PAGE, 8 * PAGE, 0) == MAP_FAILED && errno == ENOMEM, "no room to grow");
	q = mremap(p, 3 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
	check(q != p && q != MAP_FAILED && q[0] == 1 && q[PAGE] == 2 && q[7 * PAGE] == 0 && touch(p, 0) == SIGSEGV, "mremap moves");
	check(mremap(q, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p && p[PAGE] == 2 && touch(q, 0) == SIGSEGV,
	      "and to a given place, over what was there");
	munmap(p, 8 * PAGE);
	(void)wall;
	p = malloc(200000);
	memset(p, 9, 200000);
	p = realloc(p, 20000000);
	check(p[199999] == 9, "a large realloc keeps what it holds");
	free(p);
}

static void shared(void)
{
	int *p = (int *)map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, -1), *q;
	int status, fd;

	q = (int *)map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1);
	*q = 1;
	if (fork() == 0) {
		*p = 123;
		*q = 2;
		_exit(0);
	}
	wait(&status);
	check(*p == 123 && *q == 1, "shared memory is shared, private memory copied");
	fd = memfd_create("test", MFD_CLOEXEC);
	check(ftruncate(fd, 2 * PAGE) == 0, "memfd_create");
	p = (int *)map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	q = (int *)map(2 * PAGE, PROT_READ, MAP_SHARED, fd);
	p[1024] = 77;
	check(q[1024] == 77 && pread(fd, &status, 4, PAGE) == 4 && status == 77, "two mappings and the file are one");
	check(touch((char *)q, 1) == SIGSEGV, "but one may only be read");
	if (fork() == 0)
		_exit(p[1024] != 77 || (p[1024] = 78, 0));
	wait(&status);
	check(exited(status, 0) && q[1024] == 78, "a child has them, too");
	close(fd);
}

static void files(void)
{
	int fd = make_file("/tmp/memory", PAGE + 100), ro = open("/tmp/memory", O_RDONLY);
	char *priv = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd), *shared, buf[8] = "";

	check(!memcmp(priv, "abcdefghij", 10) && priv[PAGE + 99] == 'f' && priv[PAGE + 100] == 0, "a file in memory, zero behind its end");
	check(touch(priv + 2 * PAGE, 0) == SIGBUS, "a page that the file does not reach is a bus error");
	priv[0] = 'Z';
	check(pread(fd, buf, 1, 0) == 1 && buf[0] == 'a', "a private change stays private");
	shared = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	memcpy(shared + 10, "HELLO", 5);
	check(msync(shared, 2 * PAGE, MS_SYNC) == 0 && pread(fd, buf, 5, 10) == 5 && !memcmp(buf, "HELLO", 5), "a shared one is the file's");
	check(priv[PAGE + 1] == 'h' && pwrite(fd, "!", 1, PAGE + 1) == 1 && shared[PAGE + 1] == '!', "a write shows in the mapping");
	check(map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ro) == MAP_FAILED && errno == EACCES, "no shared writing to a file open for reading");
	check(mprotect(map(PAGE, PROT_READ, MAP_SHARED, ro), PAGE, PROT_WRITE) == -1 && errno == EACCES, "nor later");
	check(ftruncate(fd, 50) == 0 && touch(shared + PAGE, 0) == 0, "what is mapped outlives a truncation, or not");
	close(fd);
	close(ro);
	unlink("/tmp/memory");
	check(shared[10] == 'H', "a mapping outlives the file's name");
}

static void locked(void)
{
	unsigned char there[4] = { 0 };
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1);

	p[2 * PAGE] = 1;
	check(mincore(p, 4 * PAGE, there) == 0 && !there[0] && there[2], "mincore");
	check(mlock(p, 4 * PAGE) == 0 && mincore(p, 4 * PAGE, there) == 0 && there[0] && there[3], "mlock brings pages in");
	check(munlock(p, 4 * PAGE) == 0 && mlock((void *)8192, PAGE) == -1 && errno == ENOMEM, "munlock");
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	check(mincore(p, 2 * PAGE, there) == 0 && there[0] && there[1], "MAP_POPULATE");
}

static void heap(void)
{
	char *start = sbrk(0);

	check(sbrk(3 * PAGE) == start && (start[3 * PAGE - 1] = 1) && sbrk(0) == start + 3 * PAGE, "sbrk grows the heap");
	check(brk(start) == 0 && sbrk(0) == start, "and gives it back");
}

static void limits(void)
{
	struct rlimit old, stack = { 1 << 20, 1 << 20 };

	check(getrlimit(RLIMIT_STACK, &old) == 0 && old.rlim_cur == 8 << 20, "getrlimit");
	check(setrlimit(RLIMIT_STACK, &stack) == 0 && getrlimit(RLIMIT_STACK, &old) == 0 && old.rlim_cur == 1 << 20, "setrlimit");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = leave, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	anonymous();
	moved();
	shared();
	files();
	locked();
	heap();
	limits();
	return finish();
}
