/** Runs the measured programs on the model of CVA6 and sets the figures beside the RTL's. */
import { DIFFERENT, errorOf, type Figures, readTruth, runProgram } from "./programs.ts";

export interface Comparison {
  readonly name: string;
  readonly kind: string;
  readonly truth: Figures;
  readonly ours: Awaited<ReturnType<typeof runProgram>>;
  /** Errors in percent. */
  readonly warm: number;
  readonly cold: number;
}

/** Counters that the RTL gave, with their names in the table. */
export const COUNTERS = [
  ["icacheMisses", "I$ misses"],
  ["dcacheMisses", "D$ misses"],
  ["mispredictions", "mispredictions"],
  ["operandStalls", "operand stalls"],
] as const;

/** Bounds in percent: of the cycles of a whole program and of a micro-benchmark, warm and cold; of a counter. */
export const WORST = { program: 2, micro: 2, cold: 5, counter: 5 } as const;
/** What a counter may be off by in any case: things that happen once. */
export const A_FEW = 8;

const SHADOW =
  "instructions behind an atomic, a fence or a fault that are executed before it flushes them: predictors learn, lines are fetched, and behind a fault operands are waited for";
const SHADOWED = ["amoswap_w", "ill_mret", "lr_sc", "ptw_1g", "ptw_2m"];

/** The mechanism that the model lacks, for programs that are over a bound. */
export const MISSING: Readonly<Record<string, string>> = Object.fromEntries(
  SHADOWED.map((name) => [name, SHADOW]),
);

/** What of a comparison is over its bound. */
export function over({ kind, truth, ours, warm, cold, name }: Comparison): string[] {
  const found: string[] = [];
  if (Math.abs(warm) > (kind === "program" ? WORST.program : WORST.micro)) found.push("cycles");
  // The kernel of the empty one takes four cycles.
  if (Math.abs(cold) > WORST.cold && name !== "null") found.push("cold cycles");
  for (const [counter, title] of COUNTERS) {
    const off = Math.abs(ours[counter] - truth[counter]);
    if (off > A_FEW + (truth[counter] * WORST.counter) / 100) found.push(title);
  }
  return found;
}

export async function compare(latency: number): Promise<Comparison[]> {
  const rows: Comparison[] = [];
  for (const { name, kind, truth: byLatency } of readTruth()) {
    const truth = byLatency.get(latency);
    if (!truth || name in DIFFERENT) continue;
    const ours = await runProgram(name, latency);
    const warm = errorOf(ours.cycles, truth.cycles);
    rows.push({ name, kind, truth, ours, warm, cold: errorOf(ours.cold, truth.cold) });
  }
  return rows;
}

/** Mean absolute errors in percent, warm and cold, and the worst warm one. */
export function summarize(rows: readonly Comparison[]): { warm: number; cold: number; worst: number } {
  const mean = (errors: readonly number[]): number =>
    errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
  const warm = rows.map((row) => row.warm);
  return {
    warm: mean(warm),
    cold: mean(rows.map((row) => row.cold)),
    worst: Math.max(...warm.map(Math.abs)),
  };
}
