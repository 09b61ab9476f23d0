/* What every benchmark uses. main returns a number that depends on all the work, so that none can be left out. */
#pragma once
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

u64 main(void);

/* A linear congruential generator: the same data on every machine. */
static inline u32 next_random(u32 *state)
{
	return *state = *state * 1664525u + 1013904223u;
}
