/**
 * What harts and tasks do in the course of a run: which task each hart runs, when it waits, the traps of each task with the
 * system calls that they are, and how many instructions retire. From an instruction trace.
 */
import type { Core } from "../core/core.ts";
import { addressOf, type TraceCursor } from "../core/trace-buffer.ts";
import type { SymbolTable } from "../debug/symbols.ts";
import { transferOf } from "../profile/transfers.ts";
import { trapName } from "../profile/trap-names.ts";
import type { InstructionTrace, TraceWindow, WindowOptions } from "./instruction-trace.ts";
import { TaskTracker, type TracedTask } from "./task-tracker.ts";

/** A stretch of guest time; `end` is the cycle behind it. */
export interface Span {
  readonly name: string;
  readonly begin: number;
  end: number;
}

export interface TrapSpan extends Span {
  name: string;
  readonly kind: "exception" | "interrupt";
  readonly hart: number;
  /** Where the trap was taken, and its code in mcause or scause. */
  readonly pc: bigint;
  readonly code: number;
}

/** One task, or what a hart does before it has one. */
export interface TaskLine {
  pid: number | undefined;
  name: string;
  /** One within the other, in the order of their ends. */
  readonly traps: TrapSpan[];
}

export interface HartLine {
  readonly hart: number;
  /** What ran, one behind the other; tasks by their names and pids. */
  readonly runs: Span[];
  /** Cycles in which nothing issued for a good while: the hart slept. */
  readonly waits: Span[];
  readonly traps: TrapSpan[];
  /** Instructions by the number of the stretch of `bucket` cycles, where there were any. */
  readonly retired: Map<number, number>;
}

interface Open {
  readonly span: TrapSpan;
  readonly machine: boolean;
}

interface Task extends TaskLine {
  readonly open: Open[];
}

interface Hart extends HartLine {
  /** Cycle in which the last instruction issued. */
  clock: number;
  /** It was a call. */
  called: boolean;
  task: Task;
}

/** A hart that issues nothing for so long sleeps. */
const LEAST_WAIT = 200;
const MACHINE = 3;
const ECALL_FROM_U = 8;
const SYSTEM_CALL = /^sys_\w+$/;

export interface TimelineMachine {
  readonly core: Core;
  readonly symbols: SymbolTable;
  readonly trace: InstructionTrace;
}

export class Timeline {
  readonly window: TraceWindow;
  /** Cycles of the stretches whose instructions are counted. */
  readonly bucket: number;
  readonly #machine: TimelineMachine;
  readonly #tracker: TaskTracker;
  readonly #harts: Hart[] = [];
  readonly #tasks: Task[] = [];
  /** By address, or by hart where there is none yet. */
  readonly #present = new Map<number, Task>();
  /** Names of system calls by the addresses of their functions, undefined for other functions. */
  readonly #calls = new Map<number, string | undefined>();

