/* Fibonacci numbers by recursion: calls and returns. */
#include "guest.h"

static u64 __attribute__((noinline)) fib(u32 n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

u64 main(void)
{
	volatile u32 n = 32;

	return fib(n);
}
