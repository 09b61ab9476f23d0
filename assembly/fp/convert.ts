/** Conversions between formats, and between numbers and integers. */
import {
  bias,
  canonicalNan,
  exponent,
  exponentOf,
  infinity,
  isNan,
  magnitude,
  maxExponent,
  signBit,
  signOf,
  signShift,
  significand,
} from "./format";
import { nanOf } from "./nan";
import { fromMagnitude, round, roundsUp, shiftRightJam } from "./round";
import { NV, NX, hostMayCompute, raise } from "./state";

/** From format F to format T. */
// @ts-ignore: decorator
@inline
function convert<F, T>(h: usize, a: u64, rm: u32): u64 {
  const sign = (signOf<F>(a) >> signShift<F>()) << signShift<T>();
  if (isNan<F>(a)) {
    nanOf<F>(h, a, a);
    return canonicalNan<T>();
  }
  if (magnitude<F>(a) == infinity<F>()) return sign | infinity<T>();
  if (magnitude<F>(a) == 0) return sign;
  return round<T>(h, sign, exponent<F>(a) - bias<F>() + bias<T>(), significand<F>(a), rm);
}

export function f64_from32(h: usize, a: u64, rm: u32): u64 {
  const stored = exponentOf<u32>(a);
  if (stored != 0 && stored != maxExponent<u32>()) return reinterpret<u64>(<f64>reinterpret<f32>(<u32>a));
  return convert<u32, u64>(h, a, rm);
}

export function f32_from64(h: usize, a: u64, rm: u32): u64 {
  return convert<u64, u32>(h, a, rm);
}

export function f16_from32(h: usize, a: u64, rm: u32): u64 {
  return convert<u32, u16>(h, a, rm);
}

export function f16_from64(h: usize, a: u64, rm: u32): u64 {
  return convert<u64, u16>(h, a, rm);
}

export function f32_from16(h: usize, a: u64, rm: u32): u64 {
  return convert<u16, u32>(h, a, rm);
}

export function f64_from16(h: usize, a: u64, rm: u32): u64 {
  return convert<u16, u64>(h, a, rm);
}

const MAX_I32: u64 = 0x7fff_ffff;
const MAX_U32: u64 = 0xffff_ffff;
const MAX_I64: u64 = 0x7fff_ffff_ffff_ffff;
const MAX_U64: u64 = 0xffff_ffff_ffff_ffff;

/** The integer of magnitude `value`; out of the range from -`below` to `above` the nearer end, and invalid. */
// @ts-ignore: decorator
@inline
function saturate(h: usize, negative: bool, value: u64, exact: bool, below: u64, above: u64): u64 {
  if (value > (negative ? below : above)) {
    raise(h, NV);
    return negative ? 0 - below : above;
  }
  if (!exact) raise(h, NX);
  return negative ? 0 - value : value;
}

/** To an integer, rounded; NaN counts as larger than all. */
// @ts-ignore: decorator
@inline
function toInteger<T>(h: usize, a: u64, rm: u32, below: u64, above: u64): u64 {
  if (magnitude<T>(a) == 0) return 0;
  const negative = signOf<T>(a) != 0 && !isNan<T>(a);
  const shift = 62 + bias<T>() - exponent<T>(a);
  if (exponentOf<T>(a) == maxExponent<T>() || shift < -1) {
    raise(h, NV);
    return negative ? 0 - below : above;
  }
  const digits = significand<T>(a);
  if (shift <= 0) return saturate(h, negative, digits << (<u64>-shift), true, below, above);
  const whole = shift > 63 ? 0 : digits >> (<u64>shift);
  const kept = <u64>(63 - shift);
  const rest = shift > 63 ? shiftRightJam(digits, shift - 63) : (digits << kept) & MAX_I64;
  const value = whole + <u64>roundsUp((whole & 1) != 0, rest, negative, rm);
  return saturate(h, negative, value, rest == 0, below, above);
}

export function f64_toI32(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u64>(h, a, rm, MAX_I32 + 1, MAX_I32);
}

export function f64_toU32(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u64>(h, a, rm, 0, MAX_U32);
}

export function f64_toI64(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u64>(h, a, rm, MAX_I64 + 1, MAX_I64);
}

export function f64_toU64(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u64>(h, a, rm, 0, MAX_U64);
}

export function f32_toI32(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u32>(h, a, rm, MAX_I32 + 1, MAX_I32);
}

export function f32_toU32(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u32>(h, a, rm, 0, MAX_U32);
}

export function f32_toI64(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u32>(h, a, rm, MAX_I64 + 1, MAX_I64);
}

export function f32_toU64(h: usize, a: u64, rm: u32): u64 {
  return toInteger<u32>(h, a, rm, 0, MAX_U64);
}

/** From an integer of 64 bits; narrower ones are extended by the caller. */
export function f64_fromI64(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) return reinterpret<u64>(<f64>(<i64>a));
  const negative = <i64>a < 0;
  return fromMagnitude<u64>(h, negative ? signBit<u64>() : 0, negative ? 0 - a : a, rm);
}

export function f64_fromU64(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) return reinterpret<u64>(<f64>a);
  return fromMagnitude<u64>(h, 0, a, rm);
}

export function f32_fromI64(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) return <u64>reinterpret<u32>(<f32>(<i64>a));
  const negative = <i64>a < 0;
  return fromMagnitude<u32>(h, negative ? signBit<u32>() : 0, negative ? 0 - a : a, rm);
}

export function f32_fromU64(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) return <u64>reinterpret<u32>(<f32>a);
  return fromMagnitude<u32>(h, 0, a, rm);
}
