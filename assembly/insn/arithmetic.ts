/** Arithmetic that takes more than one operator. Division by zero and overflow give what the M extension says, never a trap. */

/** High 64 bits of the unsigned product, from four 32-bit products. */
export function mulhu(a: u64, b: u64): u64 {
  const al = a & 0xffff_ffff;
  const ah = a >> 32;
  const bl = b & 0xffff_ffff;
  const bh = b >> 32;
  const middle = ah * bl + ((al * bl) >> 32);
  const other = al * bh + (middle & 0xffff_ffff);
  return ah * bh + (middle >> 32) + (other >> 32);
}

/** High 64 bits of the signed product: each negative operand adds 2^64 times the other to the unsigned one. */
export function mulh(a: u64, b: u64): u64 {
  return mulhsu(a, b) - (<i64>b < 0 ? a : 0);
}

export function mulhsu(a: u64, b: u64): u64 {
  return mulhu(a, b) - (<i64>a < 0 ? b : 0);
}

const MOST_NEGATIVE: i64 = i64.MIN_VALUE;

export function div(a: u64, b: u64): u64 {
  if (b == 0) return ~0;
  if (<i64>a == MOST_NEGATIVE && <i64>b == -1) return a;
  return <u64>(<i64>a / <i64>b);
}

export function divu(a: u64, b: u64): u64 {
  return b == 0 ? ~0 : a / b;
}

export function rem(a: u64, b: u64): u64 {
  if (b == 0) return a;
  if (<i64>b == -1) return 0;
  return <u64>(<i64>a % <i64>b);
}

export function remu(a: u64, b: u64): u64 {
  return b == 0 ? a : a % b;
}

export function min(a: u64, b: u64): u64 {
  return <i64>a < <i64>b ? a : b;
}

export function max(a: u64, b: u64): u64 {
  return <i64>a > <i64>b ? a : b;
}

export function minu(a: u64, b: u64): u64 {
  return a < b ? a : b;
}

export function maxu(a: u64, b: u64): u64 {
  return a > b ? a : b;
}
