/* Product of two 64 x 64 matrices of doubles: fused multiply-adds and strided loads. */
#include "guest.h"

#define N 64
static double a[N][N], b[N][N], c[N][N];

u64 main(void)
{
	double sum = 0;
	u32 seed = 3;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = (int)next_random(&seed) * 0x1p-31;
			b[i][j] = (int)next_random(&seed) * 0x1p-31;
		}
	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				double dot = 0;

				for (int k = 0; k < N; k++)
					dot += a[i][k] * b[k][j];
				c[i][j] = dot;
			}
		a[round % N][0] = c[5][9];
		sum += c[round % N][17];
	}
	return (u64)(long)(sum * 1e6);
}
