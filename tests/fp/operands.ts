/** Operands that find mistakes: near boundaries, near each other, half-way, special, and random. All from one seed. */
import type { Format, Operation } from "./operations.ts";

/** Words of a record: three operands of 64 bits. */
export const RECORD_WORDS = 6;

/** Small fast generator (sfc32) of 32-bit numbers. */
export class Random {
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 16; i++) this.word();
  }

  word(): number {
    const t = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  below(limit: number): number {
    return this.word() % limit;
  }
}

interface Shape {
  readonly fraction: number;
  readonly exponent: number;
}

const SHAPES: Readonly<Record<Exclude<Format, "i64">, Shape>> = {
  f64: { fraction: 52, exponent: 11 },
  f32: { fraction: 23, exponent: 8 },
  f16: { fraction: 10, exponent: 5 },
};

/** A 64-bit number as two words, low first. */
type Pair = [number, number];

function lowBits(count: number): Pair {
  const low = count >= 32 ? 0xffffffff : 2 ** count - 1;
  const high = count > 32 ? 2 ** (count - 32) - 1 : 0;
  return [low, high];
}

/** One bit, or none beyond the width. */
function oneBit(at: number): Pair {
  return at < 32 ? [2 ** at, 0] : [0, 2 ** (at - 32)];
}

/** A fraction of `width` bits: sparse and dense ones make ties, carries and exact results likely. */
function fraction(random: Random, width: number): Pair {
  const all = lowBits(width);
  const cut = lowBits(random.below(width + 1));
  const noise: Pair = [random.word(), random.word()];
  const pick = (make: (word: 0 | 1) => number): Pair => [(make(0) & all[0]) >>> 0, (make(1) & all[1]) >>> 0];
  switch (random.below(10)) {
    case 0:
      return [0, 0];
    case 1:
      return all;
    case 2:
      return oneBit(random.below(width));
    case 3:
      return cut;
    case 4:
      return pick((word) => ~cut[word]);
    case 5:
      return pick((word) => noise[word] & ~cut[word]);
    case 6:
      return pick((word) => noise[word] & random.word() & random.word());
    case 7:
      return pick((word) => (noise[word] & ~cut[word]) | ((cut[word] >>> 1) & cut[word]));
    default:
      return pick((word) => noise[word]);
  }
}

/** The exponent of an operand; `near` is the exponent where interesting things happen. */
function exponent(random: Random, { fraction: width, exponent: bits }: Shape, near: number): number {
  const max = 2 ** bits - 1;
  const middle = max >> 1;
  const clamp = (value: number): number => Math.max(0, Math.min(max, value));
  switch (random.below(12)) {
    case 0:
      return 0;
    case 1:
      return max;
    case 2:
      return random.below(4);
    case 3:
      return max - random.below(4);
    case 4:
      return clamp(middle + random.below(70));
    case 5:
      return clamp(middle - random.below(width + 4));
    case 6:
      return random.below(max + 1);
    case 7:
      return clamp(near + random.below(2 * width + 8) - width - 4);
    default:
      return clamp(near + random.below(7) - 3);
  }
}

/** Integers around powers of two and around what has too many digits. */
function integer(random: Random): Pair {
  const power = random.below(64);
  const base = oneBit(power);
  const [low, high] = random.below(3) === 0 ? [random.word(), random.word()] : fraction(random, 64);
  switch (random.below(4)) {
    case 0:
      return [(base[0] + random.below(5)) >>> 0, base[1]];
    case 1:
      return [(base[0] - random.below(5)) >>> 0, base[1]];
    case 2:
      return [(low & (lowBits(power + 1)[0] | 0)) >>> 0, (high & lowBits(power + 1)[1]) >>> 0];
    default:
      return [low, high];
  }
}

/** The fraction of about 2 / 1.fraction: the product of both is a little more or less than a power of two. */
function reciprocal(random: Random, [low, high]: Pair, width: number): Pair {
  const bits = new BigUint64Array(1);
  const value = new Float64Array(bits.buffer);
  const all = (1n << BigInt(width)) - 1n;
  const shift = BigInt(52 - width);
  bits[0] = (0x3ffn << 52n) | (((BigInt(high) << 32n) | BigInt(low)) << shift);
  value[0] = 2 / (value[0] ?? 1);
  const fraction = (((bits[0] ?? 0n) >> shift) + BigInt(random.below(5) - 2)) & all;
  return [Number(fraction & 0xffffffffn), Number(fraction >> 32n)];
}

/** Exponents of a record's operands. `edge` is where the result over- or underflows, undefined in most records. */
class Exponents {
  readonly #chosen: number[] = [];

  constructor(
    private readonly random: Random,
    private readonly edge: boolean,
    private readonly sources: number,
  ) {}

  next(shape: Shape): number {
    const power = exponent(this.random, shape, this.#interesting(2 ** shape.exponent - 1));
    this.#chosen.push(power);
    return power;
  }

  /** Where the next exponent makes something happen: at a limit, near the other operand, near the product. */
  #interesting(max: number): number {
    const middle = max >> 1;
    const [first, second] = this.#chosen;
    const limit = this.random.below(2) ? max - 1 : 0;
    if (first === undefined) {
      const narrower = this.random.below(2) ? 127 : 15;
      const conversion = this.sources === 1 && this.edge;
      return conversion ? middle + (limit ? narrower : -narrower) : middle + this.random.below(8);
    }
    if (second !== undefined) return first + second - middle;
    if (!this.edge) return first;
    return this.random.below(2) ? limit + middle - first : first + middle - limit;
  }
}

/** The two words of a number. Narrow ones are NaN-boxed but for one in sixteen. */
function encode(random: Random, format: Exclude<Format, "i64">, power: number, [low, high]: Pair): Pair {
  const shape = SHAPES[format];
  const sign = random.word() & 1;
  if (format === "f64") return [low, ((sign << 31) | (power << 20) | high) >>> 0];
  const boxed = random.below(16) !== 0;
  const upper = boxed ? 0xffffffff : random.word();
  const padding = format === "f16" ? upper & 0xffff0000 : 0;
  const number = (sign << (shape.fraction + shape.exponent)) | (power << shape.fraction) | low;
  return [(padding | number) >>> 0, upper];
}

/** Fills `count` records. */
export function fillOperands(words: Uint32Array, operation: Operation, random: Random, count: number): void {
  for (let record = 0; record < count; record++) {
    const edge = random.below(6) === 0;
    const exponents = new Exponents(random, edge, operation.sources.length);
    let last: Pair = [0, 0];
    for (const [index, format] of operation.sources.entries()) {
      const at = record * RECORD_WORDS + index * 2;
      if (format === "i64") {
        [words[at], words[at + 1]] = integer(random);
        continue;
      }
      const { fraction: width } = SHAPES[format];
      const inverse = edge && index === 1 && random.below(4) !== 0;
      last = inverse ? reciprocal(random, last, width) : fraction(random, width);
      [words[at], words[at + 1]] = encode(random, format, exponents.next(SHAPES[format]), last);
    }
  }
}
