/* Loads and stores at random places in 8 MiB, in S-mode with paging on: most miss the TLB. */
#include "guest.h"

#define WORDS (8u << 20 >> 3)
static u64 memory[WORDS];

u64 main(void)
{
	u64 sum = 0;
	u32 seed = 13;

	for (u32 i = 0; i < 12000000; i++) {
		u32 at = next_random(&seed) >> 12;

		memory[at % WORDS] += i;
		sum += memory[(at * 7) % WORDS];
	}
	return sum;
}
