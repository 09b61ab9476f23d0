/**
 * The binary formats of IEEE 754. Functions are generic in the unsigned integer type that is as wide as the format: u64 for
 * binary64, u32 for binary32, u16 for binary16. Values are bits in the low end of a u64.
 */

/** Bits of the fraction, without the implicit one. */
// @ts-ignore: decorator
@inline
export function fractionBits<T>(): u64 {
  return sizeof<T>() == 8 ? 52 : sizeof<T>() == 4 ? 23 : 10;
}

/** The biased exponent of infinities and NaNs. */
// @ts-ignore: decorator
@inline
export function maxExponent<T>(): i32 {
  return sizeof<T>() == 8 ? 0x7ff : sizeof<T>() == 4 ? 0xff : 0x1f;
}

/** The biased exponent of 1. */
// @ts-ignore: decorator
@inline
export function bias<T>(): i32 {
  return maxExponent<T>() >> 1;
}

/** Number of the sign bit. */
// @ts-ignore: decorator
@inline
export function signShift<T>(): u64 {
  return sizeof<T>() * 8 - 1;
}

// @ts-ignore: decorator
@inline
export function signBit<T>(): u64 {
  return (<u64>1) << signShift<T>();
}

// @ts-ignore: decorator
@inline
export function infinity<T>(): u64 {
  return (<u64>maxExponent<T>()) << fractionBits<T>();
}

/** "Positive and all significand bits clear except for the quiet bit." */
// @ts-ignore: decorator
@inline
export function canonicalNan<T>(): u64 {
  return infinity<T>() | quietBit<T>();
}

// @ts-ignore: decorator
@inline
function quietBit<T>(): u64 {
  return ((<u64>1) << fractionBits<T>()) >> 1;
}

/** Sign bit in its place. */
// @ts-ignore: decorator
@inline
export function signOf<T>(a: u64): u64 {
  return a & signBit<T>();
}

/** The value without its sign; magnitudes are ordered as integers. */
// @ts-ignore: decorator
@inline
export function magnitude<T>(a: u64): u64 {
  return a & (signBit<T>() - 1);
}

// @ts-ignore: decorator
@inline
export function exponentOf<T>(a: u64): i32 {
  return (<i32>(a >> fractionBits<T>())) & maxExponent<T>();
}

// @ts-ignore: decorator
@inline
export function fractionOf<T>(a: u64): u64 {
  return a & (((<u64>1) << fractionBits<T>()) - 1);
}

// @ts-ignore: decorator
@inline
export function isNan<T>(a: u64): bool {
  return magnitude<T>(a) > infinity<T>();
}

// @ts-ignore: decorator
@inline
export function isSignaling<T>(a: u64): bool {
  return isNan<T>(a) && !(a & quietBit<T>());
}

/** Bits below the fraction when a significand stands with its leading one at bit 62, as all arithmetic here has it. */
// @ts-ignore: decorator
@inline
export function spareBits<T>(): u64 {
  return 62 - fractionBits<T>();
}

/** The significand of a finite number other than zero, its leading one at bit 62, subnormals too. */
// @ts-ignore: decorator
@inline
export function significand<T>(a: u64): u64 {
  const fraction = fractionOf<T>(a);
  const shift = clz<u64>(fraction) - 1;
  if (exponentOf<T>(a) == 0) return fraction << shift;
  return (fraction << spareBits<T>()) | ((<u64>1) << 62);
}

/** The biased exponent that goes with `significand`: below 1 for subnormals. */
// @ts-ignore: decorator
@inline
export function exponent<T>(a: u64): i32 {
  const stored = exponentOf<T>(a);
  return stored ? stored : 2 + <i32>spareBits<T>() - <i32>clz<u64>(fractionOf<T>(a));
}

/** Whether a result of the host's arithmetic is so far inside the normal range that it cannot have over- or underflowed. */
// @ts-ignore: decorator
@inline
export function isWellNormal<T>(a: u64): bool {
  const above: u32 = exponentOf<T>(a) - 2;
  const range: u32 = maxExponent<T>() - 2;
  return above < range;
}
