/** Zfa against definitions in exact arithmetic, on the operands of the other tests and the table of the manual. */
import { beforeAll, describe, expect, test } from "vitest";
import { fillOperands, Random, RECORD_WORDS } from "./operands.ts";
import { ADDITIONAL, type Operation } from "./operations.ts";
import { Subject } from "./subject.ts";

const [NX, NV] = [1n, 16n] as const;
const COUNT = 20_000;

/** A binary format and what its bits mean. */
interface Format {
  readonly fraction: bigint;
  readonly exponent: bigint;
}
const F64: Format = { fraction: 52n, exponent: 11n };
const F32: Format = { fraction: 23n, exponent: 8n };

const nanOf = ({ fraction, exponent }: Format) => ((1n << (exponent + 1n)) - 1n) << (fraction - 1n);
const box = (format: Format, bits: bigint) => (format === F32 ? bits | (0xffffffffn << 32n) : bits);
const unbox = (format: Format, bits: bigint) =>
  format === F64 ? bits : bits >> 32n === 0xffffffffn ? bits & 0xffffffffn : nanOf(F32);

/** A number as sign and magnitude in units of the smallest subnormal; infinity and NaN by name. */
function read({ fraction, exponent }: Format, bits: bigint) {
  const negative = bits >> (fraction + exponent) === 1n;
  const stored = (bits >> fraction) & ((1n << exponent) - 1n);
  const low = bits & ((1n << fraction) - 1n);
  const special = stored === (1n << exponent) - 1n;
  const nan = special && low !== 0n;
  const signaling = nan && low >> (fraction - 1n) === 0n;
  const units = stored === 0n ? low : ((1n << fraction) | low) << (stored - 1n);
  return { negative, special, nan, signaling, units, value: negative ? -units : units };
}

/** The units of 1. */
const oneOf = ({ fraction, exponent }: Format) => 1n << ((1n << (exponent - 1n)) - 2n + fraction);

function roundUnits(units: bigint, one: bigint, negative: boolean, rm: number): bigint {
  const whole = units / one;
  const twice = (units % one) * 2n;
  const up = [
    twice > one || (twice === one && whole % 2n === 1n),
    false,
    negative && twice > 0n,
    !negative && twice > 0n,
    twice >= one,
  ];
  return (whole + (up[rm] ? 1n : 0n)) * one;
}

/** Bits of a magnitude that the format can hold. */
function write({ fraction }: Format, units: bigint): bigint {
  const shift = units.toString(2).length - 1 - Number(fraction);
  return shift <= 0
    ? units
    : ((BigInt(shift) + 1n) << fraction) + ((units >> BigInt(shift)) - (1n << fraction));
}

type Answer = readonly [value: bigint, flags: bigint];

function round(format: Format, bits: bigint, rm: number, exact: boolean): Answer {
  const { nan, signaling, special, negative, units } = read(format, bits);
  if (nan) return [nanOf(format), signaling ? NV : 0n];
  if (special) return [bits, 0n];
  const rounded = roundUnits(units, oneOf(format), negative, rm);
  const sign = negative ? 1n << (format.fraction + format.exponent) : 0n;
  return [sign | write(format, rounded), exact && rounded !== units ? NX : 0n];
}

function choose(format: Format, a: bigint, b: bigint, larger: boolean): Answer {
  const [x, y] = [read(format, a), read(format, b)];
  if (x.nan || y.nan) return [nanOf(format), x.signaling || y.signaling ? NV : 0n];
  const aFirst = x.value === y.value ? x.negative : x.value < y.value;
  return [aFirst !== larger ? a : b, 0n];
}

function quiet(format: Format, a: bigint, b: bigint, holds: (a: bigint, b: bigint) => boolean): Answer {
  const [x, y] = [read(format, a), read(format, b)];
  if (x.nan || y.nan) return [0n, x.signaling || y.signaling ? NV : 0n];
  return [holds(x.value, y.value) ? 1n : 0n, 0n];
}

