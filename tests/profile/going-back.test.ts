/** A machine that goes back executes again what has been counted; profiles count it once. */
import { expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { Profiler } from "../../host/profile/profiler.ts";

const END = 1_500_000;

async function profileOf(timing: string, travel: (machine: Machine) => void) {
  const machine = await Machine.create({ timing });
  machine.keepHistory();
  const profiler = new Profiler(machine);
  travel(machine);
  machine.run({ cycles: END - machine.cycles });
  const functions = profiler.functions().map(({ name, count, cycles }) => ({ name, count, cycles }));
  machine.dispose();
  return functions;
}

test.each(["ideal", "cva6"])("in %s time", async (timing) => {
  const there = await profileOf(timing, () => {});
  const andBack = await profileOf(timing, (machine) => {
    machine.run({ cycles: 600_000 });
    machine.debugger.stepBack(0);
    machine.debugger.goTo(200_000);
    machine.debugger.step(0);
    machine.debugger.goTo(500_000);
    machine.resume();
    machine.run({ cycles: 400_000 });
    machine.debugger.goTo(700_000);
  });
  expect(there.length).toBeGreaterThan(20);
  expect(andBack).toEqual(there);
});
