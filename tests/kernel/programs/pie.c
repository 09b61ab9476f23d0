/* A position-independent program without a loader or a library: prints whether it lies where it was linked. */
static long system_call(long number, long a, long b, long c)
{
	register long a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c, a7 asm("a7") = number;

	asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
	return a0;
}

void _start(void)
{
	static const char moved[] = "moved\n", linked[] = "as linked\n";

	if ((unsigned long)_start > 0x100000)
		system_call(64, 1, (long)moved, sizeof(moved) - 1);
	else
		system_call(64, 1, (long)linked, sizeof(linked) - 1);
	system_call(93, 0, 0, 0);
}
