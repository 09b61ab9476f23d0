/** Prints a boot trace as a tree: cycles, hart, pid and mode in columns, the calls indented; with a pipeline what each call took. */
import type { BootStepStats } from "../timing/boot-steps.ts";
import type { TraceRecord } from "./boot-trace.ts";

const HEADINGS = ["cycle", "hart", "pid", "mode"];
const TIMED_HEADINGS = [...HEADINGS, "took", "CPI"];
const INDENT = "  ";

const grouped = (count: number): string => count.toLocaleString("en-US");

function columns({ cycle, hart, pid, privilege }: TraceRecord): string[] {
  return [grouped(cycle), `${hart}`, pid === undefined ? "-" : `${pid}`, privilege];
}

/** What the hart counted inside the call: nothing is said of a call that has not returned, or did so on another hart. */
function taken(step: BootStepStats | undefined): string[] {
  const inside = step?.inside;
  return inside ? [grouped(inside.cycles), inside.cpi.toFixed(2)] : ["", ""];
}

function label({ name, argument, image, depth }: TraceRecord): string {
  const what = image === "kernel" ? name : `${name} [${image}]`;
  return INDENT.repeat(depth) + what + (argument === undefined ? "" : ` (${argument})`);
}

/** The lines of the tree in the order of time, after a heading. `steps` are those of the records, when a pipeline kept the time. */
export function printTree(records: readonly TraceRecord[], steps?: readonly BootStepStats[]): string {
  const headings = steps ? TIMED_HEADINGS : HEADINGS;
  const cells = records.map((record, index) => [...columns(record), ...(steps ? taken(steps[index]) : [])]);
  const rows = [headings, ...cells];
  const widths = headings.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const labels = ["function", ...records.map(label)];
  return rows
    .map(
      (row, i) => `${row.map((cell, j) => cell.padStart(widths[j] ?? 0)).join("  ")}  ${labels[i] ?? ""}\n`,
    )
    .join("");
}
