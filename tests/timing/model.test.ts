/** The pipeline model: textbook hazards, its parameters, and changes of who keeps the time. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Machine } from "../../host/machine.ts";
import { type Pipeline, parsePipeline, pipelineByName } from "../../host/timing/pipelines.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { buildElf } from "../host/boot/elf-builder.ts";

const wasm = readFileSync(fileURLToPath(new URL("../../dist/core.wasm", import.meta.url)));

const add = (rd: number, rs1: number, rs2: number): number => (rs2 << 20) | (rs1 << 15) | (rd << 7) | 0x33;
const ld = (rd: number, rs1: number): number => (rs1 << 15) | (3 << 12) | (rd << 7) | 0x03;
const sd = (rs2: number, rs1: number): number => (rs2 << 20) | (rs1 << 15) | (3 << 12) | 0x23;
const addi = (rd: number, rs1: number, imm: number): number =>
  ((imm & 0xfff) << 20) | (rs1 << 15) | (rd << 7) | 0x13;
const csrrCycle = (rd: number): number => (0xb00 << 20) | (2 << 12) | (rd << 7) | 0x73 | 0;
const auipc = (rd: number): number => (rd << 7) | 0x17;
/** beq x0, x0, +8: always taken, over one instruction. */
const BEQ_OVER = 0x00000463;
const SELF = 0x6f;
/** bne x11, x0, -12, and j -24. */
const BNEZ_BACK = 0xfe059ae3 | 0;
const BACK = 0xfe9ff06f | 0;

async function machineFor(
  code: readonly number[],
  timing: Pipeline | string,
  { harts = 1 } = {},
): Promise<Machine> {
  const bytes = new Uint8Array(new Int32Array(code).buffer);
  const elf = buildElf({ segments: [{ paddr: RAM_BASE, bytes }], entry: BigInt(RAM_BASE) });
  return Machine.create({
    wasm,
    harts,
    ramBytes: 16 * 2 ** 20,
    kernel: { name: "code", bytes: elf },
    timing,
  });
}

/** Cycles between the CSR reads before and behind the instructions, beyond those of nothing between. */
async function cyclesOf(body: readonly number[], timing: string): Promise<number> {
  const measure = async (between: readonly number[]): Promise<number> => {
    // x10 points at the code, so that loads have somewhere to go.
    const code = [auipc(10), csrrCycle(5), addi(0, 0, 0), ...between, addi(0, 0, 0), csrrCycle(6), SELF];
    const machine = await machineFor(code, timing);
    machine.run({ cycles: 2000 });
    const [from, to] = [5, 6].map((index) => machine.core.hart(0).get("x", index));
    return Number((to ?? 0n) - (from ?? 0n));
  };
  return (await measure(body)) - (await measure([]));
}

describe("the textbook's pipeline", () => {
  const INDEPENDENT = [add(7, 11, 12), add(13, 11, 12), add(14, 11, 12)];
  const CHAIN = [add(7, 11, 12), add(7, 7, 12), add(7, 7, 12)];
  const LOAD_USE = [ld(7, 10), add(8, 7, 12)];

  test.each([
    // The diagrams are in tests/pipeline/hazards.ts, their pictures in docs/pipelines.md.
    ["classic5", INDEPENDENT, 3],
    ["classic5", CHAIN, 3],
    ["classic5", LOAD_USE, 3],
    ["classic5", [BEQ_OVER, addi(0, 0, 0)], 3],
    ["classic5-stalling", INDEPENDENT, 3],
    ["classic5-stalling", CHAIN, 7],
    ["classic5-stalling", LOAD_USE, 4],
    ["ideal", LOAD_USE, 2],
  ] as const)("%s takes the diagram's cycles (%#)", async (timing, body, cycles) => {
    expect(await cyclesOf(body, timing)).toBe(cycles);
  });
});

describe("who keeps the time", () => {
  const LOOP = [auipc(10), ld(7, 10), add(8, 7, 8), addi(9, 9, 1), 0xff5ff06f | 0];

  test("can change between functional and timed runs, and is counted", async () => {
    const machine = await machineFor(LOOP, "ideal");
    machine.run({ cycles: 10_000 });
    expect(machine.timing).toBeUndefined();
    machine.setTiming("cva6");
    const before = machine.instructions;
    machine.run({ cycles: 10_000 });
    const [stats] = machine.stats();
    expect(stats?.instructions).toBe(machine.instructions - before);
    expect(stats?.cpi).toBeGreaterThan(1);
    expect(Object.values(stats?.stack ?? {}).reduce((sum, part) => sum + part, 0)).toBe(stats?.cycles);
    machine.setTiming("ideal");
    const [cycles, instructions] = [machine.cycles, machine.instructions];
    machine.run({ cycles: 10_000 });
    expect(machine.instructions - instructions).toBe(machine.cycles - cycles);
    expect(machine.stats()[0]?.cycles).toBe(stats?.cycles);
  });

  test("gives the same cycles however the run is cut", async () => {
    const whole = await machineFor(LOOP, "cva6");
    const cut = await machineFor(LOOP, "cva6");
    whole.run({ cycles: 50_000 });
    while (cut.cycles < whole.cycles) cut.run({ cycles: Math.min(777, whole.cycles - cut.cycles) });
    expect(cut.stats()).toEqual(whole.stats());
    expect(cut.core.hart(0).get("x", 9)).toBe(whole.core.hart(0).get("x", 9));
  });
});

