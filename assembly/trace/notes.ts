/** The way of the last instruction through the pipeline model: noted by the model while instructions are traced. */
import { TIMING_FETCHASKED, TIMING_FETCHAT } from "../generated/layout";

/** Whether anybody wants to know. */
export let noting: bool = false;

/** Cycles; `stalled` is a stamp: how many cycles later than one behind the instruction before it issued, and why. */
export let asked: u64 = 0;
export let scanned: u64 = 0;
export let issued: u64 = 0;
export let done: u64 = 0;
export let stalled: u64 = 0;

export function setNoting(wanted: bool): void {
  noting = wanted;
}

/** To be called before fetching is redirected. */
export function noteIssue(m: usize, cycle: u64, stall: u64): void {
  asked = load<u64>(m, TIMING_FETCHASKED);
  scanned = load<u64>(m, TIMING_FETCHAT);
  issued = cycle;
  stalled = stall;
}

export function noteDone(cycle: u64): void {
  done = cycle;
}

/** What takes a cycle and nothing else, in functional runs. */
export function notePlain(cycle: u64): void {
  asked = cycle;
  scanned = cycle;
  issued = cycle;
  done = cycle;
  stalled = 0;
}
