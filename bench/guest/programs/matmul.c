/* Product of two 64 x 64 matrices of integers: multiplications and strided loads. */
#include "guest.h"

#define N 64
static int a[N][N], b[N][N], c[N][N];

u64 main(void)
{
	u64 sum = 0;
	u32 seed = 3;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = next_random(&seed);
			b[i][j] = next_random(&seed);
		}
	for (int round = 0; round < 120; round++) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				int dot = 0;

				for (int k = 0; k < N; k++)
					dot += a[i][k] * b[k][j];
				c[i][j] = dot;
			}
		a[round % N][0] = c[5][9];
		sum += c[round % N][17];
	}
	return sum;
}
