/** Cycles are those of the machine: whoever looks on, and however often he stops it, a timed run is the same run. */
import { beforeAll, describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { PipelineRecorder } from "../../host/pipeline/recorder.ts";
import { Profiler } from "../../host/profile/profiler.ts";
import { randomNumbers } from "../replay/guest.ts";

/** Beyond the start of the scheduler, with timers and user programs. */
const END = 2_500_000;

function runOn(machine: Machine): void {
  machine.resume();
  machine.run({ cycles: END - machine.cycles });
}

/** Ways to get to the end. */
const WAYS: Readonly<Record<string, (machine: Machine) => void>> = {
  again: runOn,
  "in pieces": (machine) => {
    const random = randomNumbers(5);
    while (machine.cycles < END) machine.run({ cycles: Math.min(random(30_000) + 1, END - machine.cycles) });
  },
  "through breakpoints": (machine) => {
    for (const place of ["kmalloc", "schedule", "handle_exception"]) machine.debugger.breakAt(place);
    let stops = 0;
    while (machine.cycles < END - 100_000 && machine.debugger.continue({ cycles: 100_000 })) stops += 1;
    while (machine.cycles < END - 100_000) {
      stops += machine.debugger.continue({ cycles: END - 100_000 - machine.cycles }) ? 1 : 0;
    }
    expect(stops).toBeGreaterThan(20);
    runOnOverBreakpoints(machine);
  },
  "in single steps for a while": (machine) => {
    machine.run({ cycles: END / 2 });
    for (let steps = 0; steps < 2000; steps++) machine.debugger.step(0);
    runOn(machine);
  },
  "with a watchpoint": (machine) => {
    machine.debugger.watch("system_state", { length: 4 });
    runOnOverBreakpoints(machine);
  },
  "with its pipeline recorded": (machine) => {
    const recorder = new PipelineRecorder(machine, { keep: "last", limit: 1000 });
    runOn(machine);
    expect(recorder.rows()).toHaveLength(1000);
  },
  "profiled for a while": (machine) => {
    machine.run({ cycles: END / 4 });
    const profiler = new Profiler(machine);
    machine.run({ cycles: END / 4 });
    expect(profiler.functions().length).toBeGreaterThan(10);
    profiler.stop();
    runOn(machine);
  },
  "with a history": (machine) => {
    machine.debugger.keepHistory();
    machine.run({ cycles: END / 2 });
    machine.debugger.goTo(END / 3);
    machine.debugger.stepBack(0);
    runOn(machine);
  },
};

function runOnOverBreakpoints(machine: Machine): void {
  while (machine.cycles < END) machine.debugger.continue({ cycles: END - machine.cycles });
}

const figures = (machine: Machine): unknown => ({
  cycles: machine.cycles,
  position: machine.position,
  stats: machine.stats(),
  output: machine.console.output,
  state: machine.stateHash(),
});

describe.each([1, 2])("a timed run on %d harts is the same", (harts) => {
  let plain: unknown;
  const run = async (way: (machine: Machine) => void): Promise<unknown> => {
    const machine = await Machine.create({ harts, timing: "cva6" });
    way(machine);
    const result = figures(machine);
    machine.dispose();
    return result;
  };
  beforeAll(async () => {
    plain = await run(runOn);
  });

  test.each(Object.entries(WAYS))("%s", async (_name, way) => {
    expect(await run(way)).toEqual(plain);
  });
});
