/** What a device may know of time: the present moment in guest cycles, and a way to be called later. */

/** A pending call; `cancel` is harmless after it fired. */
export interface Timer {
  cancel(): void;
}

/**
 * Guest time. All moments are cycles since reset (CYCLES_PER_SECOND of the machine map to a guest second),
 * whole numbers below 2^53. A callback runs between instructions, at the first moment not before `at`.
 */
export interface Clock {
  /** The cycle of the instruction that is being executed, or of the event that is being delivered. */
  now(): number;
  /**
   * Calls `fire` once at cycle `at` (at once, but not within this call, when that has passed). `name` tells the pending
   * calls of a machine apart, so that a restored machine has them in the same order. While `ready` is false at that
   * moment, guest time stands still.
   */
  schedule(at: number, fire: () => void, name: string, ready?: () => boolean): Timer;
}
