/**
 * Timelines for Perfetto (ui.perfetto.dev) and chrome://tracing, in the Trace Event Format of Chrome: harts with the tasks that
 * they run, tasks with their traps and system calls. Times are microseconds of guest time with nanoseconds behind the point.
 */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import type { SymbolTable } from "../debug/symbols.ts";
import type { HartLine, Span, TaskLine, Timeline, TrapSpan } from "./timeline.ts";

/** `X` is a slice, `i` an instant, `C` a counter, `M` names a process or a thread. */
export interface TraceEvent {
  readonly ph: "X" | "i" | "C" | "M";
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  /** Scope of an instant: its thread. */
  readonly s?: "t";
  readonly args?: Readonly<Record<string, string | number>>;
}

/** Processes of the file. */
const HARTS = 1;
const TASKS = 2;

const microseconds = (cycles: number): number => (cycles * 1e6) / CYCLES_PER_SECOND;

function meta(name: string, pid: number, tid: number, args: TraceEvent["args"]): TraceEvent {
  return { ph: "M", name, pid, tid, ts: 0, ...(args && { args }) };
}

function slice({ name, begin, end }: Span, cat: string, pid: number, tid: number): TraceEvent {
  return { ph: "X", name, cat, pid, tid, ts: microseconds(begin), dur: microseconds(end - begin) };
}

function* hartEvents({ hart, runs, waits, traps, retired }: HartLine, bucket: number): Generator<TraceEvent> {
  const tid = hart + 1;
  yield meta("thread_name", HARTS, tid, { name: `hart ${hart}` });
  yield meta("thread_sort_index", HARTS, tid, { sort_index: hart });
  for (const run of runs) yield slice(run, "run", HARTS, tid);
  for (const wait of waits) yield slice(wait, "wait", HARTS, tid);
  for (const { name, kind, begin } of traps) {
    if (kind !== "interrupt") continue;
    yield { ph: "i", name, cat: kind, s: "t", pid: HARTS, tid, ts: microseconds(begin) };
  }
  for (const [index, count] of retired) {
    yield rate(hart, index * bucket, count / bucket);
    if (!retired.has(index + 1)) yield rate(hart, (index + 1) * bucket, 0);
  }
}

function rate(hart: number, cycle: number, value: number): TraceEvent {
  const name = `hart ${hart}: instructions per cycle`;
  return { ph: "C", name, pid: HARTS, tid: hart + 1, ts: microseconds(cycle), args: { value } };
}

function* taskEvents(
  { name, pid, traps }: TaskLine,
  tid: number,
  symbols: SymbolTable,
): Generator<TraceEvent> {
  yield meta("thread_name", TASKS, tid, { name: pid === undefined ? name : `${name} (${pid})` });
  yield meta("thread_sort_index", TASKS, tid, { sort_index: pid ?? -1 });
  for (const trap of traps) yield trapEvent(trap, tid, symbols);
}

function trapEvent(trap: TrapSpan, tid: number, symbols: SymbolTable): TraceEvent {
  const { hart, pc, code, kind } = trap;
  const args = { hart, pc: symbols.describe(pc), code };
  return { ...slice(trap, kind, TASKS, tid), args };
}

/** All events, in no order of time. */
export function* perfettoEvents(timeline: Timeline, symbols: SymbolTable): Generator<TraceEvent> {
  const tasks = timeline.tasks();
  yield meta("process_name", HARTS, 0, { name: "harts" });
  yield meta("process_name", TASKS, 0, { name: "tasks" });
  for (const hart of timeline.harts()) yield* hartEvents(hart, timeline.bucket);
  for (const [index, task] of tasks.entries()) yield* taskEvents(task, index + 1, symbols);
}

/** The file in pieces of a line. */
export function* perfettoLines(timeline: Timeline, symbols: SymbolTable): Generator<string> {
  yield '{"displayTimeUnit": "ns", "traceEvents": [\n';
  let first = true;
  for (const event of perfettoEvents(timeline, symbols)) {
    yield `${first ? "" : ",\n"}${JSON.stringify(event)}`;
    first = false;
  }
  yield "\n]}\n";
}
