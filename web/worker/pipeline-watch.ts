/**
 * What the pipeline panel shows: the last instructions before the present place, got by going back a little and running here again
 * with the recorder on; so the machine runs at its full speed while nobody asks.
 */
import { HartbeatError } from "../../host/errors.ts";
import { disassemble } from "../../host/inspect/disassembler.ts";
import type { Machine } from "../../host/machine.ts";
import { diagram } from "../../host/pipeline/diagram.ts";
import { kanata } from "../../host/pipeline/kanata.ts";
import { PipelineRecorder, type PipelineRow } from "../../host/pipeline/recorder.ts";
import { pipelineByName } from "../../host/timing/pipelines.ts";
import type { PipelineView } from "../protocol.ts";

const FUNCTIONAL = "ideal";
/** Cycles that an instruction may take on the average; where they take more, fewer are shown. */
const CYCLES_PER_INSTRUCTION = 12;
const LIVE_ROWS = 4000;

export class PipelineWatch {
  readonly #machine: Machine;
  /** Of a machine that cannot go back: records while somebody watches. */
  #live: PipelineRecorder | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Somebody looks, or no longer. */
  set watched(watched: boolean) {
    this.#live?.stop();
    this.#live = undefined;
    if (watched && this.#machine.timing) {
      this.#live = new PipelineRecorder(this.#machine, { limit: LIVE_ROWS, keep: "last" });
    }
  }

  /** The last `count` instructions of a hart, when the machine stands; counts of all that ran. */
  view(hart: number, count: number): PipelineView {
    const pipeline = this.#machine.timing ?? pipelineByName(FUNCTIONAL);
    const { rows, reason, busy } = this.#rows(hart, count);
    return {
      pipeline: pipeline.name,
      stages: pipeline.stages.map(({ name, doc }) => ({ name, doc })),
      rows,
      reason,
      busy,
      stats: this.#machine.stats(),
    };
  }

  /** The last `count` instructions of all harts for Konata, or as a diagram of text. Throws HartbeatError while there are none. */
  export(count: number, format: "kanata" | "text"): string {
    const { rows, reason } = this.#rows(undefined, count);
    if (reason !== undefined) throw new HartbeatError(reason);
    return format === "kanata" ? kanata(rows) : diagram(rows);
  }

  #rows(hart: number | undefined, count: number): Pick<PipelineView, "rows" | "reason" | "busy"> {
    const none = (reason: string) => ({ rows: [], reason, busy: [] });
    if (!this.#machine.paused) return none("The machine runs. Pause it to see its last instructions.");
    const all = this.#live?.rows() ?? this.#repeated(count);
    if (typeof all === "string") return none(all);
    const busy = [...new Set(all.map((row) => row.hart))].sort((a, b) => a - b);
    if (busy.length === 0) return none("Nothing has run yet. Step or run the machine.");
    const chosen = all.filter((row) => hart === undefined || row.hart === hart).slice(-count);
    const rows = chosen.map((row) => ({ ...row, text: this.#named(row) }));
    const reason =
      rows.length > 0 ? undefined : `Hart ${hart} has executed nothing lately: it waits, or stands.`;
    return { rows, reason, busy };
  }

  /** The instruction with the place that it goes to by name. */
  #named({ pc, insn, text }: PipelineRow): string {
    const { target } = disassemble(insn, pc);
    if (target === undefined || !this.#machine.symbols.symbolize(target)) return text;
    return text.replace(/0x[0-9a-f]+$/, this.#machine.symbols.describe(target));
  }

  /** What led here, or why that cannot be told. */
  #repeated(count: number): PipelineRow[] | string {
    const harts = this.#machine.core.hartCount;
    const cycles = count * (this.#machine.timing ? CYCLES_PER_INSTRUCTION : 1) * harts;
    let recorder: PipelineRecorder | undefined;
    try {
      this.#machine.debugger.repeat(cycles, () => {
        recorder = new PipelineRecorder(this.#machine, { limit: 2 * cycles, keep: "last" });
      });
    } catch (error) {
      if (!(error instanceof HartbeatError)) throw error;
      return error.message;
    } finally {
      recorder?.stop();
    }
    return recorder?.rows() ?? [];
  }
}
