/**
 * Watchpoints by virtual address. No TLB holds a watched page, so that accesses to it come to the slow paths, which ask
 * here first; other memory runs as if there were none. An access that is watched is held back: the hart stands
 * before the instruction, which has changed nothing, and run() returns.
 */
import {
  HART_TRAPPED,
  MACHINE,
  MACHINE_HARTS,
  MACHINE_STOPREQUEST,
  MACHINE_WATCHACCESS,
  MACHINE_WATCHADDRESS,
  MACHINE_WATCHDISARMED,
  MACHINE_WATCHHIT,
  MACHINE_WATCHPOINTS,
  MACHINE_WATCHSIZE,
  MAX_WATCHPOINTS,
  WATCHPOINT_BYTES,
  WATCH_TABLE,
} from "../generated/layout";
import { flushHart } from "../mmu/tlb";
import { accessTriggered } from "./triggers";
import { hart } from "../run";

const LAST: usize = 8;
const ACCESSES: usize = 16;

// @ts-ignore: decorator
@inline
function place(index: u32): usize {
  return WATCH_TABLE + <usize>index * WATCHPOINT_BYTES;
}

/** The first watchpoint that overlaps [first, last] and waits for one of `accesses`, -1 when none does. */
function find(first: u64, last: u64, accesses: u32): i32 {
  const count = load<u32>(MACHINE, MACHINE_WATCHPOINTS);
  for (let i: u32 = 0; i < count; i++) {
    const at = place(i);
    if (first <= load<u64>(at, LAST) && last >= load<u64>(at) && load<u32>(at, ACCESSES) & accesses)
      return <i32>i;
  }
  return -1;
}

/** Whether something on the page of `va` is watched. */
export function isWatchedPage(va: u64): bool {
  return load<u32>(MACHINE, MACHINE_WATCHPOINTS) != 0 && find(va & ~0xfff, va | 0xfff, ~0) >= 0;
}

/**
 * Holds an access back that is watched, by the debugger or by a trigger of the program: the interpreter leaves the
 * instruction as after a trap, and stops for the debugger.
 */
export function heldBack(h: usize, va: u64, size: u32, accesses: u32): bool {
  return stopsBefore(h, va, size, accesses) || accessTriggered(h, va, size, accesses);
}

function stopsBefore(h: usize, va: u64, size: u32, accesses: u32): bool {
  if (load<u32>(MACHINE, MACHINE_WATCHPOINTS) == 0 || load<u32>(MACHINE, MACHINE_WATCHDISARMED)) return false;
  if (find(va, va + <u64>(size - 1), accesses) < 0) return false;
  store<u32>(MACHINE, 1, MACHINE_WATCHHIT);
  store<u64>(MACHINE, va, MACHINE_WATCHADDRESS);
  store<u32>(MACHINE, size, MACHINE_WATCHSIZE);
  store<u32>(MACHINE, accesses, MACHINE_WATCHACCESS);
  store<u32>(MACHINE, 1, MACHINE_STOPREQUEST);
  store<u32>(h, 1, HART_TRAPPED);
  return true;
}

function flushTlbs(): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) flushHart(hart(i));
}

/** Watches [first, last] for `accesses` (bits of WATCH_ACCESS); false when the table is full. */
export function addWatchpoint(first: u64, last: u64, accesses: u32): bool {
  const count = load<u32>(MACHINE, MACHINE_WATCHPOINTS);
  if (count == MAX_WATCHPOINTS) return false;
  store<u64>(place(count), first);
  store<u64>(place(count), last, LAST);
  store<u32>(place(count), accesses, ACCESSES);
  store<u32>(MACHINE, count + 1, MACHINE_WATCHPOINTS);
  flushTlbs();
  return true;
}

/** Ends a watch that was set with the same figures, if there is one. */
export function removeWatchpoint(first: u64, last: u64, accesses: u32): void {
  const count = load<u32>(MACHINE, MACHINE_WATCHPOINTS);
  for (let i: u32 = 0; i < count; i++) {
    const at = place(i);
    if (load<u64>(at) != first || load<u64>(at, LAST) != last || load<u32>(at, ACCESSES) != accesses)
      continue;
    memory.copy(at, place(count - 1), WATCHPOINT_BYTES);
    store<u32>(MACHINE, count - 1, MACHINE_WATCHPOINTS);
    return;
  }
}
