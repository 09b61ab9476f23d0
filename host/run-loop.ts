/**
 * The run loop: alternates between the core and the event queue, lets in what comes from outside, and finds any
 * place of a run again.
 *
 * A run is decided by the machine and its inputs alone, however it is cut into pieces. So inputs are kept with the
 * place at which they came (`InputLog`), and a machine that was put back to an earlier state takes them anew at
 * just these places. A place (`Position`) is found by its count of executed cycles, then, where that stands still, by
 * going on without executing: to the end of a round, over idle time, up to a hart's next instruction.
 */
import { type Core, FOREVER } from "./core/core.ts";
import type { Breakpoints } from "./debug/breakpoints.ts";
import type { Watchpoints } from "./debug/watchpoints.ts";
import { HartbeatError } from "./errors.ts";
import type { EventQueue } from "./events.ts";
import type { Input, InputLog } from "./replay/input-log.ts";
import type { Phase, Position } from "./replay/position.ts";

/** Why a run ended before its cycles were over. */
export type RunEnd = "cycles" | "halted" | "paused" | "requested" | "step" | "replayed" | "waiting";

/** Told of what would stop a debugger while the loop goes over the past. */
export interface Scan {
  /** Hart `hart` stands before the instruction at a breakpoint. */
  onBreakpoint(hart: number): void;
  /** It stands before an access that is watched. */
  onWatchpoint(): void;
}

/** Where an advance ends: at `end` in guest time, at a place, or when so many cycles have been executed. */
interface Limits {
  readonly end?: number;
  readonly goal?: Position;
  readonly executed?: number;
  /** With `executed`: goes on from there until a hart is about to execute, and has it take its interrupt. */
  readonly about?: boolean;
  /** Going over the past: pauses and handlers of breakpoints do not count. */
  readonly silent?: boolean;
  readonly scan?: Scan;
}

export interface RunLoopOptions {
  readonly core: Core;
  readonly events: EventQueue;
  readonly log: InputLog;
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  /** Makes an input happen; false when it cannot be. */
  readonly apply: (input: Input) => boolean;
}

export class RunLoop {
  /** Set when the guest has ended; nothing runs then. */
  halted = false;
  paused = false;
  requested = false;
  disposed = false;
  /** The end of a recorded run, while it is replayed. */
  replayEnd: Position | undefined;
  /** Called when something came in from outside. */
  onInput: () => void = () => {};
  /** Called when `executed` has come to `checkpointAt`. */
  onCheckpoint: () => void = () => {};
  checkpointAt = Number.POSITIVE_INFINITY;
  readonly #options: RunLoopOptions;
  #phase: Phase = "ready";
  /** Within the core, where an input must wait for the end of the instruction. */
  #inside = false;
  #deferred: Input[] = [];
  /** At an event that is not ready; what comes in now comes in after it. */
  #held = false;

  constructor(options: RunLoopOptions) {
    this.#options = options;
  }

  /** Where the machine stands. */
  get position(): Position {
    const { core, log } = this.#options;
    const { turn } = core;
    return {
      executed: core.executed,
      cycle: core.cycles,
      turn,
      inputs: log.taken,
      phase: this.#phase,
      pc: turn < core.hartCount ? core.hart(turn).get("pc") : 0n,
    };
  }

  /** To be called after the machine was put into the state that it had at `position`. */
  restored(position: Position): void {
    const { core, log } = this.#options;
    log.taken = position.inputs;
    this.#phase = position.phase;
    this.#deferred = [];
    this.#held = false;
    if (position.phase === "fetched") this.passBreakpoint(core.currentHart);
  }

  /** Lets something in from outside, at the present place. False when it cannot be. */
  enter(input: Input): boolean {
    const { core, events, log, apply } = this.#options;
    if (this.#inside || this.#held) {
      this.#deferred.push(input);
      core.requestStop();
      return true;
    }
    const at = this.position;
    if (!apply(input)) return false;
    this.onInput();
    this.replayEnd = undefined;
    log.add({ at, input });
    // Now, as in a replay, and not behind what else comes in here.
    if (core.betweenRounds) this.#deliver(events);
    return true;
  }

