/* Measured program p_divs.c; prog.h has what all share. */
#include "prog.h"
static u64 gcd(u64 a, u64 b) { while (b) { u64 t = a % b; a = b; b = t; } return a; }
u64 work(void) { u32 s = 4; u64 h = 0; for (int i = 0; i < 250; i++) { u64 a = (u64)lcg(&s) << (i & 15), b = lcg(&s) >> (i & 7); h = h * 3 + gcd(a, b); } for (u64 i = 1; i < 600; i++) { u64 n = i * 0x123456789ul; while (n) { h += n % 10; n /= 10; } } return h; }
