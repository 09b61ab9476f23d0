/** Pipeline diagrams as text: a line for each instruction, a column for each cycle, dots where it waits. */
import type { PipelineRow } from "./recorder.ts";
import type { StageSpan } from "./stages.ts";

export interface DiagramOptions {
  /** Characters in a line: the diagram is cut into blocks that fit, and stages are letters where their names need too much room. */
  readonly width?: number;
}

/** Characters of a column with a stage's name, and with a letter. */
const NAME = 3;
const LETTER = 1;
/** Names are given up where fewer cycles than this fit beside the instructions. */
const LEAST_CYCLES = 40;

/** What stands in the columns of a row, from the cycle of its first stage on. */
export function cellsOf(stages: readonly StageSpan[], letters = false): string[] {
  return stages.flatMap(({ name, letter, begin, end, waits }) =>
    Array.from({ length: end - begin }, (_, index) => {
      if (waits && index > 0) return letters ? "." : "..";
      return letters ? letter : name;
    }),
  );
}

/** Cycle numbers, every fifth by its last two digits, or every tenth in full. */
function ruler(first: number, columns: number, cell: number): string {
  const line = Array.from({ length: columns * cell }, () => " ");
  const step = cell === LETTER ? 10 : 5;
  for (let column = 0; column < columns; column++) {
    const cycle = first + column;
    if (cycle % step !== 0) continue;
    const text = cell === LETTER ? String(cycle) : String(cycle % 100).padStart(2);
    for (const [index, digit] of [...text].entries()) line[column * cell + index] = digit;
  }
  return line.join("");
}

const beginOf = ({ stages, cycle }: PipelineRow): number => stages[0]?.begin ?? cycle;
const labelOf = ({ text, fate }: PipelineRow): string => (fate === "killed" ? `(${text})` : text);
const noteOf = ({ stall, cause }: PipelineRow): string => (cause ? `${cause} ${stall}` : "");

/** Rows that fit into so many columns together. */
function blocksOf(rows: readonly PipelineRow[], columns: number): PipelineRow[][] {
  const blocks: PipelineRow[][] = [];
  let first = 0;
  for (const row of rows) {
    const block = blocks.at(-1);
    if (block && row.cycle + 1 - Math.min(first, beginOf(row)) <= columns) {
      block.push(row);
      first = Math.min(first, beginOf(row));
    } else {
      blocks.push([row]);
      first = beginOf(row);
    }
  }
  return blocks;
}

function drawBlock(rows: readonly PipelineRow[], left: number, cell: number, most: number): string[] {
  const first = Math.min(...rows.map(beginOf));
  const columns = Math.min(most, Math.max(...rows.map(({ cycle }) => cycle + 1)) - first);
  const lines = rows.map((row) => {
    const cells = cellsOf(row.stages, cell === LETTER);
    const at = beginOf(row) - first;
    const drawn = Array.from({ length: columns }, (_, column) => (cells[column - at] ?? "").padEnd(cell));
    return `${labelOf(row).padEnd(left)}${drawn.join("")} ${noteOf(row)}`.trimEnd();
  });
  return [`${" ".repeat(left)}${ruler(first, columns, cell)}`.trimEnd(), ...lines];
}

/** The diagram of rows in their order. Killed instructions are in brackets; behind a row stands what it waited for, and how long. */
export function diagram(rows: readonly PipelineRow[], { width }: DiagramOptions = {}): string {
  const shown = rows.filter(({ stages }) => stages.length > 0);
  if (shown.length === 0) return "";
  const left = Math.max(...shown.map((row) => labelOf(row).length)) + 2;
  if (width === undefined) return `${drawBlock(shown, left, NAME, Number.POSITIVE_INFINITY).join("\n")}\n`;
  const notes = Math.max(...shown.map((row) => noteOf(row).length)) + 1;
  const room = Math.max(1, width - left - notes);
  const cell = room / NAME < LEAST_CYCLES ? LETTER : NAME;
  const columns = Math.max(1, Math.floor(room / cell));
  const blocks = blocksOf(shown, columns);
  return `${blocks.map((block) => drawBlock(block, left, cell, columns).join("\n")).join("\n\n")}\n`;
}
