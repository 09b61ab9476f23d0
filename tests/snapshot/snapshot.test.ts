/** Snapshots: a machine that goes on from one is the machine that was saved, and no damaged file gets in. */
import { expect, test } from "vitest";
import { HartbeatError } from "../../host/errors.ts";
import { Machine } from "../../host/node/index.ts";
import { encodeValue } from "../../host/snapshot/codec.ts";
import { compress } from "../../host/snapshot/compression.ts";
import { digestOf } from "../../host/snapshot/digest.ts";
import { loggedIn, newMachine, randomNumbers, workAndMark } from "../replay/guest.ts";

const STRETCHES = 6;
const FURTHER = 20_000_000;

for (const harts of [1, 4]) {
  test(`a restored machine of ${harts} harts goes on as the one that was saved`, async () => {
    const random = randomNumbers(harts);
    const machine = await loggedIn(harts);
    for (let round = 0; round < 3; round++) {
      workAndMark(machine, STRETCHES, random);
      const file = await machine.snapshot();
      const other = await newMachine(harts);
      await other.restore(file);
      expect(other.stateHash()).toBe(machine.stateHash());
      for (const each of [machine, other]) {
        each.console.send("date\n");
        each.run({ cycles: FURTHER });
      }
      expect(other.stateHash()).toBe(machine.stateHash());
      expect(other.console.output).toBe(machine.console.output);
      other.dispose();
    }
    machine.dispose();
  });
}

test("a snapshot goes back in the machine that made it, with its disk", async () => {
  const machine = await loggedIn(1);
  const file = await machine.snapshot();
  const before = machine.stateHash();
  machine.console.send("echo changed > /dev/vda\n");
  machine.run({ cycles: 100_000_000 });
  expect(machine.stateHash()).not.toBe(before);
  await machine.restore(file);
  expect(machine.stateHash()).toBe(before);
});

test("files that are damaged, cut short or no snapshots are refused, and the machine stays as it was", async () => {
  const machine = await newMachine(1);
  machine.run({ cycles: 2_000_000 });
  const file = await machine.snapshot();
  const state = machine.stateHash();
  const random = randomNumbers(5);
  for (let attempt = 0; attempt < 200; attempt++) {
    const bad = attempt % 3 === 0 ? file.slice(0, random(file.length)) : file.slice();
    if (bad.length > 0 && attempt % 3 !== 0) {
      const at = attempt % 3 === 1 ? random(80) : random(bad.length);
      bad[at] = (bad[at] as number) ^ (1 + random(255));
    }
    await expect(machine.restore(bad)).rejects.toThrow(HartbeatError);
  }
  expect(machine.stateHash()).toBe(state);
  machine.run({ cycles: 1_000_000 });
});

test("a file with the right digest that holds what no machine saves is refused, too", async () => {
  const machine = await newMachine(1);
  const [line = ""] = new TextDecoder("latin1").decode(await machine.snapshot()).split("\n");
  const { identity } = machine;
  const state = machine.stateHash();
  const contents = {
    state: {
      core: { harts: [{ pc: ["x"] }], models: [{}] },
      timing: { started: [] },
      events: [],
      inputs: [],
    },
    pages: [],
    sectors: identity.drives.map(() => []),
  };
  const forged = async (header: unknown): Promise<Uint8Array> => {
    const text = new TextEncoder().encode(encodeValue(header));
    const body = await compress(
      new Uint8Array([...new Uint8Array(Uint32Array.of(text.length).buffer), ...text]),
    );
    return new Uint8Array([...new TextEncoder().encode(`${line}\n${digestOf(body)}`), ...body]);
  };
  const fields = { console: { output: "" }, devices: {} };
  for (const header of [
    { identity, ...contents },
    { identity, ...contents, state: { ...contents.state, ...fields } },
    { identity, ...contents, state: { ...contents.state, ...fields }, pages: [7] },
  ]) {
    await expect(machine.restore(await forged(header))).rejects.toThrow(HartbeatError);
    expect(machine.stateHash()).toBe(state);
  }
});

test("a snapshot of another machine is refused in a sentence that says what differs", async () => {
  const file = await (await newMachine(1)).snapshot();
  const refusal = (machine: Machine) => machine.restore(file).then(String, String);
  expect(await refusal(await newMachine(2))).toMatch(/has 1 harts, this one 2/);
  expect(await refusal(await Machine.create({ harts: 1 }))).toMatch(
    /other .* disks|other firmware|other disks/,
  );
  expect(await refusal(await Machine.create({ harts: 1, ramBytes: 64 * 2 ** 20 }))).toMatch(
    /128 MiB of memory/,
  );
});

test("so is one of a machine with other virtio devices or another clock", async () => {
  const plain = await Machine.create({ harts: 1 });
  const file = await plain.snapshot();
  const seeded = await Machine.create({ virtio: [{ device: "rng", seed: 5 }] });
  const later = await Machine.create({ rtcBase: Date.UTC(2027, 1, 3, 4, 5, 6) });
  await expect(seeded.restore(file)).rejects.toThrow(
    "The saved machine has these virtio devices besides disks: none; this one: rng with seed 5; start with what it was started with.",
  );
  await expect(plain.restore(await seeded.snapshot())).rejects.toThrow("rng with seed 5; this one: none");
  await expect(later.restore(file)).rejects.toThrow(
    "a clock that began at 2026-01-01T00:00:00, this one at 2027-02-03T04:05:06",
  );
  expect(() => later.replay(plain.recording())).toThrow("a clock that began at");
});
