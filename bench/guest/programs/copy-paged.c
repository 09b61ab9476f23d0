/* Copies of 8 MiB by words, in S-mode with paging on. */
#include "guest.h"

#define WORDS (8u << 20 >> 3)
static u64 from[WORDS], to[WORDS];

u64 main(void)
{
	u64 sum = 0;

	for (u32 i = 0; i < WORDS; i++)
		from[i] = i * 0x9e3779b97f4a7c15ul;
	for (int round = 0; round < 24; round++) {
		for (u32 i = 0; i < WORDS; i++)
			to[i] = from[i] + round;
		sum += to[round * 1000];
	}
	return sum;
}
