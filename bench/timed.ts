/** Speed of timed runs (CVA6's time) on bare-metal programs, as ratios to QEMU's TCG and to our functional run of the same ELF file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGuest, GUESTS } from "./guests.ts";
import { check, startUp } from "./interpreter.ts";
import { runHere, runQemu } from "./runners.ts";
import { geometricMean, median } from "./statistics.ts";

const PIPELINE = "cva6";
/** The least ratio to TCG that the project asks of itself. */
const GOAL = 0.2;
/** What gem5's MinorCPU does on such a host: the order of magnitude that its users report. */
const GEM5_MIPS = 0.4;

interface Row {
  readonly name: string;
  readonly mips: number;
  readonly tcg: number;
  readonly functional: number;
}

async function measure(name: string, elf: string, pairs: number, overhead: number): Promise<Row> {
  const rows: Row[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const timed = await runHere(elf, PIPELINE);
    const functional = await runHere(elf);
    const there = runQemu(["-bios", "none", "-kernel", elf], "tcg");
    check(name, [timed, functional, there]);
    rows.push({
      name,
      mips: (timed.instructions ?? 0) / timed.seconds / 1e6,
      tcg: Math.max(0.001, there.seconds - overhead) / timed.seconds,
      functional: functional.seconds / timed.seconds,
    });
  }
  const middle = (key: "mips" | "tcg" | "functional"): number => median(rows.map((row) => row[key]));
  return { name, mips: middle("mips"), tcg: middle("tcg"), functional: middle("functional") };
}

function print({ name, mips, tcg, functional }: Row): void {
  const cells = [
    mips.toFixed(0).padStart(6),
    tcg.toFixed(2).padStart(7),
    functional.toFixed(2).padStart(12),
    `${(mips / GEM5_MIPS).toFixed(0)} x`.padStart(9),
  ];
  console.log(`${name.padEnd(15)} ${cells.join(" ")}`);
}

/** Prints the table; `pairs` runs of each machine in turn, medians of the ratios. */
export async function benchTimed(pairs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-bench-"));
  try {
    const overhead = startUp(folder);
    console.log(`\nTimed runs (${PIPELINE}), ${pairs} pairs, ratio of CPU time (more than 1: faster)`);
    console.log(`${"program".padEnd(15)}   MIPS   / TCG / functional / gem5's ${GEM5_MIPS}`);
    const rows: Row[] = [];
    for (const guest of GUESTS) {
      const row = await measure(guest.name, compileGuest(guest, folder), pairs, overhead);
      print(row);
      rows.push(row);
    }
    const mean = (key: "mips" | "tcg" | "functional"): number => geometricMean(rows.map((row) => row[key]));
    print({ name: "mean", mips: mean("mips"), tcg: mean("tcg"), functional: mean("functional") });
    console.log(`goal: ${GOAL} of TCG; ${mean("tcg") >= GOAL ? "reached" : "missed"}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
