/** The boot map's data: every function and program as a span of guest time, in lanes of one hart and one task. */
import type { ConsoleLine, TraceUpdate } from "../protocol.ts";

export type SpanKind = "firmware" | "kernel" | "program";

export interface Span {
  readonly id: string;
  readonly name: string;
  readonly argument: string | undefined;
  readonly kind: SpanKind;
  readonly hart: number;
  readonly pid: number | undefined;
  /** Tells tasks apart whose pids are not known; undefined where there is no task. */
  readonly task: number | undefined;
  readonly mode: string;
  readonly depth: number;
  readonly start: number;
  /** Undefined while it has not returned, or for good when it never does. */
  readonly end: number | undefined;
  readonly instructions: number | undefined;
}

/** The rows of one task on one hart, or of all programs. */
export interface Lane {
  readonly title: string;
  readonly spans: readonly Span[];
  readonly rows: number;
  /** The row of a span. */
  rowOf(span: Span): number;
}

const TASK_NAMES: Readonly<Record<number, string>> = { 0: "swapper", 1: "init", 2: "kthreadd" };

/** The title of the lane that begins with a span. */
function laneTitle({ hart, pid, task, name }: Span): string {
  if (pid === undefined && task !== undefined) return `hart ${hart} · task of ${name}`;
  if (pid === undefined) return `hart ${hart} · before the first task`;
  return `hart ${hart} · pid ${pid} ${TASK_NAMES[pid] ?? ""}`.trimEnd();
}

/** The map as it was at some time. */
export interface SavedMap {
  readonly functions: readonly Span[];
  readonly programs: readonly Span[];
  readonly lines: readonly ConsoleLine[];
}

export class BootMapModel {
  #functions: Span[] = [];
  #programs: Span[] = [];
  lines: ConsoleLine[] = [];
  #lanes: Lane[] | undefined;
  /** Where the records of the present traces begin, and spans that some of their programs had before. */
  #firstFunction = 0;
  #firstProgram = 0;
  readonly #known = new Map<number, number>();
  /** The guest's present. */
  now = 0;
  /** The cycle from which on anything is known. */
  start = 0;

  clear(): void {
    this.restore({ functions: [], programs: [], lines: [] }, 0);
    this.start = 0;
  }

  save(): SavedMap {
    return { functions: [...this.#functions], programs: [...this.#programs], lines: [...this.lines] };
  }

  /** The map of a machine that goes on from `cycle` with new traces; `saved`: what was known there. */
  restore(saved: SavedMap | undefined, cycle: number): void {
    this.#functions = [...(saved?.functions ?? [])];
    this.#programs = [...(saved?.programs ?? [])];
    this.lines = [...(saved?.lines ?? [])];
    this.#firstFunction = this.#functions.length;
    this.#firstProgram = this.#programs.length;
    this.#known.clear();
    this.start = saved ? 0 : cycle;
    this.now = cycle;
    this.#lanes = undefined;
  }

  update({ functions, programs, lines }: TraceUpdate): void {
    for (const [number, record] of functions) {
      const index = this.#firstFunction + number;
      const { name, argument, image, hart, pid, task, privilege, depth, cycle, instructions, end } = record;
      if (image === "user") continue;
      this.#functions[index] = {
        id: `f${index}`,
        name,
        argument,
        kind: image === "firmware" ? "firmware" : "kernel",
        hart,
        pid,
        task,
        mode: privilege,
        depth,
        start: cycle,
        end: end?.cycle,
        // A task that moved to another hart meanwhile has retired on both.
        instructions: end && end.hart === hart ? end.instructions - instructions : undefined,
      };
    }
    for (const [number, { name, pid, task, hart, cycle, instructions, end, adopted = false }] of programs) {
      const index = this.#placeOf(number, adopted, name, pid);
      const before = this.#known.has(number) ? this.#programs[index] : undefined;
      this.#programs[index] = {
        id: `p${index}`,
        name,
        argument: undefined,
        kind: "program",
        hart,
        pid,
        task,
        mode: "U",
        depth: 0,
        start: before?.start ?? cycle,
        end: end?.cycle,
        instructions:
          !adopted && end && end.instructions > instructions ? end.instructions - instructions : undefined,
      };
    }
    const known = this.lines.at(-1)?.cycle ?? -1;
    this.lines.push(...lines.filter(({ cycle }) => cycle > known));
    this.#lanes = undefined;
  }

