/** Timed machines and their past: snapshots, recordings and ways back hold the pipeline model, and changes of who keeps the time. */
import { describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { parsePipeline } from "../../host/timing/pipelines.ts";
import { loggedIn, type Mark, markOf, newMachine, randomNumbers, WORK } from "../replay/guest.ts";

const MINE = parsePipeline("mine", '{"name": "mine", "parameters": {"memoryLatency": 7, "dcacheWays": 4}}');
/** Places that are gone to; HARTBEAT_LONG=1 goes on for longer. */
const VISITS = process.env.HARTBEAT_LONG ? 200 : 6;
/** One after the other; the first one comes back with its caches cold, as another was in the core. */
const CHANGES = ["cva6", "ideal", "cva6", MINE, "classic5", "ideal"] as const;

/** Has the machine work with changing time, stops and steps, and marks the ends of the stretches. */
function workWithChanges(machine: Machine, count: number, random: (limit: number) => number): Mark[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 5 === 0) machine.console.send(WORK[(index / 5) % WORK.length] as string);
    if (index % 3 === 1) machine.setTiming(CHANGES[((index / 3) % CHANGES.length) | 0] ?? "ideal");
    if (random(3) === 0)
      for (let steps = random(12); steps >= 0; steps--) machine.step(random(machine.core.hartCount));
    else machine.run({ cycles: random(1_000_000) + 1 });
    return markOf(machine);
  });
}

const figures = (machine: Machine): unknown => ({
  timing: machine.timing?.name,
  cycles: machine.cycles,
  stats: machine.stats(),
  state: machine.stateHash(),
});

describe.each([1, 3])("on %d harts", (harts) => {
  test("a snapshot goes on in the same cycles, whichever engine ran before and runs after", async () => {
    const machine = await newMachine(harts);
    machine.setTiming("cva6");
    const file: Uint8Array[] = [];
    for (const plain of [false, true]) {
      const other = await newMachine(harts);
      other.setTiming("cva6");
      other.core.plainTiming = plain;
      other.run({ cycles: 3_000_000 });
      file.push(await other.snapshot());
      other.dispose();
    }
    expect(Buffer.compare(file[0] as Uint8Array, file[1] as Uint8Array)).toBe(0);
    const [restored, plainly] = [await newMachine(harts), await newMachine(harts)];
    await restored.restore(file[0] as Uint8Array);
    await plainly.restore(file[0] as Uint8Array);
    plainly.core.plainTiming = true;
    machine.run({ cycles: 5_000_000 });
    for (const each of [restored, plainly]) {
      expect(each.timing?.name).toBe("cva6");
      each.run({ cycles: 2_000_000 });
      expect(figures(each)).toEqual(figures(machine));
    }
  });

  test("a run with changes of time is found again, back and forth", async () => {
    const random = randomNumbers(harts + 90);
    const machine = await loggedIn(harts);
    const history = machine.keepHistory();
    const marks = workWithChanges(machine, 18, random);
    for (let visit = 0; visit < VISITS; visit++) {
      const mark = marks[random(marks.length)] as Mark;
      history.goTo(mark.at);
      expect(machine.stateHash()).toBe(mark.state);
    }
  });

  test("a recording with changes of time is repeated bit for bit, in pieces", async () => {
    const random = randomNumbers(harts + 50);
    const machine = await newMachine(harts);
    machine.setTiming("cva6");
    machine.run({ cycles: 2_000_000 });
    workWithChanges(machine, 12, random);
    const recording = machine.recording();
    const other = await newMachine(harts);
    other.replay(recording);
    while (other.run({ cycles: random(800_000) + 1 }) !== "replayed");
    expect(other.replayedTruly).toBe(true);
    expect(figures(other)).toEqual(figures(machine));
  });

  test("a step back undoes a timed step", async () => {
    const machine = await loggedIn(harts);
    machine.setTiming("cva6");
    machine.keepHistory();
    machine.console.send("ps -ef\n");
    const random = randomNumbers(harts);
    for (let round = 0; round < 12; round++) {
      machine.run({ cycles: random(200_000) });
      const hart = random(harts);
      machine.debugger.step(hart);
      const executed = machine.core.lastRun(hart);
      machine.debugger.step(hart);
      const there = markOf(machine);
      if (machine.core.lastRun(hart) === executed) continue;
      machine.debugger.stepBack(hart);
      expect(machine.core.lastRun(hart)).toBe(executed);
      machine.debugger.goTo(there.at);
      expect(machine.stateHash()).toBe(there.state);
    }
  });
});

test("a breakpoint is found going back in timed runs", async () => {
  const machine = await Machine.create({ timing: "cva6" });
  machine.debugger.keepHistory();
  machine.debugger.breakAt("kmem_cache_create");
  const seen: unknown[] = [];
  while (seen.length < 8 && machine.debugger.continue({ cycles: 5_000_000 })) seen.push(figures(machine));
  expect(seen.length).toBeGreaterThan(2);
  machine.run({ cycles: 1000 });
  for (const there of seen.slice(0, -1).reverse()) {
    machine.debugger.reverseContinue();
    expect(figures(machine)).toEqual(there);
  }
});

test("breakpoints and watched stores are found going back, also on the first of two instructions that commit in one cycle", async () => {
  const machine = await Machine.create({ timing: "cva6" });
  const { debugger: gdb, registers } = machine;
  gdb.keepHistory();
  const place = () => ({ pc: registers.read(0, "pc") as bigint, executed: machine.core.executed });
  gdb.breakAt("kmem_cache_create");
  gdb.continue({ cycles: 5_000_000 });
  const { pc } = place();
  const stores = gdb.watch((registers.read(0, "sp") as bigint) - 16n);
  const kinds = Array.from({ length: 5 }, () => gdb.continue({ cycles: 5_000_000 })?.kind);
  const back = Array.from({ length: 5 }, () => gdb.reverseContinue().kind);
  expect(back.filter((kind) => kind === "watch")).toHaveLength(
    kinds.filter((kind) => kind === "watch").length,
  );
  expect(kinds).toContain("watch");
  stores.remove();
  gdb.goTo(0);
  gdb.continue({ cycles: 5_000_000 });
  for (let address = pc; address < pc + 400n; address += 2n) gdb.breakAt(address);
  const places = Array.from({ length: 80 }, () => {
    const there = place();
    gdb.continue({ cycles: 5_000_000 });
    return there;
  });
  expect(places.some(({ executed }, index) => executed === places[index + 1]?.executed)).toBe(true);
  for (const there of places.reverse()) {
    gdb.reverseContinue();
    expect(place()).toEqual(there);
  }
});
