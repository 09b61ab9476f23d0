/** Going back: any place of the past is found again, bit for bit, by reverse and by replay. */
import { expect, test } from "vitest";
import { HartbeatError } from "../../host/errors.ts";
import type { Machine } from "../../host/node/index.ts";
import { TEST_LIMIT_MS } from "../tools/patience.ts";
import { loggedIn, markOf, newMachine, randomNumbers, workAndMark } from "./guest.ts";

/** Pairs of places in the runs of each test: HARTBEAT_PAIRS for a long run. */
const PAIRS = Number(process.env.HARTBEAT_PAIRS ?? 16);
const PAIRS_PER_RUN = 200;
const MOST_MS_PER_PAIR = 5000;

/** A run with marks from the boot on, and a new machine that repeats it from its log. */
async function markedRun(harts: number, random: (limit: number) => number) {
  const machine = await newMachine(harts);
  machine.keepHistory();
  const boot = Array.from({ length: 10 }, () => {
    machine.run({ cycles: random(400_000) + 1 });
    return markOf(machine);
  });
  await machine.console.expect(/login: /);
  machine.console.send("root\n");
  const marks = [...boot, ...workAndMark(machine, 40, random)];
  const repeated = await newMachine(harts);
  repeated.replay(machine.recording());
  repeated.keepHistory();
  return { marks, machines: [machine, repeated] };
}

for (const harts of [1, 4]) {
  test(
    `from B to A and back to B, on ${harts} harts with keys and disk, by reverse and by replay`,
    async () => {
      for (let pair = 0; pair < PAIRS; ) {
        const random = randomNumbers(harts + 40 + pair);
        const { marks, machines } = await markedRun(harts, random);
        for (const end = Math.min(PAIRS, pair + PAIRS_PER_RUN); pair < end; pair++) {
          const machine = machines[pair % 2] as Machine;
          const [a = 0, b = 0] = [random(marks.length), random(marks.length)].sort((x, y) => x - y);
          for (const index of [b, a, b]) {
            const mark = marks[index];
            if (!mark) throw new Error("no mark");
            machine.debugger.goTo(mark.at);
            expect(machine.stateHash(), `harts ${harts}, pair ${pair}, mark ${index}`).toBe(mark.state);
          }
        }
        for (const machine of machines) machine.dispose();
        if (PAIRS > PAIRS_PER_RUN) console.log(`${harts} harts: ${pair} pairs are equal`);
      }
    },
    TEST_LIMIT_MS + PAIRS * MOST_MS_PER_PAIR,
  );
}

test("a step back undoes a step, on every hart", async () => {
  const machine = await loggedIn(4);
  machine.keepHistory();
  machine.console.send("ps -ef\n");
  const random = randomNumbers(3);
  for (let round = 0; round < 12; round++) {
    machine.run({ cycles: random(200_000) });
    const hart = random(4);
    machine.debugger.step(hart);
    const before = machine.registers.read(hart, "pc");
    const executed = machine.core.lastRun(hart);
    machine.debugger.step(hart);
    const there = markOf(machine);
    if (machine.core.lastRun(hart) === executed) continue;
    machine.debugger.stepBack(hart);
    expect(machine.core.lastRun(hart)).toBe(executed);
    // An interrupt that comes next shows as its handler.
    if (machine.registers.read(hart, "pc") !== before) {
      expect([machine.registers.read(hart, "stvec"), machine.registers.read(hart, "mtvec")]).toContain(
        machine.registers.read(hart, "pc"),
      );
    }
    machine.debugger.goTo(there.at);
    expect(machine.stateHash()).toBe(there.state);
  }
});

test("a watched write is found going forward and back", async () => {
  const machine = await newMachine(2);
  machine.debugger.keepHistory();
  machine.debugger.watch("system_state", { length: 4 });
  const values: bigint[] = [];
  const read = (): bigint => {
    const address = machine.core.translate(0, machine.symbols.lookup("system_state") ?? 0n) ?? 0;
    return BigInt(new DataView(machine.readPhysical(address, 4).buffer).getUint32(0, true));
  };
  for (let stop = machine.debugger.continue({ cycles: 5_000_000 }); stop; stop = undefined) {
    expect(stop.kind).toBe("watch");
    values.push(read());
    stop = machine.debugger.continue({ cycles: 5_000_000 });
    if (stop?.kind === "watch") values.push(read());
  }
  expect(values).toEqual([1n, 2n]);
  expect(machine.debugger.reverseContinue().kind).toBe("watch");
  expect(machine.debugger.reverseContinue().kind).toBe("watch");
  expect(read()).toBe(0n);
  expect(machine.debugger.reverseContinue().kind).toBe("begin");
  expect(machine.cycles).toBe(0);
});

