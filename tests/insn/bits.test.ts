/** Bit manipulation and conditional zero against definitions over bit positions, on operands at the edges. */
import { describe, expect, test } from "vitest";
import { INSTRUCTION_SET } from "../core/encode.ts";
import { Random } from "../fp/operands.ts";
import { DEFINITIONS, U64 } from "./definitions.ts";
import { DATA, run } from "./program.ts";

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
