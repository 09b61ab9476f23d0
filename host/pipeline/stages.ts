/** The stages of an instruction in a pipeline as spans of cycles. */
import type { Moment, Stage } from "../../spec/pipelines/pipeline.ts";

/** Cycles of an instruction at its moments. `committed` is that of being killed for those that never issued. */
export type Moments = Readonly<Record<Moment, number>>;

export interface StageSpan {
  readonly name: string;
  readonly letter: string;
  /** First cycle, and the one behind the last. */
  readonly begin: number;
  readonly end: number;
  /** Cycles after the first are spent waiting. */
  readonly waits: boolean;
}

/**
 * The spans that follow each other without a gap; stages that took no cycle are left out. A `killed` instruction is shown up to
 * the cycle in which it was killed.
 */
export function spansOf(stages: readonly Stage[], moments: Moments, killed: boolean): StageSpan[] {
  const end = moments.committed + 1;
  const passed = killed ? stages.filter(({ from }) => from !== "committed") : stages;
  const starts = passed.map(({ from, plus }) => Math.min(moments[from] + plus, killed ? end : end - 1));
  return passed
    .map(({ name, letter, waits = false }, index) => ({
      name,
      letter,
      begin: starts[index] as number,
      end: starts[index + 1] ?? end,
      waits,
    }))
    .filter(({ begin, end: stop }) => begin < stop);
}