test("what is changed in the past takes the run another way", async () => {
  const machine = await loggedIn(1);
  const history = machine.keepHistory();
  const start = machine.position;
  machine.console.send("echo first\n");
  machine.run({ cycles: 50_000_000 });
  const first = markOf(machine);
  history.goTo(start);
  machine.console.send("echo other\n");
  machine.run({ cycles: 50_000_000 });
  expect(machine.console.output).toMatch(/other\r\nroot/);
  expect(machine.console.output).not.toMatch(/first/);
  expect(machine.stateHash()).not.toBe(first.state);
});

test("a search goes back from a place before what was written there comes in again", async () => {
  const machine = await newMachine(1);
  const { debugger: debug } = machine;
  debug.keepHistory();
  const entry = debug.breakAt("start_kernel");
  debug.continue();
  const start = machine.position;
  debug.step();
  const address = machine.registers.read(0, "sp") ?? 0n;
  const before = debug.readMemory(0, address, 8);
  debug.writeMemory(0, address, new Uint8Array(8).fill(7));
  debug.stepBack();
  debug.step();
  expect(debug.readMemory(0, address, 8)).toEqual(before);
  expect(debug.reverseContinue().kind).toBe("breakpoint");
  expect(machine.position.executed).toBe(start.executed);
  entry.remove();
  for (const _step of [1, 2]) debug.step();
  expect(debug.readMemory(0, address, 8)).toEqual(new Uint8Array(8).fill(7));
});

test("a breakpoint for one program does not stop the others", async () => {
  const machine = await newMachine(1);
  const { debugger: debug } = machine;
  const entries = new Map<string, bigint>();
  const atStart = debug.breakAt("start_thread");
  for (let typed = false; !entries.has("sh"); ) {
    if (debug.continue({ cycles: 50_000_000 })) {
      entries.set(debug.taskOf(0)?.name ?? "", machine.registers.read(0, "a1") ?? 0n);
    } else if (!typed) {
      machine.console.send("root\n");
      typed = true;
    } else break;
  }
  atStart.remove();
  const entry = entries.get("sh");
  if (entry === undefined) throw new Error(`no shell among ${[...entries.keys()]}`);
  const start = machine.position;
  debug.keepHistory();
  debug.breakAt(entry);
  debug.userFilter = { program: "login" };
  expect(debug.continue({ cycles: 20_000_000 })).toBeUndefined();
  debug.goTo(start);
  debug.userFilter = { program: "sh" };
  expect(debug.continue({ cycles: 20_000_000 })?.kind).toBe("breakpoint");
  expect(debug.taskOf(0)?.name).toBe("sh");
});

test("what is no hart, address, range, time or place is refused in a sentence", async () => {
  const { debugger: debug } = await newMachine(2);
  const where = debug.position;
  const wrong: unknown = Number.NaN;
  for (const ask of [
    () => debug.step(2),
    () => debug.stepBack(-1),
    () => debug.stepRange(wrong as number, 0n, 1n),
    () => debug.breakAt(0x8000_0000 as unknown as bigint),
    () => debug.readMemory(0, 0x8000_0000 as unknown as bigint, 4),
    () => debug.readMemory(2, 0x8000_0000n, 4),
    () => debug.readMemory(0, 0x8000_0000n, -1),
    () => debug.writeMemory(-1, 0x8000_0000n, new Uint8Array(1)),
    () => debug.taskOf(9),
    () => debug.watch("system_state", { length: 0 }),
    () => debug.watch("system_state", { kind: "wirte" as "write" }),
    () => debug.continue({ cycles: wrong as number }),
    () => debug.goTo(wrong as number),
    () => debug.goTo({} as typeof where),
  ]) {
    expect(ask).toThrow(HartbeatError);
  }
  expect(debug.position).toEqual(where);
});

test("the last cycles are repeated for whoever wants to see them", async () => {
  const machine = await loggedIn(2);
  machine.keepHistory();
  machine.console.send("ls /bin\n");
  machine.run({ cycles: 3_000_000 });
  const here = markOf(machine);
  let began = 0;
  machine.debugger.repeat(5000, () => {
    began = machine.position.executed;
  });
  expect(began).toBe(here.at.executed - 5000);
  expect(markOf(machine)).toEqual(here);
  const { start } = machine.keepHistory();
  machine.debugger.repeat(1e12, () => {
    began = machine.position.executed;
  });
  expect(began).toBe(start.executed);
  expect(markOf(machine)).toEqual(here);
});
