/** What a pipeline file is: a value for each parameter of spec/timing-layout.ts with where it comes from, and stages to be shown. */

/**
 * What the model knows of an instruction, as cycles: its fetch word would have been there had nothing been in the way, was
 * there; it issued; it could have committed; it did.
 */
export type Moment = "asked" | "scanned" | "issued" | "done" | "committed";

/** A stage as views show it. It begins `plus` cycles after a moment and lasts until the next one begins. */
export interface Stage {
  readonly name: string;
  /** The name where there is little room. */
  readonly letter: string;
  readonly doc: string;
  readonly from: Moment;
  readonly plus: number;
  /** Cycles after the first are spent waiting for the next stage. */
  readonly waits?: boolean;
}

export interface PipelineFile {
  readonly name: string;
  readonly doc: string;
  readonly parameters: Readonly<Record<string, readonly [value: number, source: string]>>;
  /** In the order in which instructions pass through; the last one takes a cycle. */
  readonly stages: readonly Stage[];
}
