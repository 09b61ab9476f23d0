/* Measured program p_qsort.c; prog.h has what all share. */
#include "prog.h"
#define N 1200
static u32 a[N];
static void qs(u32 *v, int lo, int hi) { while (lo < hi) { u32 p = v[(lo + hi) / 2]; int i = lo, j = hi;
    while (i <= j) { while (v[i] < p) i++; while (v[j] > p) j--; if (i <= j) { u32 t = v[i]; v[i] = v[j]; v[j] = t; i++; j--; } }
    if (j - lo < hi - i) { qs(v, lo, j); lo = i; } else { qs(v, i, hi); hi = j; } } }
u64 work(void) { u32 s = 7; for (int i = 0; i < N; i++) a[i] = lcg(&s); qs(a, 0, N - 1); u64 h = 0; for (int i = 0; i < N; i++) { if (i && a[i] < a[i - 1]) return 0; h = h * 33 + a[i]; } return h; }
