/**
 * mhpmcounter3..31 and mhpmevent3..31: a counter shows the events of its kind that the pipeline model has counted, plus a base
 * that writes adjust. Without the model nothing is counted.
 */
import {
  EVENT_ISSUE_STALL,
  HART_MCOUNTINHIBIT,
  TIMING_COUNTERBASES,
  TIMING_EVENTS,
  TIMING_SELECTORS,
} from "../generated/layout";
import { settleCounts } from "./memo/segment";
import { timingOf } from "./model";

function eventsOf(m: usize, counter: u32): u64 {
  settleCounts();
  const event = <usize>load<u32>(m + TIMING_SELECTORS + ((<usize>counter) << 2));
  return event == 0 ? 0 : load<u64>(m + TIMING_EVENTS + (event << 3));
}

// @ts-ignore: decorator
@inline
function base(m: usize, counter: u32): usize {
  return m + TIMING_COUNTERBASES + ((<usize>counter) << 3);
}

function inhibited(h: usize, counter: u32): bool {
  return ((load<u64>(h, HART_MCOUNTINHIBIT) >> (<u64>counter)) & 1) != 0;
}

export function readHpmCounter(h: usize, counter: u32): u64 {
  const m = timingOf(h);
  return load<u64>(base(m, counter)) + (inhibited(h, counter) ? 0 : eventsOf(m, counter));
}

export function writeHpmCounter(h: usize, counter: u32, value: u64): void {
  const m = timingOf(h);
  store<u64>(base(m, counter), inhibited(h, counter) ? value : value - eventsOf(m, counter));
}

export function readHpmEvent(h: usize, counter: u32): u64 {
  return <u64>load<u32>(timingOf(h) + TIMING_SELECTORS + ((<usize>counter) << 2));
}

/** Numbers that name no event select none. */
export function writeHpmEvent(h: usize, counter: u32, value: u64): void {
  const before = readHpmCounter(h, counter);
  const event: u32 = value > <u64>EVENT_ISSUE_STALL ? 0 : <u32>value;
  store<u32>(timingOf(h) + TIMING_SELECTORS + ((<usize>counter) << 2), event);
  writeHpmCounter(h, counter, before);
}

/** Counters that mcountinhibit starts or stops keep their values. To be called before it changes to `value`. */
export function inhibitHpmCounters(h: usize, value: u64): void {
  const changed = load<u64>(h, HART_MCOUNTINHIBIT) ^ value;
  const m = timingOf(h);
  for (let counter: u32 = 3; counter < 32; counter++) {
    if (!((changed >> (<u64>counter)) & 1)) continue;
    const events = eventsOf(m, counter);
    const at = base(m, counter);
    store<u64>(at, (value >> (<u64>counter)) & 1 ? load<u64>(at) + events : load<u64>(at) - events);
  }
}
