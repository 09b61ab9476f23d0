/* Primes below 65536 by the sieve of Eratosthenes: byte stores with growing strides. */
#include "guest.h"

#define LIMIT 65536
static u8 composite[LIMIT];

u64 main(void)
{
	u64 primes = 0;

	for (int round = 0; round < 400; round++) {
		for (int i = 0; i < LIMIT; i++)
			composite[i] = 0;
		for (int i = 2; i < LIMIT; i++) {
			if (composite[i])
				continue;
			primes++;
			for (int j = 2 * i; j < LIMIT; j += i)
				composite[j] = 1;
		}
	}
	return primes;
}
