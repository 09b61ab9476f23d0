/* Bit operations on arrays of unsigned long. */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/types.h>
#include <linux/compiler.h>

#define BITS_PER_LONG 64
#define BIT(n) (1UL << (n))
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
#define BIT_WORD(n) ((n) / BITS_PER_LONG)
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))

static inline void set_bit(unsigned long n, unsigned long *a)
{
	__atomic_fetch_or(&a[BIT_WORD(n)], BIT_MASK(n), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned long n, unsigned long *a)
{
	__atomic_fetch_and(&a[BIT_WORD(n)], ~BIT_MASK(n), __ATOMIC_RELAXED);
}

static inline bool test_and_set_bit(unsigned long n, unsigned long *a)
{
	return __atomic_fetch_or(&a[BIT_WORD(n)], BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

static inline bool test_and_clear_bit(unsigned long n, unsigned long *a)
{
	return __atomic_fetch_and(&a[BIT_WORD(n)], ~BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

static inline bool test_bit(unsigned long n, const unsigned long *a)
{
	return READ_ONCE(a[BIT_WORD(n)]) & BIT_MASK(n);
}

static inline void __set_bit(unsigned long n, unsigned long *a) { a[BIT_WORD(n)] |= BIT_MASK(n); }
static inline void __clear_bit(unsigned long n, unsigned long *a) { a[BIT_WORD(n)] &= ~BIT_MASK(n); }

/* Number of the lowest set bit; word must not be 0. The base ISA has no count-zeros instruction. */
static inline unsigned long __ffs(unsigned long word)
{
	unsigned long n = 0;

	for (unsigned int half = 32; half; half /= 2)
		if (!(word & ((1UL << half) - 1))) {
			n += half;
			word >>= half;
		}
	return n;
}

/* One more than the number of the highest set bit, 0 for 0. */
static inline int fls64(u64 word)
{
	int n = 0;

	if (!word)
		return 0;
	for (unsigned int half = 32; half; half /= 2)
		if (word >> half) {
			n += half;
			word >>= half;
		}
	return n + 1;
}

static inline int ilog2(unsigned long n) { return fls64(n) - 1; }

static inline unsigned int hweight64(u64 w)
{
	unsigned int n = 0;

	for (; w; w &= w - 1)
		n++;
	return n;
}

unsigned long find_next_bit(const unsigned long *a, unsigned long size, unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *a, unsigned long size, unsigned long offset);
#define find_first_bit(a, size) find_next_bit(a, size, 0)
#define find_first_zero_bit(a, size) find_next_zero_bit(a, size, 0)
#define for_each_set_bit(bit, a, size)					\
	for ((bit) = find_first_bit(a, size); (bit) < (size);		\
	     (bit) = find_next_bit(a, size, (bit) + 1))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#endif
