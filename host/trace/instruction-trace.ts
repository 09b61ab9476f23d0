/**
 * The instruction trace of a machine: listeners are told of every instruction within a window of the run. The core writes
 * records only while a window is open; traces change neither the guest nor its time.
 */
import { PRIVILEGE } from "../../spec/riscv.ts";
import type { Core } from "../core/core.ts";
import type { TraceCursor } from "../core/trace-buffer.ts";
import type { Breakpoint, Breakpoints } from "../debug/breakpoints.ts";
import { cycleOf, type Place } from "./place.ts";

export interface TraceListener {
  /** In the order of execution, hart by hart within a round. The cursor is valid during the call. */
  onRecord(record: TraceCursor): void;
}

/** Where a window begins and ends; from now on, and for ever, unless said. */
export interface WindowOptions {
  readonly from?: Place | undefined;
  readonly to?: Place | undefined;
}

export interface TraceMachine {
  readonly core: Core;
  readonly breakpoints: Breakpoints;
}

/** Longest round of several harts: one may be so many cycles behind another. */
const ROUND = 2000;

/** One listener's part of the run. */
export class TraceWindow {
  /** Guest cycles of what is told; undefined while an address that begins it has not been reached. */
  first: number | undefined;
  end = Number.MAX_SAFE_INTEGER;
  readonly listener: TraceListener;
  readonly #machine: TraceMachine;
  readonly #changed: () => void;
  readonly #breakpoints: Breakpoint[] = [];
  #closed = false;

  constructor(
    machine: TraceMachine,
    listener: TraceListener,
    { from, to }: WindowOptions,
    changed: () => void,
  ) {
    this.#machine = machine;
    this.listener = listener;
    this.#changed = changed;
    const start = machine.core.cycles;
    if (from?.kind === "address") this.#await(from, (cycle) => this.#begin(cycle, to));
    else this.#begin(from ? Math.max(cycleOf(from, start), start) : start, to);
  }

  /** Nothing more will happen in it. */
  get over(): boolean {
    return this.#closed || this.#machine.core.cycles >= this.end + ROUND;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Ends the window here, if it has not been closed; what came before is told. */
  close(): void {
    if (this.#closed) return;
    this.#changed();
    this.#closed = true;
    for (const breakpoint of this.#breakpoints.splice(0)) breakpoint.remove();
    this.#changed();
  }

  tell(record: TraceCursor): void {
    const { cycle } = record;
    if (this.first !== undefined && cycle >= this.first && cycle < this.end) this.listener.onRecord(record);
  }

  #begin(cycle: number, to: Place | undefined): void {
    this.first = cycle;
    if (to?.kind === "address") this.#await(to, () => this.close());
    else if (to) this.end = Math.max(cycleOf(to, cycle), cycle);
    this.#changed();
  }

  /** Calls `then` once, when a hart comes to the place. */
  #await({ addresses, user }: Place & { kind: "address" }, then: (cycle: number) => void): void {
    const set = addresses.map((address) =>
      this.#machine.breakpoints.add(address, (hart) => {
        const { core } = this.#machine;
        if (!user && core.hart(hart).get("priv") === BigInt(PRIVILEGE.U)) return "go-on";
        for (const breakpoint of set) breakpoint.remove();
        then(core.cycles);
        return "go-on";
      }),
    );
    this.#breakpoints.push(...set);
  }
}

export class InstructionTrace {
  readonly #machine: TraceMachine;
  readonly #windows = new Set<TraceWindow>();

  constructor(machine: TraceMachine) {
    this.#machine = machine;
    machine.core.trace.onRecord = (record) => {
      for (const window of this.#windows) window.tell(record);
    };
  }

  /** Tells `listener` of the instructions in a window of the run. */
  listen(listener: TraceListener, options: WindowOptions = {}): TraceWindow {
    const window = new TraceWindow(this.#machine, listener, options, () => this.#refresh());
    this.#windows.add(window);
    this.#refresh();
    return window;
  }

  /** Tells the listeners what the core has not handed over yet. */
  flush(): void {
    this.#machine.core.trace.take();
  }

  /** Has the core trace the cycles that any window wants. */
  #refresh(): void {
    const { trace } = this.#machine.core;
    trace.take();
    for (const window of this.#windows) if (window.closed) this.#windows.delete(window);
    const wanted = [...this.#windows].filter(({ first }) => first !== undefined);
    if (wanted.length === 0) trace.close();
    else
      trace.open(
        Math.min(...wanted.map(({ first }) => first ?? 0)),
        Math.max(...wanted.map(({ end }) => end)),
      );
  }
}
