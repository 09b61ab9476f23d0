/** What the pipeline model counted during each step of the boot: CPI stacks and misses of the nodes of the boot map. */
import { CAUSES, EVENTS } from "../../spec/timing-layout.ts";
import type { TraceRecord } from "../trace/boot-trace.ts";
import type { HartStats } from "./timing.ts";

export interface BootStepStats {
  readonly record: TraceRecord;
  /** What the hart had counted when the function was entered. */
  readonly before: HartStats;
  /**
   * What it counted until the function returned, whatever else ran there meanwhile. Undefined while it has not, or when it
   * returned on another hart.
   */
  readonly inside: HartStats | undefined;
}

/** The counts of `after` that `before` had not. */
function difference(after: HartStats, before: HartStats): HartStats {
  const cycles = after.cycles - before.cycles;
  const instructions = after.instructions - before.instructions;
  const stack = { ...after.stack };
  for (const cause of CAUSES) stack[cause] -= before.stack[cause];
  const events = { ...after.events };
  for (const event of EVENTS) events[event] -= before.events[event];
  return { hart: after.hart, cycles, instructions, cpi: cycles / Math.max(instructions, 1), stack, events };
}

export class BootSteps {
  readonly steps: BootStepStats[] = [];
  readonly #stats: () => readonly HartStats[];

  /** `stats` is that of the machine, which must stand where the record was made. */
  constructor(stats: () => readonly HartStats[]) {
    this.#stats = stats;
  }

  /** To be called from BootTrace.onRecord. */
  note(record: TraceRecord, index: number): void {
    const step = this.steps[index];
    const now = this.#stats();
    const stats = now[step ? (record.end?.hart ?? record.hart) : record.hart] as HartStats;
    if (!step) this.steps[index] = { record, before: stats, inside: undefined };
    else if (record.end?.hart === record.hart)
      this.steps[index] = { ...step, inside: difference(stats, step.before) };
  }
}