describe("harts that share memory", () => {
  // Over the 4 KiB behind the code's, again and again, which the cache below does not hold; with a store behind each load.
  const SWEEP = [
    auipc(10) | 0x1000,
    addi(11, 0, 64),
    ld(7, 10),
    sd(7, 10),
    addi(10, 10, 64),
    addi(11, 11, -1),
    0xfe0598e3 | 0, // bnez x11, to the load
    0xfe5ff06f | 0, // j to the beginning
  ];
  const small = (parameters: object): Pipeline =>
    parsePipeline("small.json", JSON.stringify({ parameters: { dcacheSets: 4, ...parameters } }));
  const instructionsOf = async (harts: number, timing: Pipeline): Promise<bigint[]> => {
    const machine = await machineFor(SWEEP, timing, { harts });
    machine.run({ cycles: 40_000 });
    const counts = Array.from({ length: harts }, (_, hart) => machine.core.hart(hart).get("instret"));
    machine.dispose();
    return counts;
  };

  test("wait for the turns of all others", async () => {
    const [alone] = await instructionsOf(1, small({ memoryLatency: 10, memoryTurn: 5 }));
    const [slower] = await instructionsOf(1, small({ memoryLatency: 20, memoryTurn: 5 }));
    expect(alone).not.toBe(slower);
    expect(await instructionsOf(3, small({ memoryLatency: 10, memoryTurn: 5 }))).toEqual([
      slower,
      slower,
      slower,
    ]);
    expect(await instructionsOf(3, small({ memoryLatency: 10, memoryTurn: 0 }))).toEqual([
      alone,
      alone,
      alone,
    ]);
  });

  test("make a timed run on more harts slower, on one not", async () => {
    const [alone] = await instructionsOf(1, pipelineByName("cva6"));
    expect(await instructionsOf(1, small({ dcacheSets: 256, memoryTurn: 9 }))).toEqual([alone]);
    for (const count of await instructionsOf(4, small({}))) expect(count).toBeLessThan(alone ?? 0n);
  });
});

describe("a user's pipeline", () => {
  test("starts from a named one", () => {
    const mine = parsePipeline("mine.json", '{"name": "mine", "parameters": {"memoryLatency": 40}}');
    expect(mine.name).toBe("mine");
    expect(mine.parameters.get("memoryLatency")).toBe(40);
    expect(mine.parameters.get("loadLatency")).toBe(pipelineByName("cva6").parameters.get("loadLatency"));
  });

  test("that the documentation shows keeps the time", async () => {
    const path = "docs/small-caches.json";
    const mine = parsePipeline(path, readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
    expect(readFileSync(new URL("../../docs/timing.md", import.meta.url), "utf8")).toContain(path);
    // Over 4 KiB, again and again.
    const sweep = [
      auipc(10),
      addi(11, 0, 64),
      ld(7, 10),
      addi(10, 10, 64),
      addi(11, 11, -1),
      BNEZ_BACK,
      BACK,
    ];
    const missesOf = async (timing: Pipeline | string): Promise<number> => {
      const machine = await machineFor(sweep, "ideal");
      machine.setTiming(timing);
      machine.run({ cycles: 40_000 });
      return machine.stats()[0]?.events.dcacheMiss ?? 0;
    };
    expect(await missesOf("cva6")).toBe(64);
    expect(await missesOf(mine)).toBeGreaterThan(400);
  });

  test.each([
    ["nonsense", /is no JSON/],
    ["[]", /is an object/],
    ['{"speed": 1}', /"speed" is not known/],
    ['{"base": "z80"}', /mine.json: there is no pipeline "z80" to start from; there are cva6/],
    ['{"base": "ideal"}', /no parameters to start from/],
    ['{"parameters": {"memorylatency": 4}}', /no parameter "memorylatency"/],
    ['{"parameters": {"memoryLatency": -1}}', /memoryLatency .* from 0 to 100000, not -1/],
    ['{"parameters": {"tlbEntries": 12}}', /power of two from 1 to 64, or 0, not 12/],
    ['{"parameters": {"dcacheSets": 8192}}', /dcache has 65536 lines/],
  ])("is refused with a reason: %s", (text, reason) => {
    expect(() => parsePipeline("mine.json", text)).toThrow(reason);
  });
});
