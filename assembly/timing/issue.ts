/** Issue and commit: in order both, with a scoreboard between. */
import {
  EVENT_ISSUE_STALL,
  EVENT_SCOREBOARD_FULL,
  PIPELINE_COMMITDEPTH,
  PIPELINE_COMMITWIDTH,
  PIPELINE_SCOREBOARD,
  STALL_BASE,
  TIMING_COMMIT,
  TIMING_COMMITOPEN,
  TIMING_COMMITS,
  TIMING_COUNT,
  TIMING_ISSUE,
  TIMING_ISSUES,
  TIMING_READY,
} from "../generated/layout";
import { SLOT_RD, SLOT_RS1, SLOT_RS2 } from "../block/slot";
import { noteDone, noteIssue, noting } from "../trace/notes";
import { blame, countEvents, cycleOf, later, parameter, stamp, STAMP_BITS } from "./stamp";

/** Stamp from which the scoreboard entry of the instruction with that number is free; of one of the last eight. */
// @ts-ignore: decorator
@inline
function commitStamp(m: usize, number: u32): u64 {
  return load<u64>(m + TIMING_COMMITS + ((<usize>(number & 7)) << 3));
}

/** Which commit port an instruction may use. */
export const COMMIT_EITHER: u32 = 0;
/** Stores: the first port, and others may follow in the same cycle. */
export const COMMIT_FIRST: u32 = 1;
/** CSR instructions and atomics: alone in their cycle. */
export const COMMIT_ALONE: u32 = 2;

/** Stamp from which the source registers of `slot` can be read. Absent ones name x0, which is never late. */
// @ts-ignore: decorator
@inline
export function operands(m: usize, slot: usize): u64 {
  const rs1 = load<u64>(m + TIMING_READY + <usize>load<u16>(slot, SLOT_RS1));
  const rs2 = load<u64>(m + TIMING_READY + <usize>load<u16>(slot, SLOT_RS2));
  return later(rs1, rs2);
}

// @ts-ignore: decorator
@inline
export function result(m: usize, slot: usize, ready: u64): void {
  store<u64>(m + TIMING_READY + <usize>load<u16>(slot, SLOT_RD), ready);
}

/**
 * Issues an instruction: the stamps are those from which the front end gives it, its operands can be read, and its unit takes
 * it. Returns the cycle.
 */
// @ts-ignore: decorator
@inline
export function issue(m: usize, given: u64, readable: u64, free: u64): u64 {
  const issued = load<u64>(m, TIMING_COUNT);
  const count = <u32>issued;
  const entries = <u32>parameter(PIPELINE_SCOREBOARD);
  const before = load<u64>(m, TIMING_ISSUE);
  const first = later(cycleOf(given), before + 1);
  let at = later(later(given, readable), free);
  at = later(at, commitStamp(m, count - entries));
  at = later(at, (before + 1) << STAMP_BITS);
  const cycle = cycleOf(at);
  if (cycleOf(readable) > first) countEvents(m, EVENT_ISSUE_STALL, cycleOf(readable) - first);
  const full = cycleOf(commitStamp(m, count - entries + 1));
  if (full > cycle + 1) countEvents(m, EVENT_SCOREBOARD_FULL, full - cycle - 1);
  blame(m, at & 31, cycle - before - 1);
  if (noting) noteIssue(m, cycle, stamp(cycle - before - 1, at & 31));
  store<u64>(m, cycle, TIMING_ISSUE);
  store<u64>(m + TIMING_ISSUES + ((<usize>(count & 15)) << 3), cycle);
  store<u64>(m, issued + 1, TIMING_COUNT);
  return cycle;
}

/**
 * Commits the instruction that issued last, not before `ready`. Returns how far guest time advances. `cause` is to blame if
 * its place in the scoreboard is missed.
 */
// @ts-ignore: decorator
@inline
export function commit(m: usize, ready: u64, port: u32, cause: u64): i32 {
  const before = load<u64>(m, TIMING_COMMIT);
  const depth = parameter(PIPELINE_COMMITDEPTH);
  // `ready` is a cycle behind the result, which a pipeline of fixed depth writes as it commits.
  if (depth != 0) ready = later(ready - 1, load<u64>(m, TIMING_ISSUE) + depth);
  if (noting) noteDone(ready);
  let at = later(ready, before);
  if (at == before && (port != COMMIT_EITHER || load<u32>(m, TIMING_COMMITOPEN) == 0)) at++;
  // A second one finds the cycle taken.
  const open = at > before && port != COMMIT_ALONE && parameter(PIPELINE_COMMITWIDTH) > 1;
  store<u32>(m, open ? 1 : 0, TIMING_COMMITOPEN);
  store<u64>(m, at, TIMING_COMMIT);
  const entry = (<u32>load<u64>(m, TIMING_COUNT) - 1) & 7;
  store<u64>(m + TIMING_COMMITS + ((<usize>entry) << 3), stamp(at + 1, cause));
  return <i32>(at - before);
}
