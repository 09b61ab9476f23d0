/** Breakpoints stop at just the instructions that are executed there: against a trace of the same run, on two harts. */
import { expect, test } from "vitest";
import { addressOf } from "../../../host/core/trace-buffer.ts";
import { Machine } from "../../../host/node/index.ts";
import { randomNumbers } from "../../replay/guest.ts";

const LATE = 200_000;
const CYCLES = 800_000;
const BREAKPOINTS = 120;
const WORK = "id; ls / | wc\n";

/** Two machines at the same place, before paging is on or at the prompt with something to do. */
async function twins(begin: "reset" | "prompt"): Promise<[Machine, Machine]> {
  const machine = (): Promise<Machine> => Machine.create({ harts: 2 });
  const both: [Machine, Machine] = [await machine(), await machine()];
  for (const each of begin === "prompt" ? both : []) {
    await each.console.expect("login: ");
    each.console.send("root\n");
    await each.console.expect("# ");
    each.console.send(WORK);
  }
  return both;
}

/** How often each address was executed. */
function traced(machine: Machine): Map<bigint, number> {
  const counts = new Map<bigint, number>();
  const window = machine.trace.listen({
    onRecord: ({ kind, pc }) => {
      const address = addressOf(pc);
      if (kind === "instruction") counts.set(address, (counts.get(address) ?? 0) + 1);
    },
  });
  machine.run({ cycles: CYCLES });
  window.close();
  return counts;
}

test.each(["reset", "prompt"] as const)("as often as a trace says, from %s on", async (begin) => {
  const [first, second] = await twins(begin);
  const random = randomNumbers(begin.length);
  const start = first.cycles;
  first.run({ cycles: LATE });
  const counts = traced(first);
  const executed = [...counts.keys()].sort((a, b) => (a < b ? -1 : 1));
  const chosen = Array.from({ length: BREAKPOINTS }, () => executed[random(executed.length)] as bigint);

  const hits = new Map<bigint, number>();
  const set = (address: bigint, index: number): void => {
    if (hits.has(address)) return;
    hits.set(address, 0);
    // At the same offset of other pages nobody stops.
    second.breakpoints.add(address ^ 0x7f_f000_0000n, () => "stop");
    if (index % 3 === 0) second.breakpoints.add(address + 0x1000n, () => "go-on").remove();
    second.breakpoints.add(address, () => {
      if (second.cycles >= start + LATE) hits.set(address, (hits.get(address) ?? 0) + 1);
      return "go-on";
    });
  };
  chosen.slice(0, BREAKPOINTS / 2).forEach(set);
  second.run({ cycles: LATE });
  chosen.slice(BREAKPOINTS / 2).forEach(set);
  second.run({ cycles: CYCLES });
  expect(Object.fromEntries(hits)).toEqual(
    Object.fromEntries([...hits.keys()].map((address) => [address, counts.get(address)])),
  );
  expect(second.stateHash()).toBe(first.stateHash());
});
