/* CRC-32 by table over 64 KiB: dependent loads, shifts and exclusive ors. */
#include "guest.h"

static u32 table[256];
static u8 data[65536];

u64 main(void)
{
	u32 crc = ~0u, seed = 1;

	for (u32 i = 0; i < 256; i++) {
		u32 x = i;

		for (int bit = 0; bit < 8; bit++)
			x = x & 1 ? x >> 1 ^ 0xedb88320u : x >> 1;
		table[i] = x;
	}
	for (u32 i = 0; i < sizeof(data); i++)
		data[i] = next_random(&seed) >> 24;
	for (int round = 0; round < 600; round++)
		for (u32 i = 0; i < sizeof(data); i++)
			crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
	return crc;
}
