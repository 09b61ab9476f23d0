/** Addition and subtraction. */
import {
  exponentOf,
  fractionOf,
  infinity,
  isNan,
  isWellNormal,
  magnitude,
  maxExponent,
  signBit,
  signOf,
  spareBits,
} from "./format";
import { invalid, nanOf } from "./nan";
import { exactZero, normalizeRound, shiftRightJam } from "./round";
import { hostMayCompute } from "./state";

/** The significand with bit 62 for the implicit one; subnormals, which have none, count as exponent 1. */
// @ts-ignore: decorator
@inline
function aligned<T>(a: u64): u64 {
  return (fractionOf<T>(a) << spareBits<T>()) | ((<u64>(exponentOf<T>(a) != 0)) << 62);
}

// @ts-ignore: decorator
@inline
function add<T>(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (magnitude<T>(a) < magnitude<T>(b)) {
    const swap = a;
    a = b;
    b = swap;
  }
  const sign = signOf<T>(a);
  const subtract = sign != signOf<T>(b);
  if (exponentOf<T>(a) == maxExponent<T>()) {
    if (isNan<T>(a)) return nanOf<T>(h, a, b);
    return subtract && magnitude<T>(b) == infinity<T>() ? invalid<T>(h) : a;
  }
  const exponent = max(exponentOf<T>(a), 1);
  const large = aligned<T>(a);
  const small = shiftRightJam(aligned<T>(b), exponent - max(exponentOf<T>(b), 1));
  const sum = subtract ? large - small : large + small;
  if (sum == 0) return subtract ? exactZero<T>(rm) : sign;
  return normalizeRound<T>(h, sign, exponent, sum, rm);
}

function add64(h: usize, a: u64, b: u64, rm: u32): u64 {
  return add<u64>(h, a, b, rm);
}

function add32(h: usize, a: u64, b: u64, rm: u32): u64 {
  return add<u32>(h, a, b, rm);
}

export function f64_add(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const sum = reinterpret<u64>(reinterpret<f64>(a) + reinterpret<f64>(b));
    if (isWellNormal<u64>(sum)) return sum;
  }
  return add64(h, a, b, rm);
}

export function f64_sub(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const difference = reinterpret<u64>(reinterpret<f64>(a) - reinterpret<f64>(b));
    if (isWellNormal<u64>(difference)) return difference;
  }
  return add64(h, a, b ^ signBit<u64>(), rm);
}

export function f32_add(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const sum = <u64>reinterpret<u32>(reinterpret<f32>(<u32>a) + reinterpret<f32>(<u32>b));
    if (isWellNormal<u32>(sum)) return sum;
  }
  return add32(h, a, b, rm);
}

export function f32_sub(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const difference = <u64>reinterpret<u32>(reinterpret<f32>(<u32>a) - reinterpret<f32>(<u32>b));
    if (isWellNormal<u32>(difference)) return difference;
  }
  return add32(h, a, b ^ signBit<u32>(), rm);
}
