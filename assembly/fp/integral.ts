/** Zfa: rounding to integral values, conversion modulo 2^32, and the constants of fli. */
import { f64_toI32 } from "./convert";
import {
  bias,
  canonicalNan,
  exponent,
  exponentOf,
  fractionBits,
  infinity,
  isNan,
  magnitude,
  maxExponent,
  signBit,
  signOf,
  significand,
} from "./format";
import { nanOf } from "./nan";
import { fromMagnitude, roundsUp, shiftRightJam } from "./round";
import { NX, RNE, RTZ, raise } from "./state";

/** The nearest integral number in the direction of `rm`, with the operand's sign; NaNs as everywhere. */
// @ts-ignore: decorator
@inline
function roundToIntegral<T>(h: usize, a: u64, rm: u32): u64 {
  if (isNan<T>(a)) return nanOf<T>(h, a, a);
  const power = exponent<T>(a) - bias<T>();
  if (magnitude<T>(a) == 0 || power >= <i32>fractionBits<T>()) return a;
  // The significand in units of 2^-63 of a whole one.
  const shift: u32 = 62 - power;
  const digits = significand<T>(a);
  const whole = shift > 63 ? 0 : digits >> (<u64>shift);
  const kept = <u64>(63 - shift);
  const rest = shift > 63 ? shiftRightJam(digits, shift - 63) : (digits << kept) & (signBit<u64>() - 1);
  const sign = signOf<T>(a);
  const value = whole + <u64>roundsUp((whole & 1) != 0, rest, sign != 0, rm);
  return sign | fromMagnitude<T>(h, 0, value, RNE);
}

function round64(h: usize, a: u64, rm: u32): u64 {
  return roundToIntegral<u64>(h, a, rm);
}

function round32(h: usize, a: u64, rm: u32): u64 {
  return roundToIntegral<u32>(h, a, rm);
}

export function f64_round(h: usize, a: u64, rm: u32): u64 {
  return round64(h, a, rm);
}

export function f32_round(h: usize, a: u64, rm: u32): u64 {
  return round32(h, a, rm);
}

/** froundnx: the same, and inexact where it changes a number. */
export function f64_roundExact(h: usize, a: u64, rm: u32): u64 {
  const result = round64(h, a, rm);
  if (result != a && !isNan<u64>(a)) raise(h, NX);
  return result;
}

export function f32_roundExact(h: usize, a: u64, rm: u32): u64 {
  const result = round32(h, a, rm);
  if (result != a && !isNan<u32>(a)) raise(h, NX);
  return result;
}

/** "The same exception flags as fcvt.w.d", but the low 32 bits of the integer, towards zero; 0 of infinities and NaNs. */
export function f64_toI32Modular(h: usize, a: u64): u64 {
  f64_toI32(h, a, RTZ);
  if (magnitude<u64>(a) == 0 || exponentOf<u64>(a) == maxExponent<u64>()) return 0;
  const shift = 62 + bias<u64>() - exponent<u64>(a);
  if (shift > 63 || shift < -63) return 0;
  const digits = significand<u64>(a);
  const whole = shift >= 0 ? digits >> (<u64>shift) : digits << (<u64>-shift);
  return <u64>(<i64>(<i32>(signOf<u64>(a) ? 0 - whole : whole)));
}

/** Exponent of a number in fli's table, from number 2 on; below 24 mostly four steps to a power of two. */
function constantPower(index: u32): i32 {
  switch (index) {
    case 2:
    case 3:
      return <i32>index - 18;
    case 4:
    case 5:
      return <i32>index - 12;
    case 6:
    case 7:
      return <i32>index - 10;
    case 23:
    case 24:
      return <i32>index - 21;
    case 25:
      return 4;
    case 26:
    case 27:
      return <i32>index - 19;
    case 28:
    case 29:
      return <i32>index - 13;
    default:
      return <i32>(index >> 2) - 4;
  }
}

/** Number `index` of fli's table: -1, the least normal number, powers of two and quarters between them, infinity, NaN. */
// @ts-ignore: decorator
@inline
function constant<T>(index: u32): u64 {
  const one = (<u64>bias<T>()) << fractionBits<T>();
  if (index == 0) return signBit<T>() | one;
  if (index == 1) return (<u64>1) << fractionBits<T>();
  if (index == 30) return infinity<T>();
  if (index == 31) return canonicalNan<T>();
  const quarters: u64 = index >= 8 && index < 23 ? index & 3 : 0;
  const biased = <u64>(constantPower(index) + bias<T>());
  return (biased << fractionBits<T>()) | ((quarters << fractionBits<T>()) >> 2);
}

export function f64_constant(h: usize, index: u64): u64 {
  return constant<u64>(<u32>index);
}

export function f32_constant(h: usize, index: u64): u64 {
  return constant<u32>(<u32>index);
}
