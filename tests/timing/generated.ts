/** Programs of the lockstep generator, run in the time of any pipeline: what the tests of the timing model's laws run. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Machine } from "../../host/machine.ts";
import { type Pipeline, parsePipeline } from "../../host/timing/pipelines.ts";
import type { HartStats } from "../../host/timing/timing.ts";
import { PIPELINE_FIELDS } from "../../spec/layout.ts";
import { RAM_BYTES } from "../lockstep/map.ts";
import { generate } from "../lockstep/program.ts";

const wasm = new WebAssembly.Module(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));

/** Small enough to be many, with a piece of everything. */
const SHAPE = { blocks: 60, rounds: 2 } as const;
/** All harts together; programs on several harts get in each other's way and need not end. */
export const MOST_CYCLES = 250_000;

/** The program of a seed, from RAM_BASE on. */
export type Programs = (seed: number) => Uint8Array;
const anyProgram: Programs = (seed) => generate(seed, SHAPE).image;

/** A machine at the first instruction of the seed's program. Every hart runs it, on the same memory; `plain` is without the memoising engine. */
export async function timedMachine(
  seed: number,
  pipeline: Pipeline,
  harts = 1,
  plain = false,
  programs: Programs = anyProgram,
): Promise<Machine> {
  const firmware = { name: `program ${seed}`, bytes: programs(seed) };
  const machine = await Machine.create({ wasm, ramBytes: RAM_BYTES, harts, firmware });
  machine.core.plainTiming = plain;
  machine.setTiming(pipeline);
  return machine;
}

/** Runs to the end of the program, or for so many cycles. */
export function runOut(machine: Machine, cycles = MOST_CYCLES): void {
  while (!machine.halted && machine.cycles < cycles) machine.run({ cycles: cycles - machine.cycles });
}

export function stackSum({ stack }: HartStats): number {
  return Object.values(stack).reduce((sum, part) => sum + part, 0);
}

const powers = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: most }).map((exponent) => 2 ** exponent);
const zeroOr = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(fc.constant(0), arbitrary);
const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** What each parameter may be, as its description says; latencies are drawn small, so that they meet. */
const DRAWN: Readonly<Record<string, fc.Arbitrary<number>>> = {
  fetchQueue: between(0, 14),
  fetchReplay: between(0, 1),
  targetQueue: between(0, 2),
  scoreboard: between(1, 8),
  commitWidth: between(1, 2),
  predictor: between(0, 2),
  bhtEntries: powers(0, 10),
  btbEntries: powers(0, 8),
  loadQueue: between(0, 1),
  loadLatency: between(1, 12),
  icacheSets: zeroOr(powers(0, 9)),
  icacheWays: powers(0, 4),
  dcacheSets: zeroOr(powers(0, 9)),
  dcacheWays: powers(0, 4),
  lineBits: between(3, 8),
  storeQueue: between(0, 4),
  writeBuffer: between(1, 8),
  writeSlots: between(1, 8),
  tlbEntries: zeroOr(powers(0, 6)),
  atomicStart: between(1, 12),
  trapForgets: between(0, 1),
  floatDivideOverlap: fc.constant(0),
};

const someParameters = fc.record(
  Object.fromEntries(PIPELINE_FIELDS.map(({ name }) => [name, DRAWN[name] ?? between(0, 12)])),
  // These depend on others.
  { requiredKeys: ["floatDivideOverlap", "fetchQueue", "fetchReplay"] },
);

/** A user's file: any base, any of its parameters changed. */
export const userPipeline: fc.Arbitrary<Pipeline> = fc
  .record({ base: fc.constantFrom("cva6", "classic5", "classic5-stalling"), parameters: someParameters })
  .map(({ base, parameters }) => {
    const { fetchQueue, fetchReplay } = parameters;
    // Only queues of some length replay.
    const fitting = fetchReplay === 1 ? 2 + ((fetchQueue ?? 0) % 9) : fetchQueue;
    const file = { name: "mine", base, parameters: { ...parameters, fetchQueue: fitting } };
    return parsePipeline("mine.json", JSON.stringify(file));
  });
