/** Profiles as text: functions with their CPI stacks, and their code with the cycles of each instruction. */
import { disassemble } from "../inspect/disassembler.ts";
import { placeAddress, stallsOf } from "./code-counts.ts";
import type { FunctionProfile } from "./profiler.ts";

/** One instruction of a function. Plain data, fit to be posted to another thread. */
export interface AnnotatedLine {
  readonly address: bigint;
  readonly text: string;
  readonly count: number;
  readonly cycles: number;
  /** What it waited for, most cycles first. */
  readonly stalls: readonly (readonly [cause: string, cycles: number])[];
}

/** The instructions of a function that were executed, in the order of addresses. */
export function annotate({ places }: Pick<FunctionProfile, "places">): AnnotatedLine[] {
  return places.map((place) => {
    const address = placeAddress(place);
    const { mnemonic, operands } = disassemble(place.insn, address);
    return {
      address,
      text: operands === "" ? mnemonic : `${mnemonic} ${operands}`,
      count: place.count,
      cycles: place.cycles,
      stalls: stallsOf(place.stalls),
    };
  });
}

const grouped = (count: number): string => count.toLocaleString("en-US");
const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)}%`;
const cpi = ({ cycles, count }: { cycles: number; count: number }): string =>
  (cycles / Math.max(count, 1)).toFixed(2);

/** Rows of cells, right-aligned but for those from column `left` on. */
function table(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < left ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

const title = ({ name, image }: FunctionProfile): string => (image === "" ? name : `${name} [${image}]`);
const list = (stalls: readonly (readonly [string, number])[]): string =>
  stalls.map(([cause, cycles]) => `${cause} ${grouped(cycles)}`).join(", ");

/** Functions with fewer of all cycles get no listing. */
const LEAST_SHARE = 0.001;

/** Lines of a report: all functions by their cycles, then the code of those that matter. */
export function* profileReport(functions: readonly FunctionProfile[]): Generator<string> {
  const cycles = functions.reduce((sum, one) => sum + one.cycles, 0);
  const count = functions.reduce((sum, one) => sum + one.count, 0);
  yield `${grouped(cycles)} cycles, ${grouped(count)} instructions, CPI ${cpi({ cycles, count })}`;
  yield "";
  const rows = functions.map((one) => [
    percent(one.cycles, cycles),
    grouped(one.cycles),
    grouped(one.count),
    cpi(one),
    title(one),
    list(stallsOf(one.stalls)),
  ]);
  yield* table([["share", "cycles", "instructions", "CPI", "function", "waiting for"], ...rows], 4);
  for (const one of functions) {
    if (one.cycles < cycles * LEAST_SHARE) break;
    yield "";
    yield `${title(one)}: ${grouped(one.cycles)} cycles, ${percent(one.cycles, cycles)} of all, CPI ${cpi(one)}`;
    const lines = annotate(one).map((line) => [
      grouped(line.count),
      grouped(line.cycles),
      cpi(line),
      line.address.toString(16),
      line.text,
      list(line.stalls),
    ]);
    yield* table([["count", "cycles", "CPI", "address", "instruction", "waiting for"], ...lines], 4);
  }
}
