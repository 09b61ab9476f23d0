/**
 * How harts share time. Guest time is cut into rounds; in a round each hart, in the order of its id, runs
 * until its own cycle count reaches the round's end. A hart in wfi lets the time pass.
 *
 * Invariant: what the guest sees depends on round ends and nothing else. Rounds end on a fixed grid (with
 * several harts), at the horizon, which is the next event, or earlier when a device asks. run() may return in
 * the middle of a round, for want of budget, at a breakpoint, or on request; the next call goes on at that very place.
 * So debuggers, traces and pacing never change a run.
 */
import {
  HARTS,
  HART_BYTES,
  HART_CYCLE,
  HART_FUEL,
  HART_INSTRET,
  HART_LASTRUN,
  HART_LINES,
  HART_PC,
  HART_RESERVATION,
  HART_TIMED,
  HART_WAITING,
  MACHINE,
  MACHINE_EXECUTED,
  MACHINE_HARTS,
  MACHINE_ROUNDEND,
  MACHINE_ROUNDSTART,
  MACHINE_STEPHART,
  MACHINE_STOPREASON,
  MACHINE_STOPREQUEST,
  MACHINE_TURN,
  MACHINE_TURNSTARTED,
  MACHINE_WATCHHIT,
  STOP_BREAKPOINT,
  STOP_FUEL,
  STOP_HORIZON,
  STOP_IDLE,
  STOP_PAUSE,
  STOP_REQUESTED,
  STOP_STEP,
  STOP_WATCHPOINT,
} from "./generated/layout";
import { interpret } from "./interpret";
import { interpretStepwise } from "./stepwise";
import { setNoting } from "./trace/notes";
import { grantToEdge, isTraced, traceEntry } from "./trace/record";
import { setRemembering } from "./timing/outcome";
import { interpretTimed } from "./timing/memo/run";
import { countRetired, timingOf } from "./timing/model";
import { goesOn } from "./timing/system";
import { now, supervisorTimerDue, ticksAt } from "./hart/csr-functions";
import { IRQ_STI } from "./generated/riscv";
import { takePendingInterrupt, wakes } from "./hart/interrupt";

/** Cycles of a round when several harts are awake: how late one may see what another did. */
const QUANTUM: u64 = 2000;
/** The most cycles that are granted at a time; the fuel counter is 32 bits wide. */
const MAX_GRANT: u64 = 0x7fff_ffff;
/** No reason yet. */
const RUNNING: u32 = 0xffff_ffff;

/** Whether timed harts are left to the plain model. */
let plain: bool = false;

/** Has the plain model alone keep the time of timed harts, or the memoising one with it: the same in the end. */
export function setPlain(wanted: bool): void {
  plain = wanted;
}

/** Cycle of the next event; no round goes beyond it. */
let horizon: u64 = 0;
/** Cycle from which on run() returns at the end of a round. */
let pause: u64 = 0;

// @ts-ignore: decorator
@inline
export function hart(index: u32): usize {
  return HARTS + <usize>index * HART_BYTES;
}

/** Harts that are not waiting, or are about to be woken. */
function awakeHarts(): u32 {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  let awake: u32 = 0;
  for (let i: u32 = 0; i < harts; i++) {
    if (!load<u32>(hart(i), HART_WAITING) || wakes(hart(i))) awake++;
  }
  return awake;
}

/** Opens the next round. Returns false when no hart has anything to do. */
function openRound(): bool {
  const awake = awakeHarts();
  if (awake == 0) return false;
  const start = load<u64>(MACHINE, MACHINE_ROUNDEND);
  // A hart that is alone awake need not wait for the others; waking one of them ends the round (setLine).
  const end = min<u64>(horizon, awake == 1 ? pause : (start / QUANTUM + 1) * QUANTUM);
  store<u64>(MACHINE, start, MACHINE_ROUNDSTART);
  store<u64>(MACHINE, end, MACHINE_ROUNDEND);
  store<u32>(MACHINE, 0, MACHINE_TURN);
  store<u32>(MACHINE, 0, MACHINE_TURNSTARTED);
  return true;
}

