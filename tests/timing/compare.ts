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
