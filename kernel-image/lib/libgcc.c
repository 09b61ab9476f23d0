/* Helpers that the compiler calls for operations the base instruction set lacks. */
#include <linux/bitops.h>
#include <linux/types.h>

u32 __bswapsi2(u32 v);
u64 __bswapdi2(u64 v);
int __ctzdi2(u64 v);
int __clzdi2(u64 v);
int __popcountdi2(u64 v);

u32 __bswapsi2(u32 v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

u64 __bswapdi2(u64 v)
{
	return (u64)__bswapsi2(v) << 32 | __bswapsi2(v >> 32);
}

int __ctzdi2(u64 v)
{
	return __ffs(v);
}

int __clzdi2(u64 v)
{
	return 64 - fls64(v);
}

int __popcountdi2(u64 v)
{
	return hweight64(v);
}
