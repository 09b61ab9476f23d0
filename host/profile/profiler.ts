/** Where the cycles of a run go: by instruction, by function, by call stack. Exact, as every instruction is seen. */
import type { Core } from "../core/core.ts";
import { addressOf, type TraceCursor } from "../core/trace-buffer.ts";
import type { SymbolTable } from "../debug/symbols.ts";
import { FirstTime } from "../trace/first-time.ts";
import type { InstructionTrace, TraceWindow, WindowOptions } from "../trace/instruction-trace.ts";
import { TaskTracker } from "../trace/task-tracker.ts";
import { CallStacks } from "./call-stacks.ts";
import type { CallNode } from "./call-tree.ts";
import { addIdle, CodeCounts, type PlaceCount } from "./code-counts.ts";
import { type Code, CodeTable } from "./code-table.ts";
import { StackEvents } from "./stack-events.ts";

export interface ProfiledMachine {
  readonly core: Core;
  readonly symbols: SymbolTable;
  readonly trace: InstructionTrace;
}

/** One function of the kernel, the firmware or a program, with what its own instructions took. */
export interface FunctionProfile {
  readonly name: string;
  /** Label of the ELF file, or name of the program. */
  readonly image: string;
  readonly address: bigint;
  /** Instructions that were executed. */
  readonly count: number;
  readonly cycles: number;
  /** Cycles by cause, by its number; `base` is not among them. */
  readonly stalls: readonly number[];
  readonly places: readonly PlaceCount[];
}

const USER = 0;
/** Name of the space of addresses that all tasks share. */
const KERNEL = "";

export class Profiler {
  readonly window: TraceWindow;
  readonly events = new StackEvents();
  readonly #machine: ProfiledMachine;
  readonly #table: CodeTable;
  readonly #tasks: TaskTracker;
  readonly #stacks: CallStacks;
  readonly #counts = new Map<string, CodeCounts>();
  readonly #privilege: number[] = [];
  /** A machine that goes back executes again what has been counted. */
  readonly #first = new FirstTime();
  readonly #last: { place: PlaceCount; issued: number }[] = [];

  /** Profiles from now on, or in the window of the options. */
  constructor(machine: ProfiledMachine, window: WindowOptions = {}) {
    this.#machine = machine;
    this.#table = new CodeTable(machine.symbols);
    this.#tasks = new TaskTracker(machine.core, machine.symbols);
    this.#stacks = new CallStacks(this.#table, this.#tasks, this.events);
    this.window = machine.trace.listen({ onRecord: (record) => this.#note(record) }, window);
  }

  /** Ends the profile; what it has stays. */
  stop(): void {
    this.window.close();
  }

  /** All call stacks, below a root that stands for the machine. */
  tree(): CallNode {
    this.#machine.trace.flush();
    return this.#stacks.root;
  }

  /** The call stacks as they are: what is open on each hart, and how far it has come. */
  stacks(): CallStacks {
    this.#machine.trace.flush();
    return this.#stacks;
  }

  /** Functions and other things that stand in call stacks, by their numbers. */
  get codes(): readonly Code[] {
    return this.#table.all;
  }

  /** All functions that executed anything, those with the most cycles first. */
  functions(): FunctionProfile[] {
    this.#machine.trace.flush();
    const found = new Map<Code, PlaceCount[]>();
    for (const [space, counts] of this.#counts) {
      const program = space === KERNEL ? undefined : space;
      for (const place of counts.places()) {
        const code = this.#table.around(place.pc, program) ?? this.#table.special(program ?? "unknown");
        const places = found.get(code);
        if (places) places.push(place);
        else found.set(code, [place]);
      }
    }
    return [...found].map(([code, places]) => profileOf(code, places)).sort((a, b) => b.cycles - a.cycles);
  }

  #note(record: TraceCursor): void {
    if (record.kind === "killed" || !this.#first.admits(record)) return;
    if (record.kind === "task") {
      this.#stacks.note(record, this.#tasks.note(record));
      return;
    }
    this.#stacks.note(record);
    const { hart, kind, privilege } = record;
    if (kind === "instruction") this.#count(record);
    this.#privilege[hart] = privilege;
  }

  #count(record: TraceCursor): void {
    const { hart, issued, stall } = record;
    const privilege = this.#privilege[hart] ?? record.privilege;
    const space = privilege === USER ? this.#tasks.current(hart).name : KERNEL;
    let counts = this.#counts.get(space);
    if (!counts) {
      counts = new CodeCounts();
      this.#counts.set(space, counts);
    }
    const last = this.#last[hart];
    const gap = last ? issued - 1 - stall - last.issued : 0;
    if (last && gap > 0) addIdle(last.place, gap);
    this.#last[hart] = { place: counts.note(record), issued };
  }
}

function profileOf({ name, image, start }: Code, places: readonly PlaceCount[]): FunctionProfile {
  const stalls: number[] = [];
  let count = 0;
  let cycles = 0;
  for (const place of places) {
    count += place.count;
    cycles += place.cycles;
    place.stalls?.forEach((stalled, cause) => {
      stalls[cause] = (stalls[cause] ?? 0) + stalled;
    });
  }
  return { name, image, address: addressOf(start), count, cycles, stalls, places };
}
