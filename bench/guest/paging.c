/* A Sv39 page table that maps the first 64 MiB of RAM and the first GiB of devices where they are, RAM by pages of 4 KiB. */
#include "guest.h"

#define ENTRIES 512
#define LEAF 0xcf	/* D A X W R V */
#define BRANCH 0x01
#define RAM 0x80000000ul
#define MEGAPAGES 32

static u64 root[ENTRIES] __attribute__((aligned(4096)));
static u64 middle[ENTRIES] __attribute__((aligned(4096)));
static u64 leaves[MEGAPAGES][ENTRIES] __attribute__((aligned(4096)));

static u64 entry(u64 address, u64 flags)
{
	return address >> 12 << 10 | flags;
}

/* Returns the value for satp. */
u64 make_page_table(void)
{
	root[0] = entry(0, LEAF);
	root[RAM >> 30] = entry((u64)middle, BRANCH);
	for (int i = 0; i < MEGAPAGES; i++) {
		middle[i] = entry((u64)leaves[i], BRANCH);
		for (int j = 0; j < ENTRIES; j++)
			leaves[i][j] = entry(RAM + ((u64)i << 21) + ((u64)j << 12), LEAF);
	}
	return 8ul << 60 | (u64)root >> 12;
}
