/** NaNs: boxing, and the results of operations on them (unprivileged manual, sections 20.3 and 21.2). */
import { canonicalNan, isSignaling } from "./format";
import { NV, raise } from "./state";

/** A narrower value in a 64-bit register: "the upper bits of a valid NaN-boxed value must be all 1s". */
// @ts-ignore: decorator
@inline
export function box32(a: u64): u64 {
  return a | 0xffff_ffff_0000_0000;
}

// @ts-ignore: decorator
@inline
export function box16(a: u64): u64 {
  return a | 0xffff_ffff_ffff_0000;
}

/** "If not, the n-bit value is treated as if it were the n-bit canonical NaN." */
// @ts-ignore: decorator
@inline
export function unbox32(a: u64): u64 {
  return a >= 0xffff_ffff_0000_0000 ? a & 0xffff_ffff : canonicalNan<u32>();
}

// @ts-ignore: decorator
@inline
export function unbox16(a: u64): u64 {
  return a >= 0xffff_ffff_ffff_0000 ? a & 0xffff : canonicalNan<u16>();
}

/** The result of an operation of which at least one operand is a NaN. */
// @ts-ignore: decorator
@inline
export function nanOf<T>(h: usize, a: u64, b: u64): u64 {
  if (isSignaling<T>(a) || isSignaling<T>(b)) raise(h, NV);
  return canonicalNan<T>();
}

/** The result of an operation that has none. */
// @ts-ignore: decorator
@inline
export function invalid<T>(h: usize): u64 {
  raise(h, NV);
  return canonicalNan<T>();
}