  /** Runs to guest cycle `end`. */
  run(end: number): RunEnd {
    this.requested = false;
    const goal = this.replayEnd;
    const reason = this.#advance(goal ? { end, goal } : { end });
    if (reason !== "goal") return reason;
    this.replayEnd = undefined;
    return "replayed";
  }

  /** Goes on to a later place of the run, whatever is paused or breaks. */
  advanceTo(goal: Position): void {
    this.#unwatched({ goal });
  }

  /** The same to a guest cycle, or to the end of the guest. */
  advanceToCycle(end: number): void {
    this.#unwatched({ end });
  }

  /** The same to when `executed` cycles have been executed, and with `about` on to the next instruction. */
  advanceToExecuted(executed: number, about = false): void {
    this.#unwatched({ executed, about });
  }

  /** Goes on until `executed` cycles have been executed, and tells `scan` what was met. */
  scanTo(executed: number, scan: Scan): void {
    this.#advance({ executed, silent: true, scan });
  }

  /** The same up to a place; what lies before it in its very cycle is met, too. */
  scanUpTo(goal: Position, scan: Scan): void {
    this.#advance({ goal, silent: true, scan });
  }

  #unwatched(limits: Limits): void {
    const { core } = this.#options;
    core.watchDisarmed = true;
    try {
      this.#advance({ ...limits, silent: true });
    } finally {
      core.watchDisarmed = false;
    }
  }

  /** Lets a hart that stands at a breakpoint go on over it. */
  passBreakpoint(hart: number): void {
    const record = this.#options.core.hart(hart);
    record.set("resumePc", record.get("pc"));
  }

  #advance(limits: Limits): RunEnd | "goal" {
    const { core, events } = this.#options;
    const { silent = false } = limits;
    // The core counts whole cycles.
    const end = Math.ceil(limits.end ?? FOREVER);
    for (;;) {
      if (this.disposed) throw new HartbeatError("The machine was disposed of; make a new one.");
      // In the middle of a round other harts have yet to reach the cycle of the event.
      if (core.betweenRounds && !this.#deliver(events)) return "waiting";
      // Before what came in at that very place, which the caller may not want.
      if (limits.executed !== undefined && core.executed >= limits.executed && !limits.about) return "goal";
      if (this.#takeInput(limits.goal)) continue;
      if (this.#arrived(limits)) return "goal";
      if (this.halted) {
        if (limits.goal && silent) this.#diverged();
        return "halted";
      }
      if (!silent && this.paused) return "paused";
      if (!silent && this.requested) return "requested";
      if (core.cycles >= end) return "cycles";
      const reason = this.#turn(limits, end);
      if (reason === "Step") return "step";
      if (reason === "About") return "goal";
    }
  }

  #deliver(events: EventQueue): boolean {
    const delivered = events.deliver();
    const held = this.#held;
    this.#held = !delivered;
    if (held && delivered) for (const input of this.#deferred.splice(0)) this.enter(input);
    return delivered;
  }

  /** One stretch in the core, and what it gave. */
  #turn(limits: Limits, end: number): string {
    const { core, events } = this.#options;
    const { budget, pauseAt } = this.#stretch(limits, end);
    const reason = this.#enterCore(pauseAt, budget);
    if (reason === "Idle") core.skipTo(Math.min(events.next, pauseAt));
    if (reason === "Breakpoint") this.#breakpoint(limits.silent === true, limits.scan);
    if (reason === "Watchpoint") return this.#watchpoint(pauseAt, limits.silent === true, limits.scan);
    if (reason === "Fuel" && core.executed >= this.checkpointAt) this.onCheckpoint();
    if (reason !== "Fuel" || budget > 0 || this.#atStop(limits)) return reason;
    if (!limits.about) this.#diverged();
    core.settle();
    this.#phase = "interrupted";
    return "About";
  }

  #enterCore(pauseAt: number, budget: number): string {
    const { core, events } = this.#options;
    this.#inside = true;
    try {
      return core.run(events.next, pauseAt, budget);
    } finally {
      this.#inside = false;
      this.#phase = "ready";
      for (const input of this.#deferred.splice(0)) this.enter(input);
    }
  }

  /** How far the core may go: to the next logged input, the goal, the next checkpoint. */
  #stretch(limits: Limits, end: number): { budget: number; pauseAt: number } {
    const { core } = this.#options;
    const { executed } = core;
    let budget = Math.min(FOREVER, limits.executed ?? FOREVER) - executed;
    if (this.checkpointAt > executed) budget = Math.min(budget, this.checkpointAt - executed);
    const stop = this.#nextStop(limits);
    // In timed runs an instruction may take more than what was left.
    if (!stop) return { budget: Math.max(budget, 0), pauseAt: end };
    if (stop.executed < executed) this.#diverged();
    budget = Math.max(Math.min(budget, stop.executed - executed), 0);
    const waits = budget === 0 && stop.turn === core.hartCount;
    return { budget, pauseAt: waits ? Math.min(end, stop.cycle) : end };
  }

  /** The next place that must not be missed. */
  #nextStop({ goal }: Limits): Position | undefined {
    const { log } = this.#options;
    return goal && log.taken >= goal.inputs ? goal : (log.next?.at ?? goal);
  }

  /** Takes the next logged input when the machine stands where it came. */
  #takeInput(goal: Position | undefined): boolean {
    const { log, apply } = this.#options;
    const { next } = log;
    if (!next || (goal && log.taken >= goal.inputs) || !this.#isAt(next.at)) return false;
    this.#settleTo(next.at);
    log.take();
    apply(next.input);
    return true;
  }

  #arrived({ goal, scan }: Limits): boolean {
    const { log } = this.#options;
    if (!goal || log.taken !== goal.inputs || !this.#isAt(goal)) return false;
    this.#settleTo(goal, scan);
    return true;
  }

  #atStop(limits: Limits): boolean {
    const stop = this.#nextStop(limits);
    return stop !== undefined && this.#isAt(stop);
  }

  #isAt({ executed, turn, cycle }: Position): boolean {
    const { core } = this.#options;
    return core.executed === executed && core.turn === turn && core.cycles === cycle;
  }

  /** Brings the hart whose turn it is as near to its next instruction as it was. */
  #settleTo({ phase, turn, pc }: Position, scan?: Scan): void {
    const { core } = this.#options;
    if (phase === "ready") return;
    const there = core.hart(turn).get("pc") === pc;
    if (phase === this.#phase && there) return;
    if (phase === "interrupted") core.settle();
    if (phase === "fetched" || core.hart(turn).get("pc") !== pc) this.#fetch(turn, pc, scan);
    this.#phase = phase;
  }

  /** Has a hart go on to its next instruction, at `pc`; in timed runs one that commits in the same cycle may lie before it. */
  #fetch(turn: number, pc: bigint, scan?: Scan): void {
    const { core, breakpoints } = this.#options;
    const held = breakpoints.has(pc);
    core.hart(turn).set("resumePc", -1n);
    if (!held) core.setBreakpoint(pc);
    let reason = this.#enterCore(FOREVER, 1);
    for (;;) {
      if (reason === "Watchpoint") reason = this.#watchpoint(FOREVER, true, scan);
      if (reason !== "Breakpoint" || core.hart(turn).get("pc") === pc) break;
      this.#breakpoint(true, scan);
      reason = this.#enterCore(FOREVER, 1);
    }
    this.passBreakpoint(turn);
    if (!held) core.clearBreakpoint(pc);
    if (reason !== "Breakpoint") this.#diverged();
  }

  #breakpoint(silent: boolean, scan: Scan | undefined): void {
    const { core, breakpoints } = this.#options;
    const hart = core.currentHart;
    this.passBreakpoint(hart);
    this.#phase = "fetched";
    if (silent) scan?.onBreakpoint(hart);
    else if (breakpoints.hit(hart, core.hart(hart).get("pc"))) this.paused = true;
  }

  /** A watched access is told of after it was made, and in a scan before. */
  #watchpoint(pauseAt: number, silent: boolean, scan: Scan | undefined): string {
    const { core, watchpoints } = this.#options;
    const hit = core.watchHit;
    this.#phase = "interrupted";
    if (silent) scan?.onWatchpoint();
    core.watchDisarmed = true;
    const reason = this.#enterCore(pauseAt, 1);
    core.watchDisarmed = false;
    if (!silent && watchpoints.hit(hit)) this.paused = true;
    return reason;
  }

  #diverged(): never {
    throw new HartbeatError(
      `The run does not repeat itself: at ${this.#options.core.cycles} cycles it is not where it was before.`,
    );
  }
}
