/**
 * Pipeline traces for Konata, in the format Kanata 0004 (github.com/shioyadan/Konata, docs/kanata-log-format.md): a text of
 * commands in the order of cycles. Lane 0 has the stages; lane 1 what an instruction waited for before it issued.
 */
import type { PipelineRow, Rows } from "./recorder.ts";

/** Commands of one cycle come in this order. */
const END = 0;
const RETIRE = 1;
const START = 2;

interface Command {
  readonly cycle: number;
  readonly rank: number;
  readonly row: number;
  /** Without the instruction's number, which is given in the order of appearance. */
  readonly print: (id: number) => string;
}

/** Shown when the mouse is over the row. */
function detailOf({ hart, insn, fate, cycle, stall, cause }: PipelineRow): string {
  const end = { retired: "committed", killed: "flushed", trapped: "trapped" }[fate];
  const late = cause ? `; issued ${stall} ${stall === 1 ? "cycle" : "cycles"} late: ${cause}` : "";
  return `hart ${hart}, 0x${insn.toString(16)}, ${end} in cycle ${cycle}${late}`;
}

/** The waiting before the issue, as far as the instruction was in the pipeline. */
function stallSpan({ stages, issued, stall, cause }: PipelineRow) {
  const begin = Math.max(issued - stall, stages[0]?.begin ?? issued);
  return cause && begin < issued ? { cause, begin, end: issued } : undefined;
}

function commandsOf(row: PipelineRow, index: number, retirement: number): Command[] {
  const command = (cycle: number, rank: number, print: (id: number) => string): Command => ({
    cycle,
    rank,
    row: index,
    print,
  });
  const begin = row.stages[0]?.begin ?? row.cycle;
  const label = `${row.pc.toString(16)} <${row.where}> ${row.text}`;
  const stall = stallSpan(row);
  return [
    command(begin, START, (id) => `I\t${id}\t${index}\t${row.hart}`),
    command(begin, START, (id) => `L\t${id}\t0\t${label}`),
    command(begin, START, (id) => `L\t${id}\t1\t${detailOf(row)}`),
    ...row.stages.map((stage) => command(stage.begin, START, (id) => `S\t${id}\t0\t${stage.name}`)),
    ...(stall
      ? [
          command(stall.begin, START, (id) => `S\t${id}\t1\t${stall.cause}`),
          command(stall.end, END, (id) => `E\t${id}\t1\t${stall.cause}`),
        ]
      : []),
    command(row.cycle + 1, RETIRE, (id) => `R\t${id}\t${retirement}\t${row.fate === "retired" ? 0 : 1}`),
  ];
}

/** The order in which rows appear, and their numbers of retirement; those of flushed instructions are what they would have been. */
function plan(rows: Rows): { order: Uint32Array; begins: Float64Array; numbers: Uint32Array } {
  const begins = new Float64Array(rows.length);
  const cycles = new Float64Array(rows.length);
  const retired = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows.at(index) as PipelineRow;
    begins[index] = row.stages[0]?.begin ?? row.cycle;
    cycles[index] = row.cycle;
    retired[index] = row.fate === "retired" ? 1 : 0;
  }
  const sorted = (keys: Float64Array): Uint32Array =>
    Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  const numbers = new Uint32Array(rows.length);
  let next = 0;
  for (const index of sorted(cycles)) {
    numbers[index] = next;
    next += retired[index] as number;
  }
  return { order: sorted(begins), begins, numbers };
}

const isBefore = (a: Command, b: Command): boolean =>
  a.cycle < b.cycle || (a.cycle === b.cycle && (a.rank < b.rank || (a.rank === b.rank && a.row < b.row)));

/** Enters a command behind those that come before it, and behind its like; the first one is at the end. */
function enter(due: Command[], command: Command): void {
  let index = due.length;
  while (index > 0 && !isBefore(command, due[index - 1] as Command)) index--;
  due.splice(index, 0, command);
}

/** The file, in pieces of a line. Only the commands of what is in the pipeline at a time are kept. */
export function* kanataLines(rows: Rows): Generator<string> {
  const { order, begins, numbers } = plan(rows);
  const due: Command[] = [];
  const ids = new Map<number, number>();
  let appeared = 0;
  let cycle = begins[order[0] ?? 0] ?? 0;
  function* upTo(end: number): Generator<string> {
    for (let command = due.at(-1); command && command.cycle < end; command = due.at(-1)) {
      due.pop();
      if (command.cycle > cycle) yield `C\t${command.cycle - cycle}\n`;
      cycle = command.cycle;
      const id = ids.get(command.row) ?? appeared++;
      if (command.rank === RETIRE) ids.delete(command.row);
      else ids.set(command.row, id);
      yield `${command.print(id)}\n`;
    }
  }
  yield "Kanata\t0004\n";
  yield `C=\t${cycle}\n`;
  for (const index of order) {
    yield* upTo(begins[index] as number);
    for (const command of commandsOf(rows.at(index) as PipelineRow, index, numbers[index] as number)) {
      enter(due, command);
    }
  }
  yield* upTo(Number.POSITIVE_INFINITY);
}

export function kanata(rows: Rows): string {
  return [...kanataLines(rows)].join("");
}
