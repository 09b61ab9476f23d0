/** Kanata files of windows: well-formed, complete, in order, and at one with the guest's own cycle counter. */
import { describe, expect, test } from "vitest";
import type { Machine } from "../../host/machine.ts";
import { kanata } from "../../host/pipeline/kanata.ts";
import { PipelineRecorder } from "../../host/pipeline/recorder.ts";
import { PIPELINES, type Pipeline, parsePipeline, pipelineByName } from "../../host/timing/pipelines.ts";
import { csrNumber } from "../core/encode.ts";
import { machineWith, powerOff } from "../core/harness.ts";
import { workload } from "../core/workload.ts";
import { type KanataOp, readKanata } from "./kanata-reader.ts";

const MINE = parsePipeline("mine.json", '{"base": "cva6", "parameters": {"memoryLatency": 40}}');
const SLOW = parsePipeline("slow.json", '{"base": "classic5", "parameters": {"divideLatency": 20}}');
const SUBJECTS: readonly Pipeline[] = [...PIPELINES, MINE, SLOW];

/** A loop of loads, stores, multiplications, divisions, calls and branches between two readings of mcycle in s2 and s3. */
async function measured(pipeline: Pipeline): Promise<Machine> {
  const machine = await machineWith((a) => {
    a.op("auipc", { rd: 10 }).li(9, 20).li(5, 7);
    a.op("csrrs", { rd: 18, csr: csrNumber("mcycle") });
    a.label("loop").op("ld", { rd: 6, rs1: 10 }).op("mul", { rd: 6, rs1: 6, rs2: 9 });
    a.op("divu", { rd: 7, rs1: 6, rs2: 5 }).op("sd", { rs1: 10, rs2: 7, imm: 1024 });
    a.op("ld", { rd: 7, rs1: 10, imm: 1024 }).to("function", "jal", { rd: 1 });
    a.op("andi", { rd: 7, rs1: 9, imm: 3 }).to("odd", "bne", { rs1: 7, rs2: 0 });
    a.op("amoadd.d", { rd: 7, rs1: 10, rs2: 5 }).op("fence");
    a.label("odd").op("addi", { rd: 9, rs1: 9, imm: -1 }).to("loop", "bne", { rs1: 9, rs2: 0 });
    a.op("csrrs", { rd: 19, csr: csrNumber("mcycle") });
    powerOff(a);
    a.label("function").op("addi", { rd: 8, rs1: 8, imm: 1 }).op("jalr", { rs1: 1 });
  });
  machine.setTiming(pipeline);
  return machine;
}

const register = (machine: Machine, index: number): number => Number(machine.core.hart(0).get("x", index));

/** Retired in the order of their serials, each with its stages one behind the other. */
function checkOps(ops: readonly KanataOp[]): KanataOp[] {
  for (const op of ops) {
    expect(op.retired, op.label).toBeDefined();
    const lane = op.stages.filter((stage) => stage.lane === 0);
    expect(lane[0]?.begin, op.label).toBe(op.fetched);
    expect(lane.at(-1)?.end, op.label).toBe(op.retired?.cycle);
    for (const [index, stage] of lane.entries()) {
      expect(stage.end, op.label).toBeGreaterThan(stage.begin);
      if (index > 0) expect(stage.begin, op.label).toBe(lane[index - 1]?.end);
    }
  }
  const retired = ops.filter((op) => op.retired?.flushed === false);
  const serials = retired.map((op) => op.retired?.serial ?? -1);
  expect([...serials].sort((a, b) => a - b)).toEqual(serials.map((_, index) => index));
  return retired;
}

describe.each(SUBJECTS.map((pipeline) => [pipeline.name, pipeline] as const))("%s", (_, pipeline) => {
  test("the file agrees with the cycle counter", async () => {
    const machine = await measured(pipeline);
    const recorder = new PipelineRecorder(machine);
    machine.run({ cycles: 200_000 });
    expect(machine.halted).toBeDefined();
    const ops = readKanata(kanata(recorder.rows()));
    const retired = checkOps(ops);
    expect(retired.length).toBe(machine.instructions);
    // In order of commit, which is the order of the program.
    for (const [index, op] of retired.entries()) {
      if (index === 0) continue;
      expect(op.retired?.cycle).toBeGreaterThanOrEqual(retired[index - 1]?.retired?.cycle ?? 0);
      expect(op.retired?.serial).toBe(index);
    }
    const [first, last] = retired.filter(({ label }) => label.includes("mcycle"));
    const distance = (last?.retired?.cycle ?? 0) - (first?.retired?.cycle ?? 0);
    expect(distance).toBe(register(machine, 19) - register(machine, 18));
    expect(ops.some((op) => op.retired?.flushed)).toBe(pipeline.name !== "ideal");
  });

  test("so does that of any window", async () => {
    const machine = await measured(pipeline);
    const window = { from: { kind: "cycle", cycle: 120 }, to: { kind: "after", cycles: 300 } } as const;
    const recorder = new PipelineRecorder(machine, window);
    machine.run({ cycles: 200_000 });
    const retired = checkOps(readKanata(kanata(recorder.rows())));
    const cycles = retired.map((op) => (op.retired?.cycle ?? 0) - 1);
    expect(Math.min(...cycles)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...cycles)).toBeLessThan(420);
    expect(retired.length).toBeGreaterThan(5);
  });
});

test("harts are threads of the file, each in order", async () => {
  const machine = await machineWith((a) => workload(a, 3, 8), { harts: 3 });
  machine.setTiming("cva6");
  const recorder = new PipelineRecorder(machine);
  machine.run({ cycles: 1_000_000 });
  const retired = checkOps(readKanata(kanata(recorder.rows())));
  for (const thread of [0, 1, 2]) {
    const cycles = retired.filter((op) => op.thread === thread).map((op) => op.retired?.cycle ?? 0);
    expect(cycles.length).toBeGreaterThan(100);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
  }
});

test("a recorder keeps the first or the last instructions of its window", async () => {
  const rowsOf = async (keep: "first" | "last") => {
    const machine = await measured(MINE);
    const recorder = new PipelineRecorder(machine, { limit: 40, keep });
    machine.run({ cycles: 200_000 });
    const rows = recorder.rows();
    expect(recorder.overflowed).toBe(true);
    return rows;
  };
  const [first, last] = [await rowsOf("first"), await rowsOf("last")];
  expect([first.length, last.length]).toEqual([40, 40]);
  expect(first[0]?.cycle).toBeLessThan(last[0]?.cycle ?? 0);
});

test("a recorder of a machine that goes back has every instruction once", async () => {
  const machine = await measured(pipelineByName("ideal"));
  machine.keepHistory();
  const recorder = new PipelineRecorder(machine);
  machine.run({ cycles: 150 });
  const first = recorder.rows();
  machine.debugger.goTo(60);
  machine.run({ cycles: machine.cycles < 150 ? 150 - machine.cycles : 0 });
  expect(recorder.rows().map(({ pc, cycle }) => [pc, cycle])).toEqual(
    first.map(({ pc, cycle }) => [pc, cycle]),
  );
});
