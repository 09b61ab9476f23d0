/* Searching, comparing and copying of text, byte by byte. */
#include "guest.h"

static char text[16384], copy[16384];
static const char *const words[] = { "hart", "trap", "satp", "ecall", "zzz" };

static int same(const char *a, const char *b)
{
	while (*b && *a == *b)
		a++, b++;
	return *b == 0;
}

u64 main(void)
{
	u64 found = 0;
	u32 seed = 5;

	for (u32 i = 0; i + 1 < sizeof(text); i++)
		text[i] = "aehlprstc "[next_random(&seed) >> 16 & 7];
	for (int round = 0; round < 300; round++) {
		for (u32 w = 0; w < sizeof(words) / sizeof(*words); w++)
			for (const char *at = text; *at; at++)
				found += same(at, words[w]);
		for (u32 i = 0; i < sizeof(text); i++)
			copy[i] = text[i];
		text[round] = copy[round + 1];
	}
	return found;
}
