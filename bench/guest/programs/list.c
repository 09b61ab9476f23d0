/* A walk over a list of 4096 shuffled nodes: one load after another. */
#include "guest.h"

struct node { struct node *next; u64 value; };
static struct node nodes[4096];
static u32 order[4096];

u64 main(void)
{
	u64 sum = 0;
	u32 seed = 11;

	for (u32 i = 0; i < 4096; i++)
		order[i] = i;
	for (u32 i = 4095; i > 0; i--) {
		u32 j = next_random(&seed) % (i + 1), swapped = order[i];

		order[i] = order[j];
		order[j] = swapped;
	}
	for (u32 i = 0; i < 4096; i++) {
		nodes[order[i]].next = &nodes[order[(i + 1) % 4096]];
		nodes[order[i]].value = i;
	}
	for (int round = 0; round < 9000; round++) {
		struct node *node = nodes;

		do {
			sum += node->value;
			node = node->next;
		} while (node != nodes);
	}
	return sum;
}
