/** The core's exports: what host/core calls. No 64-bit value crosses on a path that is taken often. */
import { BOOT_ROM_BASE, PRIV_M, RAM_BASE } from "./generated/riscv";
import {
  HART_BYTES,
  HART_CYCLE,
  HART_HARTID,
  HART_LASTRUN,
  HART_MENVCFG,
  HART_MSTATUS,
  HART_PC,
  HART_PRIV,
  HART_RESERVATION,
  HART_RESUMEPC,
  HART_TIMED,
  MACHINE,
  MACHINE_HARTS,
  MACHINE_RAMBYTES,
  MACHINE_STEPHART,
  MACHINE_TURN,
  RAM,
} from "./generated/layout";
import { dropAllCode, storedToCode } from "./block/code-cache";
import { resetTriggers } from "./debug/triggers";
import { updateContext } from "./hart/context";
import { resetMenvcfg, resetMstatus } from "./hart/csr-functions";
import { probe as probeAddress } from "./mmu/translate";
import { markDirty } from "./mmu/physical";
import { flushHart } from "./mmu/tlb";
import { derive, resetTiming, setTimed, tidyTiming, timingOf } from "./timing/model";
import { forgetPages } from "./timing/tlb";
import { hart } from "./run";

export { addBreakpoint, removeBreakpoint } from "./debug/breakpoints";
export { addWatchpoint, removeWatchpoint } from "./debug/watchpoints";
// Binaryen inlines a function into its only caller unless it is exported; the interpreter's loop must stay small.
export * from "./generated/float";
export { csrExists, csrRead, csrWrite } from "./generated/csr-access";
export {
  bringForward,
  cycles,
  isIdle,
  run,
  setLine,
  setPlain,
  settle,
  skipTo,
  updateSupervisorTimer,
} from "./run";
export { settleCounts } from "./timing/memo/segment";
export { flushAllWriteTlbs as noticeStores } from "./mmu/tlb";
export { hashState } from "./state-hash";

/** Sets up a machine of `harts` harts and `ramBytes` bytes of RAM, all zero. False when memory cannot grow that far. */
export function configure(harts: u32, ramBytes: u32): bool {
  const wanted = (RAM + <usize>ramBytes + 0xffff) >>> 16;
  const have = <usize>memory.size();
  if (wanted > have && memory.grow(<i32>(wanted - have)) < 0) return false;
  store<u32>(MACHINE, harts, MACHINE_HARTS);
  store<u32>(MACHINE, ramBytes, MACHINE_RAMBYTES);
  store<u32>(MACHINE, harts, MACHINE_TURN);
  reset();
  return true;
}

/** Brings all harts to their state after reset: M-mode, at the boot ROM. RAM and guest time stay. */
export function reset(): void {
  dropAllCode();
  store<u32>(MACHINE, ~0, MACHINE_STEPHART);
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) resetHart(hart(i), i);
}

/** Section 3.4 of the privileged manual. */
function resetHart(h: usize, id: u32): void {
  // Time goes on, as it does for the rest of the board.
  const cycle = load<u64>(h, HART_CYCLE);
  const lastRun = load<u64>(h, HART_LASTRUN);
  const timed = load<u32>(h, HART_TIMED) != 0;
  memory.fill(h, 0, HART_BYTES);
  store<u64>(h, cycle, HART_CYCLE);
  store<u64>(h, lastRun, HART_LASTRUN);
  store<u32>(h, id, HART_HARTID);
  store<u32>(h, PRIV_M, HART_PRIV);
  store<u64>(h, resetMstatus(), HART_MSTATUS);
  store<u64>(h, resetMenvcfg(), HART_MENVCFG);
  resetTriggers(h);
  store<u64>(h, BOOT_ROM_BASE, HART_PC);
  store<u64>(h, ~0, HART_RESERVATION);
  store<u64>(h, ~0, HART_RESUMEPC);
  updateContext(h);
  flushHart(h);
  resetTiming(h);
  setTimed(h, timed);
}

/** The host wrote `size` bytes of RAM at `offset` from its start: what was decoded from them is stale. */
export function ramWritten(offset: u32, size: u32): void {
  let at = <usize>offset;
  const end = at + <usize>size;
  while (at < end) {
    const next = min<usize>(end, (at | 0xfff) + 1);
    markDirty(<u64>at + RAM_BASE);
    storedToCode(at, next - at);
    at = next;
  }
}

/** The host put another state into records and memory: forget all that was derived from the old one. */
export function restored(): void {
  dropAllCode();
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) contextWritten(i);
}

/** The host changed mode, mstatus, satp or PMP registers of a hart: forget what depends on them. */
export function contextWritten(index: u32): void {
  updateContext(hart(index));
  flushHart(hart(index));
  forgetPages(timingOf(hart(index)));
}

/** Physical address of `va` in the hart's present mode, all ones when unmapped. For debuggers. */
export function translate(index: u32, va: u64): u64 {
  return probeAddress(hart(index), va);
}

/** Brings the pipeline models' records into a form that does not tell how the run was cut. */
export function tidyTimings(): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) tidyTiming(hart(i));
}

/** The host put other parameters and records of the pipeline models in place. */
export function timingsRestored(): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) derive(timingOf(hart(i)));
}

/** Lets the pipeline models keep the time of all harts, or no longer. Parameters are in the pipeline record. */
export function setTiming(timed: bool): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) setTimed(hart(i), timed);
}

/** Empties the pipeline models, as after reset. */
export function clearTiming(): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) resetTiming(hart(i));
}
