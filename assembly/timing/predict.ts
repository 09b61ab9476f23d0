/**
 * Branch prediction: a table of 2-bit counters, a table of indirect targets, and a stack of two return addresses. Counters
 * learn when a branch is resolved, so a prediction made before that does not know yet; the stack is speculative and never
 * repaired.
 */
import {
  PIPELINE_BHTENTRIES,
  PIPELINE_BTBENTRIES,
  TIMING_BHT,
  TIMING_BTB,
  TIMING_PENDINGAT,
  TIMING_PENDINGBRANCH,
  TIMING_PENDINGHEAD,
  TIMING_PENDINGTAIL,
  TIMING_RAS,
} from "../generated/layout";
import { parameter } from "./stamp";

/** Bits of a counter's byte: it has learned; outcomes that it does not know yet are in the queue. Below them, 0 to 3. */
const VALID: u8 = 0x80;
const AWAITS: u8 = 0x40;
/** Entries of the queue. */
const PENDING: u32 = 32;

/** Bytes of counters that predict a taken branch, or one that is not, and have nothing to learn from another such. */
export const SURELY_TAKEN: u8 = VALID | 3;
export const SURELY_NOT: u8 = VALID;

// @ts-ignore: decorator
@inline
function counterAt(m: usize, pc: u64): usize {
  return m + TIMING_BHT + <usize>((pc >> 1) & (parameter(PIPELINE_BHTENTRIES) - 1));
}

/** Whether the queue has an outcome for `counter` from `head` on. */
function isAwaited(m: usize, counter: usize, head: u32, tail: u32): bool {
  while (head != tail) {
    const branch = load<u32>(m + TIMING_PENDINGBRANCH + ((<usize>(head & (PENDING - 1))) << 2));
    if (m + TIMING_BHT + <usize>(branch >>> 1) == counter) return true;
    head++;
  }
  return false;
}

/** Lets the counters learn what was resolved by `cycle`. */
function settle(m: usize, cycle: u64): void {
  let head = load<u32>(m, TIMING_PENDINGHEAD);
  const tail = load<u32>(m, TIMING_PENDINGTAIL);
  while (head != tail) {
    const slot = <usize>(head & (PENDING - 1));
    if (load<u64>(m + TIMING_PENDINGAT + (slot << 3)) > cycle) break;
    const branch = load<u32>(m + TIMING_PENDINGBRANCH + (slot << 2));
    const counter = m + TIMING_BHT + <usize>(branch >>> 1);
    let count = load<u8>(counter) & 3;
    if (branch & 1) count += count < 3 ? 1 : 0;
    else count -= count > 0 ? 1 : 0;
    head++;
    store<u8>(counter, VALID | count | (isAwaited(m, counter, head, tail) ? AWAITS : 0));
  }
  store<u32>(m, head, TIMING_PENDINGHEAD);
}

/** What the front end predicts for the branch at `pc` when it scans it at `cycle`. */
export function predictTaken(m: usize, pc: u64, cycle: u64, backward: bool): bool {
  const counter = counterAt(m, pc);
  if (load<u8>(counter) & AWAITS) settle(m, cycle);
  const byte = load<u8>(counter);
  return byte & VALID ? (byte & 2) != 0 : backward;
}

/** The same, and nothing is learned by asking: the queue stays as it is for those who ask about an earlier cycle. */
export function foreseeTaken(m: usize, pc: u64, cycle: u64, backward: bool): bool {
  const counter = counterAt(m, pc);
  let byte = load<u8>(counter);
  if (byte & AWAITS) {
    const tail = load<u32>(m, TIMING_PENDINGTAIL);
    for (let head = load<u32>(m, TIMING_PENDINGHEAD); head != tail; head++) {
      const slot = <usize>(head & (PENDING - 1));
      if (load<u64>(m + TIMING_PENDINGAT + (slot << 3)) > cycle) break;
      const branch = load<u32>(m + TIMING_PENDINGBRANCH + (slot << 2));
      if (m + TIMING_BHT + <usize>(branch >>> 1) != counter) continue;
      let count = byte & 3;
      if (branch & 1) count += count < 3 ? 1 : 0;
      else count -= count > 0 ? 1 : 0;
      byte = VALID | count;
    }
  }
  return byte & VALID ? (byte & 2) != 0 : backward;
}

