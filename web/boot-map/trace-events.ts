/** The boot map in the Trace Event Format, which Perfetto and chrome://tracing read. Times are in microseconds. */
import type { ConsoleLine } from "../protocol.ts";
import type { Span } from "./model.ts";

const CYCLES_PER_MICROSECOND = 1000;
/** "Threads" of the file: a task, or a hart that has none yet. */
const HART_THREADS = 1_000_000;
/** Tasks whose pids are not known. */
const TASK_THREADS = 2_000_000;

export interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "i" | "M";
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly s?: "g";
  readonly args: Record<string, unknown>;
}

function threadOf({ pid, task, hart }: Span): number {
  if (pid === undefined && task !== undefined) return TASK_THREADS + task;
  return pid === undefined || pid === 0 ? HART_THREADS + hart : pid;
}

function threadName({ pid, task, hart }: Span): string {
  if (pid === undefined && task !== undefined) return `task ${task}`;
  return pid === undefined || pid === 0 ? `hart ${hart}, swapper` : `pid ${pid}`;
}

export function traceEvents(
  spans: readonly Span[],
  lines: readonly ConsoleLine[],
  endOf: (span: Span) => number,
): { traceEvents: TraceEvent[]; displayTimeUnit: "ns" } {
  const threads = new Map(spans.map((span) => [threadOf(span), threadName(span)]));
  return {
    displayTimeUnit: "ns",
    traceEvents: [
      ...[...threads].map(
        ([tid, name]): TraceEvent => ({ name: "thread_name", ph: "M", ts: 0, pid: 1, tid, args: { name } }),
      ),
      ...spans.map(
        (span): TraceEvent => ({
          name: span.name,
          ph: "X",
          ts: span.start / CYCLES_PER_MICROSECOND,
          dur: (endOf(span) - span.start) / CYCLES_PER_MICROSECOND,
          pid: 1,
          tid: threadOf(span),
          args: {
            cycle: span.start,
            hart: span.hart,
            mode: span.mode,
            ...(span.argument !== undefined && { argument: span.argument }),
            ...(span.instructions !== undefined && { instructions: span.instructions }),
          },
        }),
      ),
      ...lines.map(
        ({ cycle, text }): TraceEvent => ({
          name: text,
          ph: "i",
          ts: cycle / CYCLES_PER_MICROSECOND,
          pid: 1,
          tid: 0,
          s: "g",
          args: { cycle },
        }),
      ),
    ],
  };
}
