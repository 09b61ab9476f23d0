/** Bit manipulation and conditional zero against definitions over bit positions, on operands at the edges. */
import { describe, expect, test } from "vitest";
import { INSTRUCTION_SET } from "../core/encode.ts";
import { Random } from "../fp/operands.ts";
import { DATA, run } from "./program.ts";

type Bits = readonly boolean[];
const U64 = (value: bigint) => BigInt.asUintN(64, value);
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
const DEFINITIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
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

const EDGES = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  ~0n,
];

function operands(random: Random, count: number): bigint[] {
  const noise = () => (BigInt(random.word()) << 32n) | BigInt(random.word());
  const sparse = () => noise() & noise() & noise() & noise();
  const makers = [
    noise,
    sparse,
    () => ~sparse(),
    () => 1n << BigInt(random.below(64)),
    () => noise() >> BigInt(random.below(64)),
  ];
  return [
    ...EDGES,
    ...Array.from({ length: count }, (_, at) => (makers[at % makers.length] as () => bigint)()),
  ].map(U64);
}

const EXTENSIONS = new Set(["zba", "zbb", "zbc", "zbs", "zicond"]);
const LINES = INSTRUCTION_SET.instructions.filter(({ extension }) => EXTENSIONS.has(extension));
const [RD, RS1, RS2, INPUT, OUTPUT] = [5, 6, 7, 10, 11] as const;

describe("bit manipulation", () => {
  test("has a definition for each line", () => {
    expect(LINES.map(({ name }) => name).sort()).toEqual(Object.keys(DEFINITIONS).sort());
  });

  for (const line of LINES) {
    test(line.name, async () => {
      const random = new Random(7);
      const second = line.immediate
        ? Array.from({ length: 2 ** line.immediate.width }, (_, at) => BigInt(at))
        : [];
      const firsts = operands(random, 200);
      const pairs = firsts
        .flatMap((a) => (line.immediate ? second : operands(random, 3)).map((b) => [a, b] as const))
        .filter((_, at) => at % (line.immediate ? 13 : 1) === 0);
      const input = new BigUint64Array(pairs.flat());
      const outcome = await run(
        (a) => {
          for (const [, b] of line.immediate ? pairs : pairs.slice(0, 1)) {
            a.label(a.fresh()).op("ld", { rd: RS1, rs1: INPUT }).op("ld", { rd: RS2, rs1: INPUT, imm: 8 });
            a.op(line.name, { rd: RD, rs1: RS1, rs2: RS2, ...(line.immediate ? { imm: Number(b) } : {}) });
            a.op("sd", { rs2: RD, rs1: OUTPUT });
            a.op("addi", { rd: INPUT, rs1: INPUT, imm: 16 }).op("addi", { rd: OUTPUT, rs1: OUTPUT, imm: 8 });
          }
          if (!line.immediate) a.op("addi", { rd: 12, rs1: 12, imm: -1 }).to(".0", "bne", { rs1: 12 });
        },
        {
          x: { [INPUT]: BigInt(DATA), [OUTPUT]: BigInt(DATA + 0x10_0000), 12: BigInt(pairs.length) },
          memory: new Uint8Array(input.buffer),
        },
      );
      const output = outcome.core.view(DATA + 0x10_0000, pairs.length * 8) as Uint8Array;
      const found = [...new BigUint64Array(output.slice().buffer)];
      const define = DEFINITIONS[line.name] as (a: bigint, b: bigint) => bigint;
      const wrong = pairs.flatMap(([a, b], at) => {
        const expected = U64(define(a, b));
        return found[at] === expected
          ? []
          : [
              `${line.name}(${a.toString(16)}, ${b.toString(16)}) = ${found[at]?.toString(16)}, not ${expected.toString(16)}`,
            ];
      });
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  }
});
