/* Quicksort of 8192 random words: unpredictable branches and recursion. */
#include "guest.h"

static u32 values[8192];

static void sort(u32 *a, int low, int high)
{
	int i = low, j = high;
	u32 pivot = a[(low + high) / 2];

	while (i <= j) {
		while (a[i] < pivot)
			i++;
		while (a[j] > pivot)
			j--;
		if (i <= j) {
			u32 swapped = a[i];

			a[i++] = a[j];
			a[j--] = swapped;
		}
	}
	if (low < j)
		sort(a, low, j);
	if (i < high)
		sort(a, i, high);
}

u64 main(void)
{
	u64 sum = 0;
	u32 seed = 7;

	for (int round = 0; round < 160; round++) {
		for (int i = 0; i < 8192; i++)
			values[i] = next_random(&seed);
		sort(values, 0, 8191);
		sum += values[4096];
	}
	return sum;
}
