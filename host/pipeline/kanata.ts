/**
 * Pipeline traces for Konata, in the format Kanata 0004 (github.com/shioyadan/Konata, docs/kanata-log-format.md): a text of
 * commands in the order of cycles. Lane 0 has the stages; lane 1 what an instruction waited for before it issued.
 */
import type { PipelineRow } from "./recorder.ts";

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

/** Numbers of retirement; those of flushed instructions are what they would have been. */
function retirements(rows: readonly PipelineRow[]): number[] {
  const order = rows.map((_, index) => index);
  const cycle = (index: number): number => rows[index]?.cycle ?? 0;
  order.sort((a, b) => cycle(a) - cycle(b) || a - b);
  const numbers: number[] = [];
  let next = 0;
  for (const index of order) {
    numbers[index] = next;
    if (rows[index]?.fate === "retired") next++;
  }
  return numbers;
}

/** The file, in pieces of a line. */
export function* kanataLines(rows: readonly PipelineRow[]): Generator<string> {
  const numbers = retirements(rows);
  const commands = rows.flatMap((row, index) => commandsOf(row, index, numbers[index] ?? 0));
  commands.sort((a, b) => a.cycle - b.cycle || a.rank - b.rank || a.row - b.row);
  let cycle = commands[0]?.cycle ?? 0;
  yield "Kanata\t0004\n";
  yield `C=\t${cycle}\n`;
  const ids = new Map<number, number>();
  for (const command of commands) {
    if (command.cycle > cycle) yield `C\t${command.cycle - cycle}\n`;
    cycle = command.cycle;
    const id = ids.get(command.row) ?? ids.size;
    ids.set(command.row, id);
    yield `${command.print(id)}\n`;
  }
}

export function kanata(rows: readonly PipelineRow[]): string {
  return [...kanataLines(rows)].join("");
}
