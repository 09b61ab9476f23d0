/** Who keeps guest time: functional runs a cycle for each instruction, or the pipeline model; and what the model counted. */
import { CAUSES, type Cause, EVENTS, type TimingEvent } from "../../spec/timing-layout.ts";
import type { Core } from "../core/core.ts";
import {
  memoryLatencyAmong,
  type Pipeline,
  type PipelineState,
  pipelineFrom,
  pipelineState,
  samePipeline,
} from "./pipelines.ts";

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

/** Who keeps the time, and which pipeline is in the core, by named values; what the models hold is the core's. */
export interface TimingState {
  readonly pipeline: PipelineState | null;
  readonly loaded: PipelineState | null;
  readonly before: readonly Mark[];
  readonly started: readonly Mark[];
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
  set(pipeline: Pipeline | undefined): void {
    const timed = pipeline && pipeline.parameters.size > 0 ? pipeline : undefined;
    this.#before = this.#kept();
    this.#pipeline = timed;
    this.#core.setTiming(timed !== undefined);
    this.#started = this.#marks();
    if (!timed || samePipeline(timed, this.#loaded)) return;
    this.#load(timed);
    this.clear();
  }

  /** Whether a pipeline has kept the time at some place of the run. */
  get everTimed(): boolean {
    return this.#loaded !== undefined;
  }

  state(): TimingState {
    const [pipeline, loaded] = [this.#pipeline, this.#loaded].map((one) => (one ? pipelineState(one) : null));
    return {
      pipeline: pipeline ?? null,
      loaded: loaded ?? null,
      before: this.#before,
      started: this.#started,
    };
  }

  /** Takes over what `state` gave, before the core is restored. Throws HartbeatError when a pipeline is damaged. */
  restore({ pipeline, loaded, before, started }: TimingState): void {
    const [keeping, inCore] = [pipeline, loaded].map((one) => one && pipelineFrom("The snapshot", one));
    this.#pipeline = keeping ?? undefined;
    this.#loaded = inCore ?? undefined;
    if (inCore) this.#load(inCore);
    this.#before = [...before];
    this.#started = [...started];
  }

  #load(pipeline: Pipeline): void {
    for (const [name, value] of pipeline.parameters) this.#core.pipeline.set(name, BigInt(value));
    this.#core.pipeline.set("memoryLatency", BigInt(memoryLatencyAmong(this.#core.hartCount, pipeline)));
    this.#loaded = pipeline;
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
