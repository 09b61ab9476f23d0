/** Division and square root. */
import {
  bias,
  exponent,
  fractionBits,
  infinity,
  isNan,
  isWellNormal,
  magnitude,
  signOf,
  significand,
} from "./format";
import { invalid, nanOf } from "./nan";
import { normalizeRound, round } from "./round";
import { DZ, hostMayCompute, raise } from "./state";

const LOW: u64 = 0xffff_ffff;

/**
 * a x 2^64 / d, its lowest bit set when it is not exact; a < d and d's top bit is set. Two digits of 32 bits by the schoolbook:
 * an estimate from the divisor's upper half is at most two too large.
 */
function quotient(a: u64, d: u64): u64 {
  const high = d >> 32;
  const low = d & LOW;
  let first = a / high;
  let rest = a - first * high;
  while (first > LOW || first * low > rest << 32) {
    first--;
    rest += high;
    if (rest > LOW) break;
  }
  const middle = (a << 32) - first * d;
  let second = middle / high;
  rest = middle - second * high;
  while (second > LOW || second * low > rest << 32) {
    second--;
    rest += high;
    if (rest > LOW) break;
  }
  const remainder = (middle << 32) - second * d;
  return (first << 32) | second | (<u64>(remainder != 0));
}

// @ts-ignore: decorator
@inline
function divide<T>(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (isNan<T>(a) || isNan<T>(b)) return nanOf<T>(h, a, b);
  const sign = signOf<T>(a ^ b);
  const dividend = magnitude<T>(a);
  const divisor = magnitude<T>(b);
  if (dividend == infinity<T>()) return divisor == infinity<T>() ? invalid<T>(h) : sign | infinity<T>();
  if (divisor == infinity<T>()) return sign;
  if (divisor == 0) {
    if (dividend == 0) return invalid<T>(h);
    raise(h, DZ);
    return sign | infinity<T>();
  }
  if (dividend == 0) return sign;
  const result = quotient(significand<T>(a), significand<T>(b) << 1);
  return normalizeRound<T>(h, sign, exponent<T>(a) - exponent<T>(b) + bias<T>() - 1, result, rm);
}

function divide64(h: usize, a: u64, b: u64, rm: u32): u64 {
  return divide<u64>(h, a, b, rm);
}

function divide32(h: usize, a: u64, b: u64, rm: u32): u64 {
  return divide<u32>(h, a, b, rm);
}

/** Digit by digit: each step brings two more bits of the radicand into the remainder and one of the root. */
// @ts-ignore: decorator
@inline
function squareRoot<T>(h: usize, a: u64, rm: u32): u64 {
  if (isNan<T>(a)) return nanOf<T>(h, a, a);
  if (magnitude<T>(a) == 0) return a;
  if (signOf<T>(a)) return invalid<T>(h);
  if (a == infinity<T>()) return a;
  const power = exponent<T>(a) - bias<T>();
  let radicand = significand<T>(a) << ((<u64>power) & 1);
  let root: u64 = 0;
  let remainder: u64 = 0;
  const bits = fractionBits<T>() + 3;
  for (let i: u64 = 0; i < bits; i++) {
    remainder = (remainder << 2) | (radicand >> 62);
    radicand <<= 2;
    const trial = (root << 2) | 1;
    root <<= 1;
    if (remainder >= trial) {
      remainder -= trial;
      root |= 1;
    }
  }
  const result = (root << (63 - bits)) | (<u64>(remainder != 0));
  return round<T>(h, 0, (power >> 1) + bias<T>(), result, rm);
}

function squareRoot64(h: usize, a: u64, rm: u32): u64 {
  return squareRoot<u64>(h, a, rm);
}

function squareRoot32(h: usize, a: u64, rm: u32): u64 {
  return squareRoot<u32>(h, a, rm);
}

export function f64_div(h: usize, a: u64, b: u64, rm: u32): u64 {
  // Of a finite result the divisor was not 0; of an infinite dividend or divisor the result is not well inside the range.
  if (hostMayCompute(h, rm)) {
    const result = reinterpret<u64>(reinterpret<f64>(a) / reinterpret<f64>(b));
    if (isWellNormal<u64>(result)) return result;
  }
  return divide64(h, a, b, rm);
}

export function f32_div(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const result = <u64>reinterpret<u32>(reinterpret<f32>(<u32>a) / reinterpret<f32>(<u32>b));
    if (isWellNormal<u32>(result)) return result;
  }
  return divide32(h, a, b, rm);
}

export function f64_sqrt(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const root = reinterpret<u64>(sqrt<f64>(reinterpret<f64>(a)));
    if (isWellNormal<u64>(root)) return root;
  }
  return squareRoot64(h, a, rm);
}

export function f32_sqrt(h: usize, a: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const root = <u64>reinterpret<u32>(sqrt<f32>(reinterpret<f32>(<u32>a)));
    if (isWellNormal<u32>(root)) return root;
  }
  return squareRoot32(h, a, rm);
}
