/** Recorded runs repeat themselves bit for bit, on new machines and however they are cut. */
import { expect, test } from "vitest";
import { HartbeatError } from "../../host/errors.ts";
import type { Machine } from "../../host/node/index.ts";
import { readLog, writeLog } from "../../host/replay/log-file.ts";
import { loggedIn, newMachine, randomNumbers, workAndMark } from "./guest.ts";

/** Runs to the end of a recording in pieces of up to `piece` cycles. */
function replay(machine: Machine, recording: string, piece: (limit: number) => number): void {
  machine.replay(recording);
  for (let pieces = 0; pieces < 100_000; pieces++) {
    const end = machine.run({ cycles: piece(5_000_000) + 1 });
    if (end === "replayed") return;
    expect(end).toBe("cycles");
  }
  throw new Error("the replay has no end");
}

for (const harts of [1, 4]) {
  test(`a session on ${harts} harts is repeated`, async () => {
    const machine = await loggedIn(harts);
    workAndMark(machine, 12, randomNumbers(7));
    const recording = machine.recording();
    expect(recording.length).toBeLessThan(10_000);

    const other = await newMachine(harts);
    replay(other, recording, randomNumbers(8));
    expect(other.stateHash()).toBe(machine.stateHash());
    expect(other.replayedTruly).toBe(true);
    expect(other.console.output).toBe(machine.console.output);
    for (const each of [machine, other]) each.run({ cycles: 10_000_000 });
    expect(other.stateHash()).toBe(machine.stateHash());
  });
}

test("a recording goes on from a snapshot", async () => {
  const machine = await loggedIn(2);
  const file = await machine.snapshot();
  await machine.restore(file);
  workAndMark(machine, 6, randomNumbers(9));
  const recording = machine.recording();

  const other = await newMachine(2);
  expect(() => other.replay(recording)).toThrow(/goes on from a snapshot/);
  await other.restore(file);
  replay(other, recording, randomNumbers(10));
  expect(other.replayedTruly).toBe(true);
});

test("damaged recordings and those of other machines are refused", async () => {
  const machine = await newMachine(1);
  machine.run({ cycles: 1_000_000 });
  const recording = machine.recording();
  const other = await newMachine(2);
  expect(() => other.replay(recording)).toThrow(/has 1 harts, this one 2/);
  for (const bad of ["", "hello\n", recording.slice(0, -20), recording.replace('"executed"', '"exequted"')]) {
    expect(() => other.replay(bad)).toThrow(HartbeatError);
  }
  const run = readLog(recording);
  const { at } = run.end;
  for (const bad of [
    { ...run, inputs: [{ at, input: { kind: "nothing" } }] },
    { ...run, inputs: [null] },
    { ...run, end: { ...run.end, at: { ...at, cycle: {} } } },
    { ...run, end: { ...run.end, at: { ...at, inputs: 1 } } },
  ]) {
    const text = writeLog(bad as unknown as typeof run);
    expect(() => readLog(text)).toThrow(/recording is damaged/);
  }
  expect(() => machine.replay(recording)).toThrow(/has run already/);
});
