/* Five planets that attract each other, in doubles: additions, products, quotients and square roots. */
#include "guest.h"

#define BODIES 5
static double x[BODIES], y[BODIES], z[BODIES], vx[BODIES], vy[BODIES], vz[BODIES], mass[BODIES];

static void advance(double dt)
{
	for (int i = 0; i < BODIES; i++)
		for (int j = i + 1; j < BODIES; j++) {
			double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
			double square = dx * dx + dy * dy + dz * dz + 0.01;
			double pull = dt / (square * __builtin_sqrt(square));

			vx[i] -= dx * mass[j] * pull;
			vy[i] -= dy * mass[j] * pull;
			vz[i] -= dz * mass[j] * pull;
			vx[j] += dx * mass[i] * pull;
			vy[j] += dy * mass[i] * pull;
			vz[j] += dz * mass[i] * pull;
		}
	for (int i = 0; i < BODIES; i++) {
		x[i] += dt * vx[i];
		y[i] += dt * vy[i];
		z[i] += dt * vz[i];
	}
}

u64 main(void)
{
	u32 seed = 7;

	for (int i = 0; i < BODIES; i++) {
		x[i] = (int)next_random(&seed) * 0x1p-28;
		y[i] = (int)next_random(&seed) * 0x1p-28;
		z[i] = (int)next_random(&seed) * 0x1p-30;
		mass[i] = i ? 1 / (double)(i * 100) : 40;
	}
	for (int step = 0; step < 100000; step++)
		advance(0.001);
	return (u64)(long)(x[1] * 1e6) + (u64)(long)(y[2] * 1e6);
}
