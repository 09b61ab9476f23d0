/* Measured program p_matmul_f64.c; prog.h has what all share. */
#include "prog.h"
#define N 24
static double A[N][N], B[N][N], C[N][N];
u64 work(void) { u32 s = 1; for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { A[i][j] = (double)(lcg(&s) >> 24); B[i][j] = (double)(lcg(&s) >> 24) * 0.5; }
  for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { double t = 0; for (int k = 0; k < N; k++) t += A[i][k] * B[k][j]; C[i][j] = t; }
  double h = 0; for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) h += C[i][j]; return (u64)h; }
