/* Runs batches of floating-point operations under QEMU's user mode: records of three operands from stdin, results and flags to stdout. */

typedef unsigned long u64;

/* One batch: which operation, in which rounding mode, on how many records. */
struct header {
	u64 operation;
	u64 rounding;
	u64 count;
};

struct record {
	u64 operand[3];
};

struct result {
	u64 value;
	u64 flags;
};

#define BATCH 65536

/* operations.S, printed by oracle.ts, has the loops. */
typedef void operation(const struct record *in, struct result *out, u64 count);
extern operation *const operations[];

static struct record in[BATCH];
static struct result out[BATCH];

static long syscall3(long number, long first, const void *second, u64 third)
{
	register long a0 asm("a0") = first;
	register const void *a1 asm("a1") = second;
	register u64 a2 asm("a2") = third;
	register long a7 asm("a7") = number;

	asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
	return a0;
}

static void leave(int status)
{
	syscall3(94, status, 0, 0);
	__builtin_unreachable();
}

/* Reads exactly `size` bytes; returns 0 at the end of the input. */
static int read_all(void *to, u64 size)
{
	char *at = to;

	while (size > 0) {
		long got = syscall3(63, 0, at, size);

		if (got <= 0)
			return 0;
		at += got;
		size -= got;
	}
	return 1;
}

static void write_all(const void *from, u64 size)
{
	const char *at = from;

	while (size > 0) {
		long put = syscall3(64, 1, at, size);

		if (put <= 0)
			leave(1);
		at += put;
		size -= put;
	}
}

void _start(void)
{
	struct header header;

	while (read_all(&header, sizeof header)) {
		if (header.count > BATCH || !read_all(in, header.count * sizeof in[0]))
			leave(2);
		asm volatile("fsrm %0" : : "r"(header.rounding));
		operations[header.operation](in, out, header.count);
		write_all(out, header.count * sizeof out[0]);
	}
	leave(0);
}
