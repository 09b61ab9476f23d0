/** Breakpoints at user addresses, where all programs look alike: of one program, one process, one address space. */
import { expect, test } from "vitest";
import type { BreakOptions } from "../../../host/debug/debugger.ts";
import { addressSpace, describeFilter } from "../../../host/debug/user-filter.ts";
import { Machine } from "../../../host/node/index.ts";
import { atPrompt } from "./kernel-guest.ts";

const LONG = { cycles: 200_000_000 };

interface Hit {
  readonly name: string | undefined;
  readonly pid: number | undefined;
  readonly satp: bigint | undefined;
}

/** All stops there in the guest time to come. */
function hitsAt(machine: Machine, address: bigint, options: BreakOptions): Hit[] {
  const breakpoint = machine.debugger.breakAt(address, options);
  const hits: Hit[] = [];
  const end = machine.cycles + LONG.cycles;
  for (;;) {
    const stop = machine.debugger.continue({ cycles: end - machine.cycles });
    if (stop?.kind !== "breakpoint") break;
    const task = machine.debugger.taskOf(stop.hart);
    hits.push({ name: task?.name, pid: task?.pid, satp: machine.registers.read(stop.hart, "satp") });
  }
  breakpoint.remove();
  return hits;
}

/** Where the program of that name begins. */
function entryOf(machine: Machine, name: string): bigint {
  const started = machine.debugger.breakAt("start_thread");
  for (let stop = machine.debugger.continue(LONG); stop; stop = machine.debugger.continue(LONG)) {
    if (stop.kind !== "breakpoint" || machine.debugger.taskOf(stop.hart)?.name !== name) continue;
    started.remove();
    return machine.registers.read(stop.hart, "a1") ?? 0n;
  }
  throw new Error(`nobody started ${name}`);
}

test("a breakpoint stops one program, one process or one address space", async () => {
  const machine = await atPrompt(await Machine.create({ harts: 2 }));
  const { debugger: debug } = machine;
  debug.keepHistory();
  machine.console.send("cp /bin/id /twin\n");
  machine.run(LONG);
  const start = debug.position;
  machine.console.send("id; /twin; id\n");
  const typed = debug.position;
  const entry = entryOf(machine, "id");
  const among = (options: BreakOptions): Hit[] => {
    debug.goTo(typed);
    return hitsAt(machine, entry, options);
  };

  const all = among({});
  expect(all.map(({ name }) => name)).toEqual(["id", "twin", "id"]);
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(3);
  expect(among({ only: { program: "twin" } })).toEqual([all[1]]);
  expect(among({ only: { program: "id" } })).toEqual([all[0], all[2]]);
  expect(among({ only: { pid: all[2]?.pid ?? 0 } })).toEqual([all[2]]);
  expect(among({ only: { pid: 1 } })).toEqual([]);
  const satp = all[1]?.satp ?? 0n;
  expect(among({ only: addressSpace(satp) })).toEqual(all.filter((hit) => hit.satp === satp));

  debug.userFilter = { program: "twin" };
  expect(among({})).toEqual([all[1]]);
  expect(among({ only: { pid: all[0]?.pid ?? 0 } })).toEqual([all[0]]);
  expect(debug.reverseContinue().kind).toBe("begin");
  expect(debug.position.executed).toBeLessThan(start.executed);
});

test("a breakpoint of one program is found going back, too", async () => {
  const machine = await atPrompt(await Machine.create({ harts: 1 }));
  const { debugger: debug } = machine;
  debug.keepHistory();
  machine.console.send("cp /bin/id /twin; id; /twin; id; id\n");
  const entry = entryOf(machine, "id");
  expect(debug.continue(LONG)).toBeUndefined();
  debug.breakAt(entry, { only: { program: "twin" } });
  expect(debug.reverseContinue()).toEqual({ kind: "breakpoint", hart: 0 });
  expect(debug.taskOf(0)?.name).toBe("twin");
  expect(debug.reverseContinue()).toEqual({ kind: "begin", hart: 0 });
});

test("filters tell what they let through", () => {
  expect(
    [undefined, { program: "sh" }, { pid: 7 }, addressSpace(0x8000_0000_0008_42den)].map(describeFilter),
  ).toEqual([
    "any program",
    "sh only",
    "process 7 only",
    "the address space with its root page table at 0x842de000 only",
  ]);
});
