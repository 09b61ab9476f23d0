/** Who called the code that a hart executes, by frame pointers, wherever in its function that is. */
import { isFrameAbove, walkFrames } from "./call-tree.ts";

/** What the chain is read from: whether the pc is a function's first, the registers, and memory by virtual address. */
export interface CallState {
  readonly atEntry: boolean;
  readonly ra: bigint;
  readonly s0: bigint;
  read(address: bigint): bigint | undefined;
}

/** Return addresses, innermost first. */
export function callChain({ atEntry, ra, s0, read }: CallState): bigint[] {
  const returns = (framePointer: bigint): bigint[] =>
    walkFrames(framePointer, read).map(({ returnAddress }) => returnAddress);
  // Before its prologue a function has no frame yet, and ra still says who called.
  if (atEntry) return [ra, ...returns(s0)];
  // A function that calls nobody saves no ra: its caller's frame pointer stands where that would be.
  const saved = s0 === 0n ? undefined : read(s0 - 8n);
  return saved !== undefined && isFrameAbove(saved, s0) ? [ra, ...returns(saved)] : returns(s0);
}
