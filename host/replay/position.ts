/**
 * A place in a run: where a machine stands when it is not inside its core, exact to what happens between two
 * instructions.
 *
 * `executed` counts cycles of all harts together and says which instruction comes next in the machine-wide order. It
 * stands still while harts wait, so the guest cycle belongs to a place, and so do the hart whose turn it is,
 * how many of the inputs have come in, and how far the hart has got before its instruction.
 */

/** `ready`: nothing done; `interrupted`: a pending interrupt was taken; `fetched`: the instruction was looked up, too. */
export type Phase = "ready" | "interrupted" | "fetched";

export interface Position {
  readonly executed: number;
  readonly cycle: number;
  /** The hart whose turn it is; the number of harts between rounds. */
  readonly turn: number;
  readonly inputs: number;
  readonly phase: Phase;
  /** The hart's pc; 0 between rounds. */
  readonly pc: bigint;
}

const PHASES: readonly Phase[] = ["ready", "interrupted", "fetched"];

/** Whether something that was read from a file is a place. */
export function isPosition(value: unknown): value is Position {
  if (typeof value !== "object" || value === null) return false;
  const { executed, cycle, turn, inputs, phase, pc } = value as Partial<Record<keyof Position, unknown>>;
  const counts = [executed, cycle, turn, inputs].every(
    (count) => Number.isSafeInteger(count) && (count as number) >= 0,
  );
  return counts && typeof pc === "bigint" && PHASES.some((known) => known === phase);
}

/** Negative when `a` comes before `b` in the run. */
export function comparePositions(a: Position, b: Position): number {
  return (
    a.executed - b.executed ||
    a.inputs - b.inputs ||
    a.cycle - b.cycle ||
    a.turn - b.turn ||
    PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase)
  );
}