/** Lets hart `h` run for `grant` cycles or less. Returns the cycles used. */
function turn(h: usize, grant: u64): u64 {
  const before = load<u64>(h, HART_CYCLE);
  const traced = isTraced(before);
  setNoting(traced);
  setRemembering(!traced && !plain);
  store<u64>(h, before + grant, HART_CYCLE);
  if (load<u32>(h, HART_TIMED)) {
    // The last instruction may take more than what is left, so that less than nothing remains.
    const over = -(<i64>(traced || plain ? interpretStepwise(h, <i32>grant) : interpretTimed(h, <i32>grant)));
    store<u64>(h, load<u64>(h, HART_CYCLE) + over, HART_CYCLE);
    countRetired(h);
  } else {
    store<u64>(h, load<u64>(h, HART_INSTRET) + grant, HART_INSTRET);
    const left = traced ? <u64>interpretStepwise(h, <i32>grant) : <u64>interpret(h, <u32>grant);
    // An instruction that a watchpoint held back has not happened.
    const unused = left + <u64>load<u32>(MACHINE, MACHINE_WATCHHIT);
    store<u64>(h, load<u64>(h, HART_CYCLE) - unused, HART_CYCLE);
    store<u64>(h, load<u64>(h, HART_INSTRET) - unused, HART_INSTRET);
  }
  store<u32>(h, 0, HART_FUEL);
  const used = load<u64>(h, HART_CYCLE) - before;
  if (used > 0) {
    const executed = load<u64>(MACHINE, MACHINE_EXECUTED) + used;
    store<u64>(MACHINE, executed, MACHINE_EXECUTED);
    store<u64>(h, executed, HART_LASTRUN);
  }
  return used;
}

/**
 * Runs until guest time reaches `until` (the next event), a round ended at `pauseAt` or later (both in cycles),
 * `budget` cycles were used by all harts together, or something else stops it. Returns a STOP_ reason. All three
 * are whole numbers below 2^53.
 */
export function run(until: f64, pauseAt: f64, budget: f64): u32 {
  horizon = <u64>until;
  pause = <u64>pauseAt;
  let left = <u64>budget;
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  store<u32>(MACHINE, RUNNING, MACHINE_STOPREASON);
  store<u32>(MACHINE, 0, MACHINE_STOPREQUEST);
  store<u32>(MACHINE, 0, MACHINE_WATCHHIT);
  // A lone hart's round may have been opened for an earlier, longer run, and it may wait by now.
  cutRound(horizon);
  if (awakeHarts() <= 1) endRoundAt(pause);
  do {
    for (let i = load<u32>(MACHINE, MACHINE_TURN); i < harts; i++) {
      const h = hart(i);
      store<u32>(MACHINE, i, MACHINE_TURN);
      const reason = finishTurn(h, i, left);
      if (reason != RUNNING) return reason;
      left = remaining;
      store<u32>(MACHINE, 0, MACHINE_TURNSTARTED);
    }
    store<u32>(MACHINE, harts, MACHINE_TURN);
    const end = load<u64>(MACHINE, MACHINE_ROUNDEND);
    if (end >= horizon) return STOP_HORIZON;
    if (end >= pause) return STOP_PAUSE;
  } while (openRound());
  return STOP_IDLE;
}

/** Has the hart whose turn it is take the interrupt that it would take before its next instruction. */
export function settle(): void {
  const index = load<u32>(MACHINE, MACHINE_TURN);
  if (index >= load<u32>(MACHINE, MACHINE_HARTS)) return;
  const h = hart(index);
  const from = load<u64>(h, HART_PC);
  takePendingInterrupt(h);
  if (load<u32>(h, HART_TIMED)) goesOn(h, timingOf(h), from);
  if (isTraced(load<u64>(h, HART_CYCLE))) traceEntry(h, from);
}

/** A hart that runs may store anywhere, so the others' reservations end. */
function dropOtherReservations(index: u32): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) {
    if (i != index) store<u64>(hart(i), ~0, HART_RESERVATION);
  }
}

/** What finishTurn left of the budget. */
let remaining: u64 = 0;

