/** Functions of the bit-manipulation extensions. */

// @ts-ignore: decorator
@inline
export function leadingZeros(a: u64): u64 {
  return clz<u64>(a);
}

// @ts-ignore: decorator
@inline
export function trailingZeros(a: u64): u64 {
  return ctz<u64>(a);
}

// @ts-ignore: decorator
@inline
export function ones(a: u64): u64 {
  return popcnt<u64>(a);
}

// @ts-ignore: decorator
@inline
export function rotateLeft(a: u64, by: u64): u64 {
  return rotl<u64>(a, by);
}

// @ts-ignore: decorator
@inline
export function rotateRight(a: u64, by: u64): u64 {
  return rotr<u64>(a, by);
}

/** Bytes with any bit set become all ones: bit 7 of each is the or of its bits, the carry of adding 0x7f included. */
export function orBytes(a: u64): u64 {
  const low: u64 = 0x7f7f_7f7f_7f7f_7f7f;
  const any = (((a & low) + low) | a) & ~low;
  return (any >> 7) * 0xff;
}

/** The bytes in opposite order. */
export function reverseBytes(a: u64): u64 {
  return bswap<u64>(a);
}

/** Low half of the product of polynomials over two elements. */
export function carrylessLow(a: u64, b: u64): u64 {
  let product: u64 = 0;
  for (; b != 0; b &= b - 1) product ^= a << ctz<u64>(b);
  return product;
}

/** High half of that product. */
export function carrylessHigh(a: u64, b: u64): u64 {
  let product: u64 = 0;
  // Bit 0 adds nothing up here, and a shift by 64 would.
  for (b &= ~1; b != 0; b &= b - 1) product ^= a >> (64 - ctz<u64>(b));
  return product;
}
