/* Measured program p_stream.c; prog.h has what all share. */
#include "prog.h"
#define N 8192 /* 3 x 64 KiB */
static u64 a[N], b[N], c[N];
u64 work(void) { for (u64 i = 0; i < N; i++) { a[i] = i; b[i] = 3 * i; } for (u64 i = 0; i < N; i++) c[i] = a[i]; for (u64 i = 0; i < N; i++) b[i] = 5 * c[i]; for (u64 i = 0; i < N; i++) c[i] = a[i] + b[i];
  u64 h = 0; for (u64 i = 0; i < N; i++) h += a[i] + 3 * b[i] + c[i]; return h; }
