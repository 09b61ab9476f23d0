/** Multiplication. */
import { bias, exponent, infinity, isNan, isWellNormal, magnitude, signOf, significand } from "./format";
import { mulhu } from "../insn/arithmetic";
import { invalid, nanOf } from "./nan";
import { normalizeRound } from "./round";
import { hostMayCompute } from "./state";

// @ts-ignore: decorator
@inline
function multiply<T>(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (isNan<T>(a) || isNan<T>(b)) return nanOf<T>(h, a, b);
  const sign = signOf<T>(a ^ b);
  const one = magnitude<T>(a);
  const other = magnitude<T>(b);
  if (one == infinity<T>() || other == infinity<T>()) {
    return one == 0 || other == 0 ? invalid<T>(h) : sign | infinity<T>();
  }
  if (one == 0 || other == 0) return sign;
  // 2^62 x 2^63 is 2^61 in the upper half.
  const x = significand<T>(a);
  const y = significand<T>(b) << 1;
  const product = mulhu(x, y) | (<u64>(x * y != 0));
  return normalizeRound<T>(h, sign, exponent<T>(a) + exponent<T>(b) - bias<T>() + 1, product, rm);
}

function multiply64(h: usize, a: u64, b: u64, rm: u32): u64 {
  return multiply<u64>(h, a, b, rm);
}

function multiply32(h: usize, a: u64, b: u64, rm: u32): u64 {
  return multiply<u32>(h, a, b, rm);
}

export function f64_mul(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const product = reinterpret<u64>(reinterpret<f64>(a) * reinterpret<f64>(b));
    if (isWellNormal<u64>(product)) return product;
  }
  return multiply64(h, a, b, rm);
}

export function f32_mul(h: usize, a: u64, b: u64, rm: u32): u64 {
  if (hostMayCompute(h, rm)) {
    const product = <u64>reinterpret<u32>(reinterpret<f32>(<u32>a) * reinterpret<f32>(<u32>b));
    if (isWellNormal<u32>(product)) return product;
  }
  return multiply32(h, a, b, rm);
}