  /** A program that was there before the trace goes on with the span that it had. */
  #placeOf(number: number, adopted: boolean, name: string, pid: number | undefined): number {
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    const there = adopted
      ? this.#programs.findIndex((span) => span?.end === undefined && span?.pid === pid && span.name === name)
      : -1;
    if (there >= 0) this.#known.set(number, there);
    return there >= 0 ? there : this.#firstProgram + number;
  }

  /** All spans in the order of time. */
  get spans(): Span[] {
    return this.lanes.flatMap(({ spans }) => spans).sort((a, b) => a.start - b.start || a.depth - b.depth);
  }

  get lanes(): readonly Lane[] {
    this.#lanes ??= this.#makeLanes();
    return this.#lanes;
  }

  /** The end of the part that is worth a first look: the boot, and the programs that it starts by itself. */
  get bootEnd(): number {
    const last = this.#functions.reduce((most, span) => Math.max(most, span?.end ?? span?.start ?? 0), 0);
    const soon = this.#programs.filter((span) => span && span.start < 3 * last);
    const end = soon.reduce((most, { start }) => Math.max(most, start), last);
    // Of a machine that goes on from a snapshot only what came after is known.
    return this.start + Math.max(1000, (Math.max(end, this.start > 0 ? this.now : 0) - this.start) * 1.05);
  }

  get lastEvent(): number {
    return this.spans.reduce((most, span) => Math.max(most, span.end ?? span.start), this.bootEnd);
  }

  /** Where a span that has not returned is drawn to. */
  drawnEnd(span: Span): number {
    if (span.end !== undefined) return span.end;
    if (span.kind === "program") return Math.max(this.now, span.start);
    const lane = this.lanes.find(({ spans }) => spans.includes(span));
    const after = lane?.spans.find(({ start, depth }) => start > span.start && depth <= span.depth);
    return after?.start ?? Math.max(span.start, this.#functionsEnd);
  }

  /** What was printed while the span was the innermost thing to look at: during it, or until what came next. */
  linesOf(span: Span): ConsoleLine[] {
    const end = this.drawnEnd(span);
    return this.lines.filter(({ cycle }) => cycle >= span.start && cycle < end);
  }

  /** The calls around a span, outermost first. */
  callersOf(span: Span): Span[] {
    const lane = this.lanes.find(({ spans }) => spans.includes(span));
    const callers: Span[] = [];
    let depth = span.depth;
    for (const other of [...(lane?.spans ?? [])].filter(({ start }) => start <= span.start).reverse()) {
      if (other.depth >= depth || other === span) continue;
      callers.unshift(other);
      depth = other.depth;
    }
    return span.kind === "program" ? [] : callers;
  }

  get #functionsEnd(): number {
    return this.#functions.reduce((most, span) => Math.max(most, span?.end ?? span?.start ?? 0), 0);
  }

  #makeLanes(): Lane[] {
    const groups = new Map<string, Span[]>();
    for (const span of this.#functions) {
      if (!span) continue;
      // A hart's tasks of the same pid, such as its idle loop and what was before it, are one lane.
      const key = `${span.hart} ${span.pid ?? `task ${span.task}`}`;
      groups.set(key, [...(groups.get(key) ?? []), span]);
    }
    const lanes = [...groups.values()].map((spans): Lane => {
      const title = laneTitle(spans[0] as Span);
      const least = Math.min(...spans.map(({ depth }) => depth));
      const most = Math.max(...spans.map(({ depth }) => depth));
      return { title, spans, rows: most - least + 1, rowOf: ({ depth }) => depth - least };
    });
    lanes.sort((a, b) => {
      const [first, second] = [a.spans[0] as Span, b.spans[0] as Span];
      return first.hart - second.hart || first.start - second.start;
    });
    const programs = this.#programs.filter((span) => span !== undefined);
    if (programs.length > 0) lanes.push(programLane(programs));
    return lanes;
  }
}

/** A row for each process; a process that ended lends its row to one that begins later. */
function programLane(spans: readonly Span[]): Lane {
  const rowOfProcess = new Map<string, number>();
  const processOf = ({ pid, task }: Span): string => (pid === undefined ? `task ${task}` : `pid ${pid}`);
  const freeFrom: number[] = [];
  for (const span of spans) {
    const process = processOf(span);
    if (rowOfProcess.has(process)) continue;
    const last = spans.filter((other) => processOf(other) === process).at(-1) as Span;
    const free = freeFrom.findIndex((time) => time <= span.start);
    const row = free < 0 ? freeFrom.length : free;
    freeFrom[row] = last.end ?? Number.POSITIVE_INFINITY;
    rowOfProcess.set(process, row);
  }
  const rowOf = (span: Span): number => rowOfProcess.get(processOf(span)) ?? 0;
  return { title: "user programs", spans, rows: freeFrom.length, rowOf };
}
