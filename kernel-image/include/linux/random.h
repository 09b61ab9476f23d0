/* Random numbers for keys, addresses and getrandom. */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/types.h>

void get_random_bytes(void *buf, size_t len);
u32 get_random_u32(void);
/* Its lowest byte is 0, so that no string function can write it whole. */
static inline unsigned long get_random_canary(void)
{
	unsigned long value;

	get_random_bytes(&value, sizeof(value));
	return value & ~0xffUL;
}
/* Mixes a seed or a measurement into the pool. */
void add_device_randomness(const void *buf, size_t len);

#endif