  constructor(machine: TimelineMachine, window: WindowOptions = {}, bucket = 10_000) {
    this.#machine = machine;
    this.bucket = bucket;
    this.#tracker = new TaskTracker(machine.core, machine.symbols);
    this.window = machine.trace.listen({ onRecord: (record) => this.#note(record) }, window);
  }

  /** What the harts did, as far as the trace has come. */
  harts(): HartLine[] {
    this.#machine.trace.flush();
    for (const hart of this.#harts.filter(Boolean)) {
      const run = hart.runs.at(-1);
      if (run) run.end = hart.clock;
    }
    return this.#harts.filter(Boolean);
  }

  /** What the tasks did; traps that have not ended do so at the end of the trace. */
  tasks(): TaskLine[] {
    this.#machine.trace.flush();
    const end = Math.max(0, ...this.#harts.map((hart) => hart?.clock ?? 0));
    for (const { open } of this.#tasks) for (const { span } of open) span.end = end;
    return this.#tasks;
  }

  #note(record: TraceCursor): void {
    if (record.kind === "killed") return;
    const hart = this.#hart(record);
    if (record.kind === "task") this.#switch(record, hart);
    else if (record.kind === "instruction") this.#execute(record, hart);
    else this.#trap(record, hart, record.kind);
  }

  #hart(record: TraceCursor): Hart {
    const { hart: index, cycle } = record;
    const known = this.#harts[index];
    if (known) return known;
    const current = this.#tracker.current(index);
    const task = this.#task(index, current);
    const lines = { runs: [], waits: [], traps: [], retired: new Map<number, number>() };
    const hart = { hart: index, ...lines, clock: cycle, called: false, task };
    this.#harts[index] = hart;
    this.#run(hart, current);
    return hart;
  }

  #execute(record: TraceCursor, hart: Hart): void {
    const { pc, insn, issued, stall } = record;
    const start = issued - 1 - stall;
    if (start - hart.clock > LEAST_WAIT) hart.waits.push({ name: "waiting", begin: hart.clock, end: start });
    if (hart.called) this.#nameCall(hart.task, pc);
    hart.clock = issued;
    const bucket = Math.floor(issued / this.bucket);
    hart.retired.set(bucket, (hart.retired.get(bucket) ?? 0) + 1);
    const transfer = transferOf(insn);
    hart.called = transfer === "call";
    if (transfer === "sret" || transfer === "mret") this.#return(record, hart.task, transfer === "mret");
  }

  /** A system call is named by the first function that is called in it and looks like one. */
  #nameCall(task: Task, pc: number): void {
    const span = task.open.at(-1)?.span;
    if (span?.kind !== "exception" || span.code !== ECALL_FROM_U || span.name.startsWith("sys_")) return;
    if (!this.#calls.has(pc)) {
      const symbol = this.#machine.symbols.symbolize(addressOf(pc), "kernel");
      this.#calls.set(pc, symbol && SYSTEM_CALL.test(symbol.name) ? symbol.name : undefined);
    }
    span.name = this.#calls.get(pc) ?? span.name;
  }

  #trap(record: TraceCursor, hart: Hart, kind: "exception" | "interrupt"): void {
    const { pc, insn, cycle, privilege } = record;
    const span = {
      name: trapName(kind, insn),
      kind,
      hart: record.hart,
      pc: addressOf(pc),
      code: insn,
      begin: cycle,
      end: cycle,
    };
    hart.task.open.push({ span, machine: privilege === MACHINE });
    hart.traps.push(span);
    hart.called = false;
  }

  /** Ends the innermost trap into that mode, and what was left open within it. */
  #return({ cycle }: TraceCursor, task: Task, machine: boolean): void {
    const index = task.open.findLastIndex((open) => open.machine === machine);
    if (index < 0) return;
    for (const { span } of task.open.splice(index).reverse()) {
      span.end = cycle;
      task.traps.push(span);
    }
  }

  #switch(record: TraceCursor, hart: Hart): void {
    this.#tracker.note(record);
    const task = this.#tracker.current(record.hart);
    hart.task = this.#task(record.hart, task);
    hart.task.name = task.name;
    this.#run(hart, task);
  }

  #run(hart: Hart, { name, pid }: TracedTask): void {
    const label = pid === undefined ? name : `${name} (${pid})`;
    const last = hart.runs.at(-1);
    if (last?.name === label) return;
    if (last) last.end = hart.clock;
    hart.runs.push({ name: label, begin: hart.clock, end: hart.clock });
  }

  #task(hart: number, { address = hart, pid, name }: TracedTask): Task {
    const known = this.#present.get(address);
    if (known) known.pid ??= pid;
    // Memory of a task that has ended becomes another's.
    if (known && known.pid === pid) return known;
    const task: Task = { pid, name, traps: [], open: [] };
    this.#present.set(address, task);
    this.#tasks.push(task);
    return task;
  }
}
