/**
 * Fused multiply-add: a x b + c, rounded once. The product and the addend are 128-bit numbers (high, low) with their leading
 * ones at bit 126, so the product is exact. Where aligning loses bits of the smaller one, its leading one is so far
 * down that at most one bit can cancel, and the jammed lowest bit decides rounding rightly.
 */
import {
  bias,
  exponent,
  exponentOf,
  infinity,
  isNan,
  isSignaling,
  isWellNormal,
  magnitude,
  signBit,
  signOf,
  significand,
} from "./format";
import { mulhu } from "../insn/arithmetic";
import { invalid, nanOf } from "./nan";
import { exactZero, normalizeRound, round, shiftRightJam } from "./round";
import { NV, hostMayCompute, raise } from "./state";

/** The lower half of (high, low) shifted right with jamming; the upper half is `high >> by`, 0 from 64 on. */
// @ts-ignore: decorator
@inline
function lowShiftedJam(high: u64, low: u64, by: u32): u64 {
  if (by == 0) return low;
  if (by > 63) return shiftRightJam(high, by - 64) | (<u64>(low != 0));
  const rest = <u64>(64 - by);
  return (high << rest) | (low >> (<u64>by)) | (<u64>(low << rest != 0));
}

// @ts-ignore: decorator
@inline
function fusedNan<T>(h: usize, a: u64, b: u64, c: u64): u64 {
  const zeroTimesInfinity =
    (magnitude<T>(a) == 0 && magnitude<T>(b) == infinity<T>()) ||
    (magnitude<T>(b) == 0 && magnitude<T>(a) == infinity<T>());
  // "The fused multiply-add instructions must set the invalid operation exception flag when the multiplicands
  // are infinity and zero, even when the addend is a quiet NaN."
  if (zeroTimesInfinity || isSignaling<T>(c)) raise(h, NV);
  return nanOf<T>(h, a, b);
}

// @ts-ignore: decorator
@inline
function fused<T>(h: usize, a: u64, b: u64, c: u64, rm: u32): u64 {
  if (isNan<T>(a) || isNan<T>(b) || isNan<T>(c)) return fusedNan<T>(h, a, b, c);
  const sign = signOf<T>(a ^ b);
  const subtract = sign != signOf<T>(c);
  const one = magnitude<T>(a);
  const other = magnitude<T>(b);
  const addend = magnitude<T>(c);
  if (one == infinity<T>() || other == infinity<T>()) {
    if (one == 0 || other == 0 || (subtract && addend == infinity<T>())) return invalid<T>(h);
    return sign | infinity<T>();
  }
  if (addend == infinity<T>()) return c;
  if (one == 0 || other == 0) {
    if (addend != 0) return c;
    return subtract ? exactZero<T>(rm) : c;
  }

  const x = significand<T>(a);
  const y = significand<T>(b) << 1;
  let high = mulhu(x, y);
  let low = x * y;
  let power = exponent<T>(a) + exponent<T>(b) - bias<T>() + 1;
  if (!(high >> 62)) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    power--;
  }
  if (addend == 0) return round<T>(h, sign, power, high | (<u64>(low != 0)), rm);

  let high2 = significand<T>(c);
  let low2: u64 = 0;
  const distance = power - exponent<T>(c);
  if (distance >= 0) {
    low2 = lowShiftedJam(high2, 0, distance);
    high2 = distance > 63 ? 0 : high2 >> (<u64>distance);
  } else {
    low = lowShiftedJam(high, low, -distance);
    high = distance < -63 ? 0 : high >> (<u64>-distance);
    power = exponent<T>(c);
  }
  if (!subtract) {
    const sum = low + low2;
    return normalizeRound<T>(h, sign, power, (high + high2 + <u64>(sum < low)) | (<u64>(sum != 0)), rm);
  }
  let resultSign = sign;
  if (high < high2 || (high == high2 && low < low2)) {
    resultSign ^= signBit<T>();
    high = high2 - high - <u64>(low2 < low);
    low = low2 - low;
  } else {
    high = high - high2 - <u64>(low < low2);
    low = low - low2;
  }
  if (high == 0) {
    if (low == 0) return exactZero<T>(rm);
    return normalizeRound<T>(h, resultSign, power - 64, low, rm);
  }
  const zeros = clz<u64>(high) - 1;
  if (zeros) {
    high = (high << zeros) | (low >> (64 - zeros));
    low <<= zeros;
  }
  return round<T>(h, resultSign, power - <i32>zeros, high | (<u64>(low != 0)), rm);
}

