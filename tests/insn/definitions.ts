/** What the instructions of Zba, Zbb, Zbc, Zbs and Zicond give, written over bit positions. */

type Bits = readonly boolean[];
export const U64 = (value: bigint) => BigInt.asUintN(64, value);
const bitsOf = (value: bigint, width = 64): Bits =>
  Array.from({ length: width }, (_, at) => ((value >> BigInt(at)) & 1n) === 1n);
const fromBits = (bits: Bits): bigint =>
  bits.reduce((sum, bit, at) => sum + (bit ? 1n << BigInt(at) : 0n), 0n);
const signed = (value: bigint, width = 64) => BigInt.asIntN(width, value);
const low = (value: bigint, width: number) => BigInt.asUintN(width, value);
const word = (value: bigint) => U64(signed(value, 32));

/** How many bits in a row, in this order, are clear. */
function run0(bits: Bits): bigint {
  const first = bits.indexOf(true);
  return BigInt(first < 0 ? bits.length : first);
}

const reversed = (bits: Bits): Bits => [...bits].reverse();
const rotated = (bits: Bits, left: bigint): Bits =>
  bits.map((_, at) => bits[(at - Number(left) + 2 * bits.length) % bits.length] === true);
const bytesOf = (value: bigint): bigint[] =>
  Array.from({ length: 8 }, (_, at) => low(value >> BigInt(8 * at), 8));
const fromBytes = (bytes: readonly bigint[]) =>
  bytes.reduce((sum, byte, at) => sum | (byte << BigInt(8 * at)), 0n);

/** The 128-bit product of polynomials over two elements. */
function carryless(a: bigint, b: bigint): bigint {
  return bitsOf(b).reduce((product, bit, at) => (bit ? product ^ (a << BigInt(at)) : product), 0n);
}

const shift = (b: bigint, width = 64) => b % BigInt(width);
const oneBit = (b: bigint) => 1n << shift(b);

/** What each instruction gives; b is rs2 or the immediate. */
export const DEFINITIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "add.uw": (a, b) => low(a, 32) + b,
  sh1add: (a, b) => a * 2n + b,
  sh2add: (a, b) => a * 4n + b,
  sh3add: (a, b) => a * 8n + b,
  "sh1add.uw": (a, b) => low(a, 32) * 2n + b,
  "sh2add.uw": (a, b) => low(a, 32) * 4n + b,
  "sh3add.uw": (a, b) => low(a, 32) * 8n + b,
  "slli.uw": (a, b) => low(a, 32) << b,
  andn: (a, b) => a & ~b,
  orn: (a, b) => a | ~b,
  xnor: (a, b) => ~(a ^ b),
  clz: (a) => run0(reversed(bitsOf(a))),
  clzw: (a) => run0(reversed(bitsOf(a, 32))),
  ctz: (a) => run0(bitsOf(a)),
  ctzw: (a) => run0(bitsOf(a, 32)),
  cpop: (a) => BigInt(bitsOf(a).filter(Boolean).length),
  cpopw: (a) => BigInt(bitsOf(a, 32).filter(Boolean).length),
  max: (a, b) => (signed(a) > signed(b) ? a : b),
  maxu: (a, b) => (a > b ? a : b),
  min: (a, b) => (signed(a) < signed(b) ? a : b),
  minu: (a, b) => (a < b ? a : b),
  "sext.b": (a) => signed(a, 8),
  "sext.h": (a) => signed(a, 16),
  "zext.h": (a) => low(a, 16),
  rol: (a, b) => fromBits(rotated(bitsOf(a), shift(b))),
  ror: (a, b) => fromBits(rotated(bitsOf(a), -shift(b))),
  rori: (a, b) => fromBits(rotated(bitsOf(a), -b)),
  rolw: (a, b) => word(fromBits(rotated(bitsOf(a, 32), shift(b, 32)))),
  rorw: (a, b) => word(fromBits(rotated(bitsOf(a, 32), -shift(b, 32)))),
  roriw: (a, b) => word(fromBits(rotated(bitsOf(a, 32), -b))),
  "orc.b": (a) => fromBytes(bytesOf(a).map((byte) => (byte ? 0xffn : 0n))),
  rev8: (a) => fromBytes(bytesOf(a).reverse()),
  clmul: (a, b) => carryless(a, b),
  clmulh: (a, b) => carryless(a, b) >> 64n,
  clmulr: (a, b) => carryless(a, b) >> 63n,
  bclr: (a, b) => a & ~oneBit(b),
  bclri: (a, b) => a & ~oneBit(b),
  bext: (a, b) => (a / oneBit(b)) % 2n,
  bexti: (a, b) => (a / oneBit(b)) % 2n,
  binv: (a, b) => a ^ oneBit(b),
  binvi: (a, b) => a ^ oneBit(b),
  bset: (a, b) => a | oneBit(b),
  bseti: (a, b) => a | oneBit(b),
  "czero.eqz": (a, b) => (b === 0n ? 0n : a),
  "czero.nez": (a, b) => (b === 0n ? a : 0n),
};
