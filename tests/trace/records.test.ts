/** The instruction trace: complete, in order, and without effect on the run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Machine } from "../../host/machine.ts";
import { PIPELINES } from "../../host/timing/pipelines.ts";
import type { WindowOptions } from "../../host/trace/instruction-trace.ts";
import { machineWith, runToEnd } from "../core/harness.ts";
import { workload } from "../core/workload.ts";

const HARTS = 3;

async function workingMachine(pipeline: string, harts = HARTS): Promise<Machine> {
  const machine = await machineWith((a) => workload(a, harts, 60), { harts });
  machine.setTiming(pipeline);
  return machine;
}

/** What a run led to. */
function outcome(machine: Machine) {
  return { hash: machine.stateHash(), instructions: machine.instructions, stats: machine.stats() };
}

describe.each(PIPELINES.map(({ name }) => name))("in the time of %s", (pipeline) => {
  test("every cycle of every hart is accounted for", async () => {
    const machine = await workingMachine(pipeline);
    const issued: number[] = [];
    const stalls: number[] = [];
    const executed: number[] = [];
    const trapped: number[] = [];
    machine.trace.listen({
      onRecord: ({ kind, hart, issued: at, stall }) => {
        if (kind === "exception") trapped[hart] = (trapped[hart] ?? 0) + 1;
        if (kind !== "instruction") return;
        // Nothing issues twice in a cycle, and no stall reaches back over the instruction before.
        expect(at - stall).toBeGreaterThan(issued[hart] ?? 0);
        issued[hart] = at;
        stalls[hart] = (stalls[hart] ?? 0) + stall;
        executed[hart] = (executed[hart] ?? 0) + 1;
      },
    });
    runToEnd(machine);
    machine.trace.flush();
    for (let hart = 0; hart < HARTS; hart++) {
      const retired = Number(machine.core.hart(hart).get("instret"));
      expect((executed[hart] ?? 0) - (trapped[hart] ?? 0)).toBe(retired);
      const stats = machine.stats()[hart];
      if (!machine.timing || !stats) continue;
      const { base, idle, drain, ...causes } = stats.stack;
      expect(executed[hart]).toBe(base);
      expect(stalls[hart]).toBe(Object.values(causes).reduce((sum, cycles) => sum + cycles, 0));
      expect(idle + drain).toBeGreaterThan(0);
    }
  });

  test("a trace of any window changes nothing", async () => {
    const plain = await workingMachine(pipeline);
    runToEnd(plain);
    const { cycles } = plain;
    const expected = outcome(plain);
    await fc.assert(
      fc.asyncProperty(fc.nat(cycles), fc.nat(cycles), async (start, length) => {
        const machine = await workingMachine(pipeline);
        const options: WindowOptions = {
          from: { kind: "cycle", cycle: start },
          to: { kind: "after", cycles: length },
        };
        const seen: number[] = [];
        machine.trace.listen({ onRecord: ({ cycle }) => seen.push(cycle) }, options);
        runToEnd(machine);
        machine.trace.flush();
        expect(outcome(machine)).toEqual(expected);
        expect(seen.every((cycle) => cycle >= start && cycle < start + length)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });
});

test("two listeners see what each of them asked for", async () => {
  const machine = await workingMachine("cva6", 1);
  const all: number[] = [];
  const some: number[] = [];
  machine.trace.listen({ onRecord: ({ cycle }) => all.push(cycle) });
  machine.trace.listen(
    { onRecord: ({ cycle }) => some.push(cycle) },
    { from: { kind: "cycle", cycle: 500 }, to: { kind: "cycle", cycle: 900 } },
  );
  runToEnd(machine);
  machine.trace.flush();
  expect(some.length).toBeGreaterThan(50);
  expect(some).toEqual(all.filter((cycle) => cycle >= 500 && cycle < 900));
});

test("a listener that has enough does not end another's window", async () => {
  const machine = await workingMachine("cva6", 1);
  const to = { kind: "cycle", cycle: 900 } as const;
  const few: number[] = [];
  const window = machine.trace.listen({ onRecord: ({ cycle }) => few.push(cycle) > 4 && window.close() });
  const all: number[] = [];
  machine.trace.listen({ onRecord: ({ cycle }) => all.push(cycle) }, { to });
  runToEnd(machine);
  machine.trace.flush();
  expect(few.length).toBe(5);
  expect(all.length).toBeGreaterThan(100);
});

test("a window begins and ends where the guest comes to an address", async () => {
  let [from, to] = [0, 0];
  const machine = await machineWith((a) => {
    for (let i = 0; i < 10; i++) a.op("addi", { rd: 5, rs1: 5, imm: 1 });
    from = a.here;
    for (let i = 0; i < 10; i++) a.op("addi", { rd: 6, rs1: 6, imm: 1 });
    to = a.here;
    a.label("end").to("end", "jal");
  });
  const seen: number[] = [];
  const address = (value: number) => ({ kind: "address", addresses: [BigInt(value)], user: false }) as const;
  const window = machine.trace.listen(
    { onRecord: ({ pc }) => seen.push(pc) },
    { from: address(from), to: address(to) },
  );
  expect(window.first).toBeUndefined();
  machine.run({ cycles: 200 });
  expect(window.over).toBe(true);
  expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => from + 4 * index));
});
