/**
 * Times and stamps of the pipeline model. A stamp is a cycle times 32 plus a STALL_ cause: of several conditions for an
 * issue, the latest wins, and carries its reason with it.
 */
import { PIPELINE, TIMING_EVENTS, TIMING_STALLS } from "../generated/layout";

/** Binary logarithm of a cycle in stamps. */
export const STAMP_BITS: u64 = 5;

// @ts-ignore: decorator
@inline
export function stamp(cycle: u64, cause: u64): u64 {
  return (cycle << STAMP_BITS) | cause;
}

// @ts-ignore: decorator
@inline
export function cycleOf(stamp: u64): u64 {
  return stamp >> STAMP_BITS;
}

// @ts-ignore: decorator
@inline
export function later(a: u64, b: u64): u64 {
  return a > b ? a : b;
}

/** A parameter of the pipeline, by its PIPELINE_ offset. */
// @ts-ignore: decorator
@inline
export function parameter(offset: usize): u64 {
  return <u64>load<u32>(PIPELINE + offset);
}

// @ts-ignore: decorator
@inline
export function countEvent(m: usize, event: usize): void {
  countEvents(m, event, 1);
}

// @ts-ignore: decorator
@inline
export function countEvents(m: usize, event: usize, number: u64): void {
  const at = m + TIMING_EVENTS + (event << 3);
  store<u64>(at, load<u64>(at) + number);
}

// @ts-ignore: decorator
@inline
export function blame(m: usize, cause: u64, cycles: u64): void {
  const at = m + TIMING_STALLS + ((<usize>cause) << 3);
  store<u64>(at, load<u64>(at) + cycles);
}
