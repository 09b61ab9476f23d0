/** Comparisons, minimum and maximum, sign injection, classification. */
import {
  canonicalNan,
  exponentOf,
  fractionOf,
  isNan,
  isSignaling,
  magnitude,
  maxExponent,
  signBit,
  signOf,
} from "./format";
import { NV, raise } from "./state";

/** Order as integers: negative numbers are mirrored, so that -0 comes just before +0. */
// @ts-ignore: decorator
@inline
function key<T>(a: u64): i64 {
  return signOf<T>(a) ? ~(<i64>magnitude<T>(a)) : <i64>magnitude<T>(a);
}

// @ts-ignore: decorator
@inline
function bothZero<T>(a: u64, b: u64): bool {
  return magnitude<T>(a | b) == 0;
}

/** "feq performs a quiet comparison": only signaling NaNs are invalid. */
// @ts-ignore: decorator
@inline
function equal<T>(h: usize, a: u64, b: u64): u64 {
  if (isNan<T>(a) || isNan<T>(b)) {
    if (isSignaling<T>(a) || isSignaling<T>(b)) raise(h, NV);
    return 0;
  }
  return <u64>(a == b || bothZero<T>(a, b));
}

/** flt and fle "perform signaling comparisons". */
// @ts-ignore: decorator
@inline
function unordered<T>(h: usize, a: u64, b: u64): bool {
  if (!isNan<T>(a) && !isNan<T>(b)) return false;
  raise(h, NV);
  return true;
}

/** The variants of Zfa do not signal quiet NaNs. */
// @ts-ignore: decorator
@inline
function unorderedQuiet<T>(h: usize, a: u64, b: u64): bool {
  if (!isNan<T>(a) && !isNan<T>(b)) return false;
  if (isSignaling<T>(a) || isSignaling<T>(b)) raise(h, NV);
  return true;
}

// @ts-ignore: decorator
@inline
function less<T>(a: u64, b: u64): u64 {
  return <u64>(key<T>(a) < key<T>(b) && !bothZero<T>(a, b));
}

// @ts-ignore: decorator
@inline
function lessOrEqual<T>(a: u64, b: u64): u64 {
  return <u64>(key<T>(a) <= key<T>(b) || bothZero<T>(a, b));
}

/** minimumNumber and maximumNumber of IEEE 754-2019: a NaN loses against a number, and -0 is less than +0. */
// @ts-ignore: decorator
@inline
function pick<T>(h: usize, a: u64, b: u64, larger: bool): u64 {
  if (isSignaling<T>(a) || isSignaling<T>(b)) raise(h, NV);
  if (isNan<T>(a)) return isNan<T>(b) ? canonicalNan<T>() : b;
  if (isNan<T>(b)) return a;
  return key<T>(a) < key<T>(b) != larger ? a : b;
}

/** fminm and fmaxm of Zfa: a NaN wins. */
// @ts-ignore: decorator
@inline
function pickOrNan<T>(h: usize, a: u64, b: u64, larger: bool): u64 {
  if (isNan<T>(a) || isNan<T>(b)) {
    unorderedQuiet<T>(h, a, b);
    return canonicalNan<T>();
  }
  return key<T>(a) < key<T>(b) != larger ? a : b;
}

/** One bit of ten, as the manual's table of fclass has them. */
// @ts-ignore: decorator
@inline
function classify<T>(a: u64): u64 {
  const negative = signOf<T>(a) != 0;
  if (isNan<T>(a)) return isSignaling<T>(a) ? 1 << 8 : 1 << 9;
  if (exponentOf<T>(a) == maxExponent<T>()) return negative ? 1 << 0 : 1 << 7;
  if (exponentOf<T>(a) != 0) return negative ? 1 << 1 : 1 << 6;
  if (fractionOf<T>(a) != 0) return negative ? 1 << 2 : 1 << 5;
  return negative ? 1 << 3 : 1 << 4;
}

export function f64_eq(h: usize, a: u64, b: u64): u64 {
  return equal<u64>(h, a, b);
}

export function f32_eq(h: usize, a: u64, b: u64): u64 {
  return equal<u32>(h, a, b);
}

export function f64_lt(h: usize, a: u64, b: u64): u64 {
  return unordered<u64>(h, a, b) ? 0 : less<u64>(a, b);
}

export function f32_lt(h: usize, a: u64, b: u64): u64 {
  return unordered<u32>(h, a, b) ? 0 : less<u32>(a, b);
}

export function f64_le(h: usize, a: u64, b: u64): u64 {
  return unordered<u64>(h, a, b) ? 0 : lessOrEqual<u64>(a, b);
}

export function f32_le(h: usize, a: u64, b: u64): u64 {
  return unordered<u32>(h, a, b) ? 0 : lessOrEqual<u32>(a, b);
}

export function f64_ltq(h: usize, a: u64, b: u64): u64 {
  return unorderedQuiet<u64>(h, a, b) ? 0 : less<u64>(a, b);
}

export function f32_ltq(h: usize, a: u64, b: u64): u64 {
  return unorderedQuiet<u32>(h, a, b) ? 0 : less<u32>(a, b);
}

export function f64_leq(h: usize, a: u64, b: u64): u64 {
  return unorderedQuiet<u64>(h, a, b) ? 0 : lessOrEqual<u64>(a, b);
}

export function f32_leq(h: usize, a: u64, b: u64): u64 {
  return unorderedQuiet<u32>(h, a, b) ? 0 : lessOrEqual<u32>(a, b);
}

export function f64_min(h: usize, a: u64, b: u64): u64 {
  return pick<u64>(h, a, b, false);
}

export function f32_min(h: usize, a: u64, b: u64): u64 {
  return pick<u32>(h, a, b, false);
}

export function f64_max(h: usize, a: u64, b: u64): u64 {
  return pick<u64>(h, a, b, true);
}

export function f32_max(h: usize, a: u64, b: u64): u64 {
  return pick<u32>(h, a, b, true);
}

export function f64_minm(h: usize, a: u64, b: u64): u64 {
  return pickOrNan<u64>(h, a, b, false);
}

export function f32_minm(h: usize, a: u64, b: u64): u64 {
  return pickOrNan<u32>(h, a, b, false);
}

export function f64_maxm(h: usize, a: u64, b: u64): u64 {
  return pickOrNan<u64>(h, a, b, true);
}

export function f32_maxm(h: usize, a: u64, b: u64): u64 {
  return pickOrNan<u32>(h, a, b, true);
}

/** The first operand with the sign of the second, its opposite, or the exclusive or of both. */
export function f64_sgnj(h: usize, a: u64, b: u64): u64 {
  return magnitude<u64>(a) | signOf<u64>(b);
}

export function f32_sgnj(h: usize, a: u64, b: u64): u64 {
  return magnitude<u32>(a) | signOf<u32>(b);
}

export function f64_sgnjn(h: usize, a: u64, b: u64): u64 {
  return magnitude<u64>(a) | (signOf<u64>(b) ^ signBit<u64>());
}

export function f32_sgnjn(h: usize, a: u64, b: u64): u64 {
  return magnitude<u32>(a) | (signOf<u32>(b) ^ signBit<u32>());
}

export function f64_sgnjx(h: usize, a: u64, b: u64): u64 {
  return a ^ signOf<u64>(b);
}

export function f32_sgnjx(h: usize, a: u64, b: u64): u64 {
  return a ^ signOf<u32>(b);
}

export function f64_class(h: usize, a: u64): u64 {
  return classify<u64>(a);
}

export function f32_class(h: usize, a: u64): u64 {
  return classify<u32>(a);
}
