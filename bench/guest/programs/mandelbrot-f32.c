/* Iterations of z*z + c in single precision over a grid, until they escape. */
#include "guest.h"

u64 main(void)
{
	u64 count = 0;

	for (int row = 0; row < 160; row++)
		for (int column = 0; column < 240; column++) {
			float re = column * 0.0125f - 2.0f, im = row * 0.0125f - 1.0f, a = 0, b = 0;
			int n = 0;

			while (n < 200 && a * a + b * b < 4) {
				float next = a * a - b * b + re;

				b = 2 * a * b + im;
				a = next;
				n++;
			}
			count += n;
		}
	return count;
}