function modular(bits: bigint): Answer {
  const { special, value } = read(F64, bits);
  if (special) return [0n, NV];
  const whole = value / oneOf(F64);
  const outside = whole !== BigInt.asIntN(32, whole);
  return [
    BigInt.asUintN(64, BigInt.asIntN(32, whole)),
    outside ? NV : whole * oneOf(F64) !== value ? NX : 0n,
  ];
}

/** What an operation gives. */
function expected(name: string, raw: readonly bigint[], rm: number): Answer {
  const format = name.endsWith(".d") ? F64 : F32;
  const [a = 0n, b = 0n] = raw.map((bits) => unbox(format, bits));
  const boxed = ([value, flags]: Answer): Answer => [box(format, value), flags];
  switch (name.split(".")[0]) {
    case "fround":
      return boxed(round(format, a, rm, false));
    case "froundnx":
      return boxed(round(format, a, rm, true));
    case "fminm":
      return boxed(choose(format, a, b, false));
    case "fmaxm":
      return boxed(choose(format, a, b, true));
    case "fleq":
      return quiet(format, a, b, (x, y) => x <= y);
    case "fltq":
      return quiet(format, a, b, (x, y) => x < y);
    default:
      return modular(a);
  }
}

/** The table of fli from number 2 to 29. */
const CONSTANTS = [
  ...[
    2 ** -16,
    2 ** -15,
    2 ** -8,
    2 ** -7,
    0.0625,
    0.125,
    0.25,
    0.3125,
    0.375,
    0.4375,
    0.5,
    0.625,
    0.75,
    0.875,
  ],
  ...[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 8, 16, 128, 256, 32768, 65536],
];

describe("Zfa", () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await Subject.create();
  });

  function check(operation: Operation, mode: number): string[] {
    const records = new Uint32Array(COUNT * RECORD_WORDS);
    fillOperands(records, operation, new Random(11), COUNT);
    subject.load(operation, 0);
    const found = subject.run(mode, records, COUNT);
    const words = new BigUint64Array(records.buffer);
    const wrong: string[] = [];
    for (let i = 0; i < COUNT; i++) {
      const raw = [...words.subarray(i * 3, i * 3 + operation.sources.length)];
      const [value, flags] = expected(operation.name, raw, mode);
      if (found[i * 2] === value && found[i * 2 + 1] === flags) continue;
      const [theirs, ours] = [value, found[i * 2] ?? 0n].map((bits) => bits.toString(16));
      wrong.push(
        `${operation.name} rm=${mode} ${raw.map((bits) => bits.toString(16))}: ${ours} ${found[i * 2 + 1]}, not ${theirs} ${flags}`,
      );
    }
    return wrong.slice(0, 3);
  }

  for (const operation of ADDITIONAL.filter(({ sources }) => sources.length > 0)) {
    test(operation.name, () => {
      for (const mode of [0, 1, 2, 3, 4]) expect(check(operation, mode)).toEqual([]);
    });
  }

  for (const [name, format] of [
    ["fli.d", F64],
    ["fli.s", F32],
  ] as const) {
    test(`${name} has the constants of the manual`, () => {
      const operation = ADDITIONAL.find((candidate) => candidate.name === name) as Operation;
      const { fraction, exponent } = format;
      const one = oneOf(format);
      const scaled = (value: number) => (BigInt(value * 65536) * one) / 65536n;
      const table = [
        (1n << (fraction + exponent)) | write(format, one),
        1n << fraction,
        ...CONSTANTS.map((value) => write(format, scaled(value))),
        ((1n << exponent) - 1n) << fraction,
        nanOf(format),
      ];
      expect(table.length).toBe(32);
      for (const [index, bits] of table.entries()) {
        subject.load(operation, 0, 7, index);
        expect(subject.run(0, new Uint32Array(RECORD_WORDS), 1)[0]).toBe(box(format, bits));
      }
    });
  }
});