function fused64(h: usize, a: u64, b: u64, c: u64, rm: u32): u64 {
  return fused<u64>(h, a, b, c, rm);
}

/** Splits a binary64 into two halves of 26 bits (Veltkamp). */
const SPLIT: f64 = 134_217_729;
/** A bit more, and a bit less, than what rounding a sum once may have moved it. */
const ABOVE: f64 = 1 + 2 ** -51;
const BELOW: f64 = 1 - 2 ** -51;

// @ts-ignore: decorator
@inline
function upperHalf(x: f64): f64 {
  const scaled = x * SPLIT;
  return scaled - (scaled - x);
}

/** What x * y is more than `product`, its rounded value: exact, where no exponent is extreme (Dekker). */
// @ts-ignore: decorator
@inline
function productError(x: f64, y: f64, product: f64): f64 {
  const xh = upperHalf(x);
  const yh = upperHalf(y);
  const xl = x - xh;
  const yl = y - yh;
  return xh * yh - product + xh * yl + xl * yh + xl * yl;
}

/** The same for x + y (Knuth). */
// @ts-ignore: decorator
@inline
function sumError(x: f64, y: f64, sum: f64): f64 {
  const second = sum - x;
  return x - (sum - second) + (y - second);
}

/** Whether no step of what follows can overflow, or underflow where that would lose bits: exponents of the factors and the addend. */
// @ts-ignore: decorator
@inline
function isModerate(a: i32, b: i32, c: i32): bool {
  return <u32>(a - 64) < 1858 && <u32>(b - 64) < 1858 && <u32>(a + b - 1200) < 1800 && c < 2000;
}

/**
 * The result lies between sum + error * BELOW and sum + error * ABOVE, as `error` was rounded once and everything else is exact.
 * Rounding keeps the order, so where both give one number that is the result (Ziv's test).
 */
export function f64_mulAdd(h: usize, a: u64, b: u64, c: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm) && isModerate(exponentOf<u64>(a), exponentOf<u64>(b), exponentOf<u64>(c))) {
    const x = reinterpret<f64>(a);
    const y = reinterpret<f64>(b);
    const z = reinterpret<f64>(c);
    const product = x * y;
    const sum = product + z;
    const error = productError(x, y, product) + sumError(product, z, sum);
    const one = sum + error * BELOW;
    const other = sum + error * ABOVE;
    const result = reinterpret<u64>(one);
    if (one == other && isWellNormal<u64>(result)) return result;
  }
  return fused64(h, a, b, c, rm);
}

function fused32(h: usize, a: u64, b: u64, c: u64, rm: u32): u64 {
  return fused<u32>(h, a, b, c, rm);
}

/** Low bits of a binary64 that rounding to binary32 cuts off, and what they are half-way between two numbers. */
const CUT: u64 = 0x1fff_ffff;
const HALFWAY: u64 = 0x1000_0000;

/**
 * In binary64 the product of two binary32 is exact and the sum is rounded. Rounding that again gives what rounding
 * once does, unless the first result seems to lie half-way.
 */
export function f32_mulAdd(h: usize, a: u64, b: u64, c: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const product = <f64>reinterpret<f32>(<u32>a) * <f64>reinterpret<f32>(<u32>b);
    const sum = product + <f64>reinterpret<f32>(<u32>c);
    const result = <u64>reinterpret<u32>(<f32>sum);
    if ((reinterpret<u64>(sum) & CUT) != HALFWAY && isWellNormal<u32>(result)) return result;
  }
  return fused32(h, a, b, c, rm);
}

/** The other three of the family negate the product, the addend, or both. */
// @ts-ignore: decorator
@inline
export function f64_neg(h: usize, a: u64): u64 {
  return a ^ signBit<u64>();
}

// @ts-ignore: decorator
@inline
export function f32_neg(h: usize, a: u64): u64 {
  return a ^ signBit<u32>();
}
