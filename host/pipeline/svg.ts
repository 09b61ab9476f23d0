/** Pipeline diagrams as pictures: SVG of boxes on a grid of cycles, with arrows from results to those who wait for them. */
import type { PipelineRow } from "./recorder.ts";
import type { StageSpan } from "./stages.ts";

/** An arrow between stages of two rows: from the end of one box to the middle of another. */
export interface Arrow {
  readonly from: { readonly row: number; readonly stage: string };
  readonly to: { readonly row: number; readonly stage: string };
}

export interface SvgOptions {
  readonly title?: string;
  readonly arrows?: readonly Arrow[];
}

/** Sizes in pixels. */
const CELL = 34;
const ROW = 28;
const BOX = 20;
const TOP = 30;
const MARGIN = 10;
const LETTER = 7.2;

/** Fill and ink by stage; stages of one kind look alike in all pipelines. */
const COLOURS: Readonly<Record<string, readonly [string, string]>> = {
  PC: ["#dbeafe", "#1e3a8a"],
  IF: ["#bfdbfe", "#1e3a8a"],
  ID: ["#c7d2fe", "#312e81"],
  IS: ["#ddd6fe", "#4c1d95"],
  EX: ["#bbf7d0", "#14532d"],
  ME: ["#fde68a", "#713f12"],
  SB: ["#e5e7eb", "#374151"],
  CO: ["#fbcfe8", "#831843"],
  WB: ["#fbcfe8", "#831843"],
};
const PLAIN: readonly [string, string] = ["#e5e7eb", "#111827"];
const KILLED: readonly [string, string] = ["#fee2e2", "#b91c1c"];

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Frame {
  readonly first: number;
  readonly left: number;
  readonly top: number;
}

const xOf = ({ first, left }: Frame, cycle: number): number => left + (cycle - first) * CELL;
const yOf = ({ top }: Frame, row: number): number => top + row * ROW;

/** One cycle of a stage: a box, or a dashed line where it waits. */
function cell(frame: Frame, row: number, cycle: number, { name, waits, begin }: StageSpan, killed: boolean) {
  const x = xOf(frame, cycle);
  const y = yOf(frame, row);
  const middle = y + ROW / 2;
  if (waits && cycle > begin) {
    return `<line x1="${x + 2}" y1="${middle}" x2="${x + CELL - 2}" y2="${middle}" class="wait"/>`;
  }
  const [fill, ink] = killed ? KILLED : (COLOURS[name] ?? PLAIN);
  return (
    `<rect x="${x + 1}" y="${y + (ROW - BOX) / 2}" width="${CELL - 2}" height="${BOX}" rx="4" fill="${fill}" stroke="${ink}"/>` +
    `<text x="${x + CELL / 2}" y="${middle + 4}" fill="${ink}" text-anchor="middle">${escaped(name)}</text>`
  );
}

function drawRow(
  frame: Frame,
  row: number,
  { text, fate, stages, cause, stall, cycle }: PipelineRow,
): string[] {
  const killed = fate === "killed";
  const y = yOf(frame, row) + ROW / 2 + 4;
  const label = `<text x="${MARGIN}" y="${y}" class="${killed ? "code killed" : "code"}">${escaped(text)}</text>`;
  const cells = stages.flatMap((stage) =>
    Array.from({ length: stage.end - stage.begin }, (_, index) =>
      cell(frame, row, stage.begin + index, stage, killed),
    ),
  );
  const note = cause
    ? [`<text x="${xOf(frame, cycle + 1) + 6}" y="${y}" class="note">${cause} ${stall}</text>`]
    : [];
  return [label, ...cells, ...note];
}

function drawArrow(frame: Frame, rows: readonly PipelineRow[], { from, to }: Arrow): string[] {
  const source = rows[from.row]?.stages.find(({ name }) => name === from.stage);
  const target = rows[to.row]?.stages.find(({ name }) => name === to.stage);
  if (!source || !target) return [];
  // What is written in the first half of a cycle can be read in the second.
  const same = target.begin < source.end;
  const x1 = xOf(frame, source.end) - (same ? CELL / 2 : 3);
  const y1 = yOf(frame, from.row) + (ROW + BOX) / 2;
  const x2 = same ? x1 : xOf(frame, target.begin) + 4;
  const y2 = yOf(frame, to.row) + (ROW - BOX) / 2;
  return [`<path d="M ${x1} ${y1} L ${x2} ${y2}" class="arrow" marker-end="url(#head)"/>`];
}

const STYLE = `text{font:12px ui-monospace,Menlo,Consolas,monospace}
.code{fill:#111827}.killed{fill:#b91c1c;text-decoration:line-through}.note{fill:#b45309}.title{font-weight:bold;fill:#111827}
.cycle{fill:#6b7280;font-size:10px}.grid{stroke:#f3f4f6}.wait{stroke:#9ca3af;stroke-width:2;stroke-dasharray:3 3}
.arrow{stroke:#dc2626;stroke-width:1.6;fill:none}`;

/** The picture of rows in their order; cycles are counted from that of the first box. */
export function diagramSvg(rows: readonly PipelineRow[], { title, arrows = [] }: SvgOptions = {}): string {
  const shown = rows.filter(({ stages }) => stages.length > 0);
  const first = Math.min(...shown.map(({ stages }) => stages[0]?.begin ?? 0));
  const columns = Math.max(0, ...shown.map(({ cycle }) => cycle + 1 - first));
  const left = MARGIN + Math.ceil(Math.max(0, ...shown.map(({ text }) => text.length)) * LETTER) + 14;
  const notes = Math.max(0, ...shown.map(({ cause, stall }) => (cause ? `${cause} ${stall}`.length : 0)));
  const top = title === undefined ? TOP : TOP + 20;
  const frame = { first, left, top };
  const width = Math.max(
    left + columns * CELL + Math.ceil(notes * LETTER) + MARGIN,
    Math.ceil((title ?? "").length * LETTER) + 2 * MARGIN,
  );
  const height = top + shown.length * ROW + MARGIN;
  const cycles = Array.from({ length: columns }, (_, index) => {
    const x = xOf(frame, first + index);
    return (
      `<line x1="${x}" y1="${top - 4}" x2="${x}" y2="${height - MARGIN}" class="grid"/>` +
      `<text x="${x + CELL / 2}" y="${top - 8}" class="cycle" text-anchor="middle">${index + 1}</text>`
    );
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title ?? "Instructions in the pipeline")}</title>`,
    `<style>${STYLE}</style>`,
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#dc2626"/></marker></defs>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...(title === undefined ? [] : [`<text x="${MARGIN}" y="20" class="title">${escaped(title)}</text>`]),
    ...cycles,
    ...shown.flatMap((row, index) => drawRow(frame, index, row)),
    ...arrows.flatMap((arrow) => drawArrow(frame, shown, arrow)),
    "</svg>",
  ].join("\n")}\n`;
}
