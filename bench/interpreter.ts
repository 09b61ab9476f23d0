/** Speed of the interpreter on bare-metal programs, as a ratio to QEMU's on the same ELF file in the same run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGuest, GUESTS } from "./guests.ts";
import { type QemuMode, type Run, runHere, runQemu } from "./runners.ts";
import { geometricMean, median } from "./statistics.ts";

/** The least ratio to `-icount shift=0` that the project asks of itself. */
const GOAL = 0.25;

interface Row {
  readonly name: string;
  readonly mips: number;
  readonly icount: number;
  readonly tcg: number;
}

/** CPU seconds that QEMU takes to start and end: a guest that does nothing. */
export function startUp(folder: string): number {
  const nothing = join(folder, "nothing.bin");
  // lui t0, 0x100; lui t1, 5; addi t1, t1, 0x555; sw t1, 0(t0); j .
  writeFileSync(
    nothing,
    new Uint8Array(new Uint32Array([0x001002b7, 0x00005337, 0x55530313, 0x0062a023, 0x6f]).buffer),
  );
  return median([1, 2, 3].map(() => runQemu(["-bios", "none", "-kernel", nothing], "tcg").seconds));
}

/** Throws unless the guest gave the same result everywhere. */
export function check(name: string, runs: readonly Run[]): void {
  const results = new Set(runs.map(({ status }) => status));
  if (results.size > 1) throw new Error(`${name}: the machines do not agree on the result (${[...results]})`);
}

async function measure(name: string, elf: string, pairs: number, overhead: number): Promise<Row> {
  const ratios: Record<QemuMode, number[]> = { icount: [], tcg: [] };
  const mips: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const here = await runHere(elf);
    mips.push((here.instructions ?? 0) / here.seconds / 1e6);
    for (const mode of ["icount", "tcg"] as const) {
      const there = runQemu(["-bios", "none", "-kernel", elf], mode);
      check(name, [here, there]);
      ratios[mode].push(Math.max(0.001, there.seconds - overhead) / here.seconds);
    }
  }
  return { name, mips: median(mips), icount: median(ratios.icount), tcg: median(ratios.tcg) };
}

/** Prints the table; `pairs` runs of each machine in turn, medians of the ratios. */
export async function benchInterpreter(pairs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-bench-"));
  try {
    const overhead = startUp(folder);
    console.log(`\nInterpreter, ${pairs} pairs, ratio of CPU time (more than 1: faster than QEMU)`);
    console.log(
      `${"program".padEnd(15)} ${"MIPS".padStart(6)} ${"/ -icount".padStart(10)} ${"/ TCG".padStart(7)}`,
    );
    const print = ({ name, mips, icount, tcg }: Row): void =>
      console.log(
        `${name.padEnd(15)} ${mips.toFixed(0).padStart(6)} ${icount.toFixed(2).padStart(10)} ${tcg.toFixed(2).padStart(7)}`,
      );
    const rows: Row[] = [];
    for (const guest of GUESTS) {
      const row = await measure(guest.name, compileGuest(guest, folder), pairs, overhead);
      print(row);
      rows.push(row);
    }
    const mean = (key: "mips" | "icount" | "tcg"): number => geometricMean(rows.map((row) => row[key]));
    print({ name: "mean", mips: mean("mips"), icount: mean("icount"), tcg: mean("tcg") });
    console.log(`goal: ${GOAL} of -icount; ${mean("icount") >= GOAL ? "reached" : "missed"}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
