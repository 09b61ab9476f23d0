/**
 * Prints the interpreter that traces: the same meanings once more, with a record written after each instruction. It keeps
 * either kind of time, as the hart does, and is used while a trace is open; the others know nothing of it.
 */
import { PC } from "./expression.ts";
import { printInterpreter, type Timekeeping } from "./interpreter.ts";
import type { Op } from "./ops.ts";
import { TIMED } from "./timed-interpreter.ts";
import { timingClass } from "./timing-classes.ts";

const TRACE = `traceInstruction(h, slot, ${PC}, fuel);`;

/** What the model is told, when it keeps the time. */
const told = (statements: string[]) => statements.map((statement) => `if (timed) ${statement}`);

/** Divisions and CSR instructions are told to the model before they are executed. */
const isToldBefore = (op: Op) => ["divide", "csr"].includes(timingClass(op.instruction).kind);

const TRACED: Timekeeping = {
  ...TIMED,
  name: "interpretTraced",
  imports: `${TIMED.imports}
import { traceEntry, traceInstruction, traceLeaving } from '../trace/record';
import { HART_TIMED } from './layout';`,
  begin: `${TIMED.begin} const timed = load<u32>(h, HART_TIMED) != 0; const plain: i32 = timed ? 0 : 1;`,
  tick: "fuel -= plain;",
  untick: "fuel += plain;",
  entered: `if (timed) ${TIMED.entered} traceEntry(h, from);`,
  left: `if (slot && timed) fuel -= retireLeaving(h, m, slot, ${PC}); traceLeaving(h, slot, ${PC}, fuel);`,
  before: (op) => (isToldBefore(op) ? [...told(TIMED.before(op)), TRACE] : []),
  retire: (op) => (isToldBefore(op) ? [] : [...told(TIMED.retire(op)), TRACE]),
  branch: (op, to) => [...told(TIMED.branch(op, to)), TRACE],
  jump: (op, to) => [...told(TIMED.jump(op, to)), TRACE],
};

export function printTracedInterpreter(ops: readonly Op[]): string {
  return printInterpreter(ops, TRACED);
}
