/** Pipeline diagrams as text: a line for each instruction, a column for each cycle, `..` where it waits. */
import type { PipelineRow } from "./recorder.ts";
import type { StageSpan } from "./stages.ts";

const WAITING = "..";

/** What stands in the columns of a row, from the cycle of its first stage on. */
export function cellsOf(stages: readonly StageSpan[]): string[] {
  return stages.flatMap(({ name, begin, end, waits }) =>
    Array.from({ length: end - begin }, (_, index) => (waits && index > 0 ? WAITING : name)),
  );
}

/** Digits of cycle numbers, one below the other, every fifth. */
function ruler(first: number, columns: number, width: number): string {
  const cells = Array.from({ length: columns }, (_, index) => {
    const cycle = first + index;
    return cycle % 5 === 0 ? String(cycle % 100).padStart(2) : "";
  });
  return cells.map((cell) => cell.padEnd(width)).join("");
}

export interface DiagramOptions {
  /** The most columns of cycles; later ones are left out. */
  readonly columns?: number;
}

/** The diagram of rows in their order. Killed instructions are in brackets; the last column tells what an instruction waited for. */
export function diagram(
  rows: readonly PipelineRow[],
  { columns: most = Number.POSITIVE_INFINITY }: DiagramOptions = {},
): string {
  const shown = rows.filter(({ stages }) => stages.length > 0);
  if (shown.length === 0) return "";
  const first = Math.min(...shown.map(({ stages }) => stages[0]?.begin ?? 0));
  const end = Math.max(...shown.map(({ cycle }) => cycle + 1));
  const columns = Math.min(end - first, most);
  const labels = shown.map(({ text, fate }) => (fate === "killed" ? `(${text})` : text));
  const left = Math.max(...labels.map((label) => label.length)) + 2;
  const width = Math.max(...shown.flatMap(({ stages }) => stages.map(({ name }) => name.length))) + 1;
  const lines = shown.map(({ stages, stall, cause }, index) => {
    const cells = cellsOf(stages);
    const at = (stages[0]?.begin ?? first) - first;
    const drawn = Array.from({ length: columns }, (_, column) =>
      (cells[column - at] ?? "").padEnd(width),
    ).join("");
    const note = cause ? `${cause} ${stall}` : "";
    return `${(labels[index] ?? "").padEnd(left)}${drawn} ${note}`.trimEnd();
  });
  return `${[`${" ".repeat(left)}${ruler(first, columns, width)}`.trimEnd(), ...lines].join("\n")}\n`;
}
