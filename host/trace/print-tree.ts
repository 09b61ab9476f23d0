/** Prints a boot trace as a tree: cycles, hart, pid and mode in columns, the calls indented. */
import type { TraceRecord } from "./boot-trace.ts";

const HEADINGS = ["cycle", "hart", "pid", "mode"];
const INDENT = "  ";

function columns({ cycle, hart, pid, privilege }: TraceRecord): string[] {
  return [cycle.toLocaleString("en-US"), `${hart}`, pid === undefined ? "-" : `${pid}`, privilege];
}

function label({ name, argument, image, depth }: TraceRecord): string {
  const what = image === "kernel" ? name : `${name} [${image}]`;
  return INDENT.repeat(depth) + what + (argument === undefined ? "" : ` (${argument})`);
}

/** The lines of the tree in the order of time, after a heading. */
export function printTree(records: readonly TraceRecord[]): string {
  const rows = [HEADINGS, ...records.map(columns)];
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const labels = ["function", ...records.map(label)];
  return rows
    .map(
      (row, i) => `${row.map((cell, j) => cell.padStart(widths[j] ?? 0)).join("  ")}  ${labels[i] ?? ""}\n`,
    )
    .join("");
}
