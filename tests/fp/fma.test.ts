/**
 * The two ways to a fused multiply-add of doubles: with the inexact flag up the host's arithmetic may do it, without it never
 * does. Both give the same number, also where the exponents are at the edge of what the host is trusted with, where the
 * addend takes almost all of the product away, and where the sum lies half-way.
 */
import { expect, it } from "vitest";
import { Random } from "./operands.ts";
import { OPERATIONS } from "./operations.ts";
import { Subject } from "./subject.ts";

const COUNT = 100_000;
const RNE = 0;
const BIAS = 1023;
/** Exponents at which assembly/fp/fma.ts decides. */
const FACTORS = [63, 64, 65, 200, 600, 1000, BIAS, 1100, 1500, 1921, 1922, 1923];
const SUMS = [1199, 1200, 1201, 1500, 2 * BIAS, 2500, 2998, 2999, 3000, 3001];
const ADDENDS = [0, 1, 500, BIAS, 1900, 1998, 1999, 2000, 2001, 2046];

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);
const toFloat = (pattern: bigint): number => {
  bits[0] = BigInt.asUintN(64, pattern);
  return float[0] as number;
};
const toBits = (value: number): bigint => {
  float[0] = value;
  return bits[0] as bigint;
};

function records(random: Random): BigUint64Array {
  const pick = (list: readonly number[]): number => list[random.below(list.length)] as number;
  const word = (): bigint => BigInt(random.word());
  /** A number of that exponent, with few ones or many. */
  const number = (exponent: number): bigint => {
    const noise = (word() << 32n) | word();
    const fraction = random.below(3) === 0 ? noise & ~((1n << (word() % 53n)) - 1n) : noise;
    return ((word() & 1n) << 63n) | (BigInt(exponent) << 52n) | BigInt.asUintN(52, fraction);
  };
  const operands = new BigUint64Array(3 * COUNT);
  for (let at = 0; at < operands.length; at += 3) {
    const first = pick(FACTORS);
    const second = random.below(2) ? pick(FACTORS) : Math.min(2046, Math.max(0, pick(SUMS) - first));
    const [a, b] = [number(first), number(second)];
    const product = toBits(toFloat(a) * toFloat(b));
    const addends = [
      number(pick(ADDENDS)),
      // What cancels the product but for its last bits, and what is far above or below it.
      BigInt.asUintN(64, (product ^ (1n << 63n)) + (word() % 5n) - 2n),
      number(Math.min(2046, Math.max(0, Number((product >> 52n) & 0x7ffn) + random.below(120) - 60))),
      // A power of two so far above that the product is about half of its last place.
      BigInt.asUintN(64, ((((product >> 52n) & 0x7ffn) + 52n + (word() % 4n)) % 2047n) << 52n),
    ];
    operands.set([a, b, addends[random.below(addends.length)] as bigint], at);
  }
  return operands;
}

it("are one", async () => {
  const subject = await Subject.create();
  const operation = OPERATIONS.find(({ name }) => name === "fmadd.d");
  if (!operation) throw new Error("there is no fmadd.d");
  const operands = records(new Random(5));
  const words = new Uint32Array(operands.buffer);
  const [soft, hard] = [0, 1].map((flags) => {
    subject.load(operation, flags);
    return subject.run(RNE, words, COUNT);
  }) as [BigUint64Array, BigUint64Array];
  const different = [];
  for (let i = 0; i < COUNT; i++) {
    if (soft[2 * i] !== hard[2 * i]) different.push([...operands.subarray(3 * i, 3 * i + 3)].map(toFloat));
  }
  expect(different.slice(0, 3)).toEqual([]);
});
