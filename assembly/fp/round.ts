/** Rounding: from a long significand to a number of a format, in five modes, with flags. */
import { bias, fractionBits, infinity, maxExponent, signBit, spareBits } from "./format";
import { NX, OF, RDN, RMM, RNE, RUP, UF, raise } from "./state";

/** Shifts right; when ones are lost, the lowest bit becomes one, so that the rounding to come sees them. */
// @ts-ignore: decorator
@inline
export function shiftRightJam(a: u64, by: u32): u64 {
  if (by > 63) return <u64>(a != 0);
  const kept = a >> (<u64>by);
  return kept | (<u64>(kept << (<u64>by) != a));
}

/** What is added to a significand before its low bits are cut off: half of a unit, almost a unit, or nothing. */
// @ts-ignore: decorator
@inline
function increment(rm: u32, negative: bool, unit: u64): u64 {
  if (rm == RNE || rm == RMM) return unit >> 1;
  return rm == (negative ? RDN : RUP) ? unit - 1 : 0;
}

/**
 * The number (-1)^sign x significand / 2^62 x 2^(exponent - bias), rounded. The significand's leading one is bit 62; its bit 0
 * may stand for all that is below. `sign` is the sign bit in its place.
 */
// @ts-ignore: decorator
@inline
function roundPack<T>(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  const unit = (<u64>1) << spareBits<T>();
  const add = increment(rm, sign != 0, unit);
  let flags: u32 = 0;
  if (<u32>(exponent - 1) >= <u32>(maxExponent<T>() - 2)) {
    const carries = <i64>(significand + add) < 0;
    if (exponent + <i32>carries >= maxExponent<T>()) {
      raise(h, OF | NX);
      return sign | (add ? infinity<T>() : infinity<T>() - 1);
    }
    if (exponent < 1) {
      // "Tininess is detected after rounding": as if the exponent had no limit.
      const tiny = exponent < 0 || !carries;
      significand = shiftRightJam(significand, 1 - exponent);
      exponent = 1;
      if (tiny && significand & (unit - 1)) flags = UF;
    }
  }
  const lost = significand & (unit - 1);
  let rounded = (significand + add) >> spareBits<T>();
  if (lost) {
    if (rm == RNE && lost == unit >> 1) rounded &= ~1;
    raise(h, flags | NX);
  }
  // The leading one counts as one exponent step, and so does a carry out of the fraction.
  return sign | (((<u64>(exponent - 1)) << fractionBits<T>()) + rounded);
}

function round64(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  return roundPack<u64>(h, sign, exponent, significand, rm);
}

function round32(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  return roundPack<u32>(h, sign, exponent, significand, rm);
}

function round16(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  return roundPack<u16>(h, sign, exponent, significand, rm);
}

// @ts-ignore: decorator
@inline
export function round<T>(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  if (sizeof<T>() == 8) return round64(h, sign, exponent, significand, rm);
  if (sizeof<T>() == 4) return round32(h, sign, exponent, significand, rm);
  return round16(h, sign, exponent, significand, rm);
}

/** The same for a significand other than zero whose leading one is anywhere; `exponent` is that of bit 62. */
// @ts-ignore: decorator
@inline
export function normalizeRound<T>(h: usize, sign: u64, exponent: i32, significand: u64, rm: u32): u64 {
  const zeros = clz<u64>(significand);
  if (zeros == 0) return round<T>(h, sign, exponent + 1, (significand >> 1) | (significand & 1), rm);
  const shift = zeros - 1;
  return round<T>(h, sign, exponent - <i32>shift, significand << shift, rm);
}

/** The sum of two numbers that cancel exactly: "+0, except under roundTowardNegative". */
// @ts-ignore: decorator
@inline
export function exactZero<T>(rm: u32): u64 {
  return rm == RDN ? signBit<T>() : 0;
}

/** The number that an integer with this magnitude and sign is. */
// @ts-ignore: decorator
@inline
export function fromMagnitude<T>(h: usize, sign: u64, value: u64, rm: u32): u64 {
  return value == 0 ? 0 : normalizeRound<T>(h, sign, bias<T>() + 62, value, rm);
}

/** Whether a magnitude of which `rest` (a fraction of 2^63) was cut off is to grow by one. */
// @ts-ignore: decorator
@inline
export function roundsUp(odd: bool, rest: u64, negative: bool, rm: u32): bool {
  const half = (<u64>1) << 62;
  if (rm == RNE) return rest > half || (rest == half && odd);
  if (rm == RMM) return rest >= half;
  return rest != 0 && rm == (negative ? RDN : RUP);
}
