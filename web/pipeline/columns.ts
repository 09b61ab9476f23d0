/** Where cycles go in a pipeline diagram: a column each, but stretches in which nothing begins or ends are cut short. */
import type { PipelineRow } from "../../host/pipeline/recorder.ts";

/** Columns that a stretch without events takes at most. */
const LONGEST_STRETCH = 12;
/** Columns between labels of the axis. */
const LABEL_DISTANCE = 5;

export interface Cut {
  /** Column in the middle of the stretch, and cycles that are left out. */
  readonly column: number;
  readonly cycles: number;
}

export class Columns {
  readonly #events: readonly number[];
  readonly #columns: readonly number[];
  readonly cuts: readonly Cut[];

  constructor(rows: readonly PipelineRow[]) {
    const events = new Set(rows.flatMap(({ stages }) => stages.flatMap(({ begin, end }) => [begin, end])));
    this.#events = [...events].sort((a, b) => a - b);
    const columns: number[] = [];
    const cuts: Cut[] = [];
    for (const [index, cycle] of this.#events.entries()) {
      const before = this.#events[index - 1];
      const last = columns.at(-1) ?? 0;
      const stretch = before === undefined ? 0 : cycle - before;
      const width = Math.min(stretch, LONGEST_STRETCH);
      if (width < stretch) cuts.push({ column: last + width / 2, cycles: stretch - width });
      columns.push(last + width);
    }
    this.#columns = columns;
    this.cuts = cuts;
  }

  /** Columns of the whole diagram. */
  get count(): number {
    return this.#columns.at(-1) ?? 0;
  }

  /** The column of a cycle at which something begins or ends. */
  at(cycle: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as number) < cycle) low = middle + 1;
      else high = middle;
    }
    return this.#columns[low] ?? this.count;
  }

  /** Columns with the cycles that stand above them. */
  get labels(): { column: number; cycle: number }[] {
    const labels: { column: number; cycle: number }[] = [];
    for (const [index, cycle] of this.#events.entries()) {
      const column = this.#columns[index] as number;
      if (column - (labels.at(-1)?.column ?? -LABEL_DISTANCE) >= LABEL_DISTANCE)
        labels.push({ column, cycle });
    }
    return labels;
  }
}
