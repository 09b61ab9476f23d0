/* Measured program p_fir.c; prog.h has what all share. */
#include "prog.h"
static float x[512], y[512], h[32];
u64 work(void) { u32 s = 2; for (int i = 0; i < 512; i++) x[i] = (float)(int)(lcg(&s) >> 24) - 128; for (int i = 0; i < 32; i++) h[i] = (float)(i - 16) * 0.0625f;
  for (int n = 32; n < 512; n++) { float t = 0; for (int k = 0; k < 32; k++) t += h[k] * x[n - k]; y[n] = t; } double e = 0; for (int i = 32; i < 512; i++) e += (double)y[i] * y[i]; return (u64)(e * 16); }
