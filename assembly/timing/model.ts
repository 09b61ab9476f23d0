/** The pipeline models as a whole: where they are, how they start, what they have counted. */
import {
  HARTS,
  HART_BYTES,
  HART_CYCLE,
  HART_INSTRET,
  HART_PC,
  HART_RETIREDBASE,
  HART_TIMED,
  PIPELINE_FLUSHTOSCAN,
  STALL_DRAIN,
  STALL_IDLE,
  TIMING,
  TIMING_BYTES,
  TIMING_COMMIT,
  TIMING_COMMITOPEN,
  TIMING_COUNT,
  TIMING_DCACHERANDOM,
  TIMING_DTLBTAGS,
  TIMING_FETCHPAGE,
  TIMING_FETCHWORD,
  TIMING_ICACHERANDOM,
  TIMING_ISSUE,
  TIMING_ITLBTAGS,
} from "../generated/layout";
import { forgetFilter, renewGeneration } from "./cache";
import { redirect } from "./fetch";
import { forgetMemo } from "./memo/segment";
import { hasStateRoom, tidy } from "./memo/state";
import { blame, parameter } from "./stamp";
import { forgetDataPages, forgetPages, NO_PAGE, prepareTrees } from "./tlb";

/** The pipeline model of a hart. */
export function timingOf(h: usize): usize {
  return TIMING + ((h - HARTS) / HART_BYTES) * TIMING_BYTES;
}

/** Instructions that retired since instret was brought up to date. */
export function retiredSince(h: usize): u64 {
  return <u64>(<u32>load<u64>(timingOf(h), TIMING_COUNT) - load<u32>(h, HART_RETIREDBASE));
}

/** Brings instret up to date. */
export function countRetired(h: usize): void {
  store<u64>(h, load<u64>(h, HART_INSTRET) + retiredSince(h), HART_INSTRET);
  store<u32>(h, <u32>load<u64>(timingOf(h), TIMING_COUNT), HART_RETIREDBASE);
}

/** Empties pipeline, caches, predictors and counters, as after reset. */
export function resetTiming(h: usize): void {
  forgetMemo();
  const m = timingOf(h);
  // What a guest wrote into mhpmevent and mhpmcounter registers stands before.
  memory.fill(m + TIMING_ISSUE, 0, TIMING_BYTES - TIMING_ISSUE);
  store<u32>(m, 0xff, TIMING_ICACHERANDOM);
  store<u32>(m, 0xff, TIMING_DCACHERANDOM);
  memory.fill(m + TIMING_ITLBTAGS, 0xff, 64 * 8);
  memory.fill(m + TIMING_DTLBTAGS, 0xff, 64 * 8);
  store<u64>(m, ~0, TIMING_FETCHWORD);
  store<u32>(h, 0, HART_RETIREDBASE);
  store<u64>(m, NO_PAGE, TIMING_FETCHPAGE);
  derive(m);
}

/** Derives what follows from the rest of the record, and forgets what only speeds up the model. */
export function derive(m: usize): void {
  forgetDataPages(m);
  forgetFilter(m);
  renewGeneration(m);
  prepareTrees(m);
}

/** Brings the record into a form that does not tell how the run was cut, or what was remembered. */
export function tidyTiming(h: usize): void {
  if (!load<u32>(h, HART_TIMED)) return;
  if (!hasStateRoom()) forgetMemo();
  tidy(timingOf(h), load<u64>(h, HART_PC));
}

/** Lets the model keep the hart's time from now on, or no longer. What it has counted, and its caches, stay. */
export function setTimed(h: usize, timed: bool): void {
  tidyTiming(h);
  store<u32>(h, timed ? 1 : 0, HART_TIMED);
  if (!timed) return;
  const m = timingOf(h);
  const now = load<u64>(h, HART_CYCLE);
  store<u32>(h, <u32>load<u64>(m, TIMING_COUNT), HART_RETIREDBASE);
  // The cycles since it last kept the time are not the model's to explain.
  blame(m, STALL_DRAIN, load<u64>(m, TIMING_COMMIT) - load<u64>(m, TIMING_ISSUE));
  restartAt(m, load<u64>(h, HART_PC), now);
  forgetPages(m);
}

function restartAt(m: usize, pc: u64, now: u64): void {
  store<u64>(m, now, TIMING_COMMIT);
  store<u64>(m, now, TIMING_ISSUE);
  store<u32>(m, 0, TIMING_COMMITOPEN);
  redirect(m, pc, now + parameter(PIPELINE_FLUSHTOSCAN), STALL_IDLE);
}

/** The hart goes on at `pc` and cycle `now` after a wait, in which everything in the pipeline was done. */
export function resumeAt(m: usize, pc: u64, now: u64): void {
  const committed = load<u64>(m, TIMING_COMMIT);
  blame(m, STALL_IDLE, now - committed);
  blame(m, STALL_DRAIN, committed - load<u64>(m, TIMING_ISSUE));
  restartAt(m, pc, now);
}