/** Runs hart `h` to the end of the round. Returns RUNNING when it got there. */
function finishTurn(h: usize, index: u32, budget: u64): u32 {
  remaining = budget;
  while (!load<u32>(h, HART_WAITING) || wakes(h)) {
    // Time passed a waiting hart by.
    const start = max<u64>(load<u64>(h, HART_CYCLE), load<u64>(MACHINE, MACHINE_ROUNDSTART));
    store<u64>(h, start, HART_CYCLE);
    const end = load<u64>(MACHINE, MACHINE_ROUNDEND);
    if (start >= end) return RUNNING;
    if (remaining == 0) return STOP_FUEL;
    if (!load<u32>(MACHINE, MACHINE_TURNSTARTED)) {
      dropOtherReservations(index);
      store<u32>(MACHINE, 1, MACHINE_TURNSTARTED);
    }
    const stepping = load<u32>(MACHINE, MACHINE_STEPHART) == index;
    const grant = min<u64>(min<u64>(end - start, remaining), MAX_GRANT);
    const used = turn(h, stepping ? 1 : grantToEdge(start, grant));
    remaining -= min<u64>(used, remaining);
    if (load<u32>(MACHINE, MACHINE_STOPREASON) == STOP_BREAKPOINT) return STOP_BREAKPOINT;
    if (load<u32>(MACHINE, MACHINE_WATCHHIT)) return STOP_WATCHPOINT;
    if (load<u32>(MACHINE, MACHINE_STOPREQUEST)) return STOP_REQUESTED;
    if (stepping && used > 0) return STOP_STEP;
    // At once, not before the next instruction: what that would first do is part of the next position.
    if (remaining == 0) return STOP_FUEL;
  }
  return RUNNING;
}

/** Ends the present round, if there is one, at `at`, or as soon after as the running hart has got. */
function cutRound(at: u64): void {
  const index = load<u32>(MACHINE, MACHINE_TURN);
  if (index == load<u32>(MACHINE, MACHINE_HARTS)) return;
  const end = max<u64>(max<u64>(at, load<u64>(MACHINE, MACHINE_ROUNDSTART)), now(hart(index)));
  if (end < load<u64>(MACHINE, MACHINE_ROUNDEND)) store<u64>(MACHINE, end, MACHINE_ROUNDEND);
}

/** Ends the present round at `at`, which the last instruction of a timed hart may have gone beyond. */
function endRoundAt(at: u64): void {
  if (load<u32>(MACHINE, MACHINE_TURN) == load<u32>(MACHINE, MACHINE_HARTS)) return;
  const end = max<u64>(at, load<u64>(MACHINE, MACHINE_ROUNDSTART));
  if (end < load<u64>(MACHINE, MACHINE_ROUNDEND)) store<u64>(MACHINE, end, MACHINE_ROUNDEND);
}

/** A device scheduled an event: run() must return at cycle `at`, or as soon after as may be. */
export function bringForward(at: f64): void {
  horizon = min<u64>(horizon, <u64>at);
  cutRound(<u64>at);
}

/**
 * Drives interrupt bit `bit` of hart `index`. A hart that this wakes goes on at the present time, and ends a round that
 * others had to themselves.
 */
export function setLine(index: u32, bit: u32, level: bool): void {
  const h = hart(index);
  const mask = (<u32>1) << bit;
  const lines = load<u32>(h, HART_LINES);
  const asleep = load<u32>(h, HART_WAITING) && !wakes(h);
  store<u32>(h, level ? lines | mask : lines & ~mask, HART_LINES);
  if (!asleep || !wakes(h)) return;
  store<u64>(h, max<u64>(load<u64>(h, HART_CYCLE), time()), HART_CYCLE);
  cutRound(0);
}

/** Guest time in cycles: that of the running hart, or of the round's start between rounds. */
function time(): u64 {
  const index = load<u32>(MACHINE, MACHINE_TURN);
  if (index < load<u32>(MACHINE, MACHINE_HARTS)) return now(hart(index));
  return load<u64>(MACHINE, MACHINE_ROUNDEND);
}

/** The same for the host. */
export function cycles(): f64 {
  return <f64>time();
}

/** The supervisor timer of a hart may be due by now, or not be any more. */
export function updateSupervisorTimer(index: u32): void {
  setLine(index, <u32>IRQ_STI, supervisorTimerDue(hart(index), ticksAt(time())));
}

/** Whether all harts wait and nothing is pending. */
export function isIdle(): bool {
  return load<u32>(MACHINE, MACHINE_TURN) == load<u32>(MACHINE, MACHINE_HARTS) && awakeHarts() == 0;
}

/** Lets time pass to cycle `at` while all harts wait (after STOP_IDLE). */
export function skipTo(at: f64): void {
  store<u64>(MACHINE, max<u64>(<u64>at, load<u64>(MACHINE, MACHINE_ROUNDEND)), MACHINE_ROUNDEND);
}
