/* Measured program p_hash.c; prog.h has what all share. */
#include "prog.h"
#define N 4096  /* 64-KiB table: larger than the D-cache */
static struct { u64 k, v; } t[N];
u64 work(void) { memset(t, 0, sizeof t); u32 s = 11; u64 h = 0;
  for (int i = 0; i < 1500; i++) { u64 k = lcg(&s) | 1; u32 p = (u32)((k * 0x9E3779B97F4A7C15ul) >> 52); while (t[p].k && t[p].k != k) p = (p + 1) & (N - 1); t[p].k = k; t[p].v = i; }
  s = 11; for (int i = 0; i < 3000; i++) { u64 k = lcg(&s) | 1; u32 p = (u32)((k * 0x9E3779B97F4A7C15ul) >> 52); while (t[p].k && t[p].k != k) p = (p + 1) & (N - 1); if (t[p].k) h = h * 3 + t[p].v; } return h; }
