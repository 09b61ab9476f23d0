/** Who keeps guest time: functional runs a cycle for each instruction, or the pipeline model; and what the model counted. */
import { CAUSES, type Cause, EVENTS, type TimingEvent } from "../../spec/timing-layout.ts";
import type { Core } from "../core/core.ts";
import { type Pipeline, pipelineByName } from "./pipelines.ts";

/** What the model counted of one hart since it was last cleared. */
export interface HartStats {
  readonly hart: number;
  /** Cycles for which the model kept the time. */
  readonly cycles: number;
  readonly instructions: number;
  readonly cpi: number;
  /** Cycles by cause; they add up to `cycles`. `base` is one for each instruction that issued. */
  readonly stack: Readonly<Record<Cause, number>>;
  readonly events: Readonly<Record<TimingEvent, number>>;
}

function named<Name extends string>(
  names: readonly Name[],
  value: (index: number) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name, index) => [name, value(index)])) as Record<Name, number>;
}

/** Where a hart stands in time. */
interface Mark {
  readonly cycles: number;
  readonly instructions: number;
}

export class Timing {
  readonly #core: Core;
  #pipeline: Pipeline | undefined;
  /** The pipeline whose parameters and state are in the core. */
  #loaded: Pipeline | undefined;
  /** For each hart: what the model kept the time for before it was last started, and where it was started. */
  #before: Mark[];
  #started: Mark[];

  constructor(core: Core) {
    this.#core = core;
    this.#before = Array.from({ length: core.hartCount }, () => ({ cycles: 0, instructions: 0 }));
    this.#started = this.#marks();
  }

  /** The pipeline that keeps the time; undefined in functional runs. */
  get pipeline(): Pipeline | undefined {
    return this.#pipeline;
  }

  /**
   * Changes who keeps the time, between instructions; undefined and `ideal` are functional. A pipeline that was there before finds its
   * caches and predictors as it left them; another starts cold.
   */
  set(pipeline: Pipeline | string | undefined): void {
    const next = typeof pipeline === "string" ? pipelineByName(pipeline) : pipeline;
    const timed = next && next.parameters.size > 0 ? next : undefined;
    this.#before = this.#kept();
    this.#pipeline = timed;
    this.#core.setTiming(timed !== undefined);
    this.#started = this.#marks();
    if (!timed || timed === this.#loaded) return;
    for (const [name, value] of timed.parameters) this.#core.pipeline.set(name, BigInt(value));
    this.#loaded = timed;
    this.clear();
  }

  /** Empties caches, predictors and counts. */
  clear(): void {
    this.#core.clearTiming();
    this.#core.setTiming(this.#pipeline !== undefined);
    this.#before = this.#before.map(() => ({ cycles: 0, instructions: 0 }));
    this.#started = this.#marks();
  }

  /** What was counted, hart by hart. */
  stats(): HartStats[] {
    return this.#kept().map(({ cycles, instructions }, hart) => {
      const model = this.#core.timing(hart);
      const stack = named(CAUSES, (index) => Number(model.get("stalls", index)));
      stack.base += Number(model.get("count"));
      stack.drain += Number(model.get("commit") - model.get("issue"));
      const events = named(EVENTS, (index) => Number(model.get("events", index)));
      return { hart, cycles, instructions, cpi: cycles / Math.max(instructions, 1), stack, events };
    });
  }

  #marks(): Mark[] {
    return Array.from({ length: this.#core.hartCount }, (_, hart) => {
      const record = this.#core.hart(hart);
      return { cycles: Number(record.get("cycle")), instructions: Number(record.get("instret")) };
    });
  }

  /** What the model has kept the time for. */
  #kept(): Mark[] {
    if (!this.#pipeline) return this.#before;
    return this.#marks().map((now, hart) => {
      const before = this.#before[hart] as Mark;
      const started = this.#started[hart] as Mark;
      return {
        cycles: before.cycles + now.cycles - started.cycles,
        instructions: before.instructions + now.instructions - started.instructions,
      };
    });
  }
}
