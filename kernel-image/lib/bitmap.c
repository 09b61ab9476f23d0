/* Searching bitmaps. */
#include <linux/bitops.h>
#include <linux/kernel.h>

static unsigned long find(const unsigned long *a, unsigned long size, unsigned long offset, unsigned long invert)
{
	while (offset < size) {
		unsigned long word = (a[BIT_WORD(offset)] ^ invert) >> (offset % BITS_PER_LONG);

		if (word)
			return min(offset + __ffs(word), size);
		offset = (offset | (BITS_PER_LONG - 1)) + 1;
	}
	return size;
}

unsigned long find_next_bit(const unsigned long *a, unsigned long size, unsigned long offset)
{
	return find(a, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *a, unsigned long size, unsigned long offset)
{
	return find(a, size, offset, ~0UL);
}