/** Whether a counter is as far as outcomes like `taken` move it, and awaits no others. */
function cannotMove(m: usize, counter: usize, taken: bool): bool {
  const byte = load<u8>(counter);
  if ((byte & ~AWAITS) != (taken ? SURELY_TAKEN : SURELY_NOT)) return false;
  if (!(byte & AWAITS)) return true;
  const tail = load<u32>(m, TIMING_PENDINGTAIL);
  for (let head = load<u32>(m, TIMING_PENDINGHEAD); head != tail; head++) {
    const branch = load<u32>(m + TIMING_PENDINGBRANCH + ((<usize>(head & (PENDING - 1))) << 2));
    if (m + TIMING_BHT + <usize>(branch >>> 1) == counter && (branch & 1) != (taken ? 1 : 0)) return false;
  }
  return true;
}

/** The branch at `pc`, scanned at `scanned`, went as `taken` says; predictions know from `cycle` on. */
export function learn(m: usize, pc: u64, taken: bool, scanned: u64, cycle: u64): void {
  const counter = counterAt(m, pc);
  if (cannotMove(m, counter, taken)) return;
  if (load<u32>(m, TIMING_PENDINGTAIL) - load<u32>(m, TIMING_PENDINGHEAD) == PENDING) settle(m, scanned);
  if (load<u32>(m, TIMING_PENDINGTAIL) - load<u32>(m, TIMING_PENDINGHEAD) == PENDING) settle(m, ~0);
  const tail = load<u32>(m, TIMING_PENDINGTAIL);
  const slot = <usize>(tail & (PENDING - 1));
  store<u64>(m + TIMING_PENDINGAT + (slot << 3), cycle);
  store<u32>(
    m + TIMING_PENDINGBRANCH + (slot << 2),
    ((<u32>(counter - m - TIMING_BHT)) << 1) | (taken ? 1 : 0),
  );
  store<u32>(m, tail + 1, TIMING_PENDINGTAIL);
  store<u8>(counter, load<u8>(counter) | AWAITS);
}

/** No target: what a table without a valid entry answers. */
export const NO_TARGET: u64 = ~0;

function btbEntry(m: usize, pc: u64): usize {
  return m + TIMING_BTB + ((<usize>((pc >> 1) & (parameter(PIPELINE_BTBENTRIES) - 1))) << 3);
}

export function predictIndirect(m: usize, pc: u64): u64 {
  return load<u64>(btbEntry(m, pc)) - 1;
}

export function learnIndirect(m: usize, pc: u64, target: u64): void {
  store<u64>(btbEntry(m, pc), target + 1);
}

/** A call: pushes the return address. With `replace` (the same instruction pops, too) the top is overwritten. */
export function pushReturn(m: usize, address: u64, replace: bool): void {
  if (!replace) store<u64>(m, load<u64>(m, TIMING_RAS), TIMING_RAS + 8);
  store<u64>(m, address + 1, TIMING_RAS);
}

/** The predicted return address, which leaves the stack unless the same instruction pushes. */
export function popReturn(m: usize, keep: bool): u64 {
  const top = load<u64>(m, TIMING_RAS);
  if (top != 0 && !keep) {
    store<u64>(m, load<u64>(m, TIMING_RAS + 8), TIMING_RAS);
    store<u64>(m, 0, TIMING_RAS + 8);
  }
  return top - 1;
}

/** Exceptions, interrupts and returns from them clear all: counters to invalid and weakly taken. */
export function forgetPredictions(m: usize): void {
  store<u32>(m, load<u32>(m, TIMING_PENDINGTAIL), TIMING_PENDINGHEAD);
  memory.fill(m + TIMING_BHT, 2, <usize>parameter(PIPELINE_BHTENTRIES));
  memory.fill(m + TIMING_BTB, 0, (<usize>parameter(PIPELINE_BTBENTRIES)) << 3);
  store<u64>(m, 0, TIMING_RAS);
  store<u64>(m, 0, TIMING_RAS + 8);
}
