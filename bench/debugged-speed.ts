/** Speed of a guest under breakpoints and watchpoints that it never meets, as a ratio to its speed without. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Machine } from "../host/node/index.ts";
import { compileGuest } from "./guests.ts";
import { median } from "./statistics.ts";

const GUEST = "quicksort";
/** At every word of a page: one of them lies at the offset of any hot instruction. */
const BREAKPOINTS = 1024;
/** Nothing is there. */
const ELSEWHERE = 0x9000_0000n;

/** CPU seconds of a run to the guest's end. */
async function seconds(elf: string, prepare: (machine: Machine) => void): Promise<number> {
  const machine = await Machine.create({ kernel: elf, firmware: "none" });
  prepare(machine);
  const before = process.cpuUsage();
  while (!machine.halted) {
    machine.resume();
    machine.run({ cycles: 100_000_000 });
  }
  const { user, system } = process.cpuUsage(before);
  machine.dispose();
  return (user + system) / 1e6;
}

/** The address of an instruction of the guest that is not executed: its first one, once it is past. */
const DEBUGGED: Readonly<Record<string, (machine: Machine) => void>> = {
  "a breakpoint among the code": (machine) => {
    machine.step(0);
    machine.debugger.breakAt("_start");
  },
  [`${BREAKPOINTS} breakpoints elsewhere`]: (machine) => {
    for (let index = 0; index < BREAKPOINTS; index++) machine.debugger.breakAt(ELSEWHERE + BigInt(4 * index));
  },
  "breakpoints set and removed": (machine) => {
    const addresses = Array.from({ length: BREAKPOINTS }, (_, index) => ELSEWHERE + BigInt(4 * index));
    for (const stopper of addresses.map((address) => machine.debugger.breakAt(address))) stopper.remove();
  },
  "a watchpoint elsewhere": (machine) => void machine.debugger.watch(0x8700_0000n, { kind: "access" }),
  "watchpoints set and removed": (machine) =>
    machine.debugger.watch(0x8000_0000n, { kind: "access" }).remove(),
};

/** Prints a line for each way of being debugged. */
export async function benchDebuggedSpeed(pairs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-bench-"));
  try {
    const elf = compileGuest({ name: GUEST }, folder);
    await seconds(elf, () => {});
    console.log(`\nSpeed of ${GUEST} under a debugger, ${pairs} pairs, CPU time (1: as without)`);
    for (const [name, prepare] of Object.entries(DEBUGGED)) {
      const ratios: number[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        const first = pair % 2 === 0 ? await seconds(elf, prepare) : undefined;
        const plain = await seconds(elf, () => {});
        ratios.push(plain / (first ?? (await seconds(elf, prepare))));
      }
      console.log(`${name.padEnd(28)} ${median(ratios).toFixed(3)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
