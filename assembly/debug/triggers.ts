/**
 * Debug triggers (Debug Specification 1.0, chapter 5): a program's own breakpoints and watchpoints. Types 2 (mcontrol) and 6
 * (mcontrol6) match the address of an instruction or of an access, before it is done, and raise a breakpoint exception.
 *
 * They cost what the debugger's own cost: the slots at the page offset of an instruction are OP_BREAK, pages
 * with watched data are in no TLB, and both ask here. HART_TRIGGERS says which kinds are armed.
 */
import { CAUSE_BREAKPOINT, MSTATUS_MIE_BIT, MSTATUS_SIE_BIT, PRIV_M, PRIV_S } from "../generated/riscv";
import {
  HARTS,
  HART_BYTES,
  HART_MEDELEG,
  HART_MSTATUS,
  HART_PC,
  HART_PRIV,
  HART_TCONTROL,
  HART_TDATA1,
  HART_TDATA2,
  HART_TRIGGERS,
  HART_TSELECT,
  MACHINE,
  MACHINE_HARTS,
  TRIGGERS,
} from "../generated/layout";
import { redecodeOffset } from "../block/code-cache";
import { takeTrap } from "../hart/trap";
import { flushHart } from "../mmu/tlb";

/** Fields of tdata1, at the same places in both types but for the size. */
const TYPE_SHIFT: u64 = 60;
const MCONTROL: u64 = 2;
const MCONTROL6: u64 = 6;
const DISABLED: u64 = 15;
const EXECUTE: u32 = 4;
const STORE: u32 = 2;
const LOAD: u32 = 1;
const ACCESSES: u32 = EXECUTE | STORE | LOAD;
/** Enabled in U-mode; S- and M-mode have the bits that many places up. */
const MODE_U: u64 = 8;
const MODES: u64 = 0x58;

const TCONTROL_MTE: u64 = 8;

// @ts-ignore: decorator
@inline
function tdata1(h: usize, index: u32): u64 {
  return load<u64>(h + ((<usize>index) << 3), HART_TDATA1);
}

// @ts-ignore: decorator
@inline
function tdata2(h: usize, index: u32): u64 {
  return load<u64>(h + ((<usize>index) << 3), HART_TDATA2);
}

/** Bytes of the accesses that a trigger matches, 0 for all; mcontrol keeps the size in two pieces. */
function sizeOf(control: u64): u32 {
  const code =
    control >> TYPE_SHIFT == MCONTROL
      ? ((control >> 16) & 3) | (((control >> 21) & 3) << 2)
      : (control >> 16) & 7;
  return code == 0 ? 0 : code == 5 ? 8 : (<u32>1) << (<u32>code - 1);
}

/** What a write makes of tdata1: address matches with equality, action 0, before the access; no more is kept. */
function legalControl(value: u64): u64 {
  const type = value >> TYPE_SHIFT;
  if (type != MCONTROL && type != MCONTROL6) return DISABLED << TYPE_SHIFT;
  const code = type == MCONTROL ? ((value >> 16) & 3) | (((value >> 21) & 3) << 2) : (value >> 16) & 7;
  const exists = code <= 3 || code == 5;
  // Instructions are matched whatever their length.
  const any = !exists || (value & (<u64>EXECUTE)) != 0;
  const size: u64 = any ? 0 : type == MCONTROL ? ((code & 3) << 16) | ((code >> 2) << 21) : code << 16;
  return (type << TYPE_SHIFT) | size | (value & (MODES | (<u64>ACCESSES)));
}

/** After reset: triggers of type 2 that match nothing. */
export function resetTriggers(h: usize): void {
  for (let i: u32 = 0; i < TRIGGERS; i++) {
    store<u64>(h + ((<usize>i) << 3), MCONTROL << TYPE_SHIFT, HART_TDATA1);
  }
}

function selected(h: usize): u32 {
  return <u32>load<u64>(h, HART_TSELECT);
}

/** "Writes of values greater than or equal to the number of supported triggers" change nothing. */
export function writeTselect(h: usize, value: u64): void {
  if (value < TRIGGERS) store<u64>(h, value, HART_TSELECT);
}

export function readTdata1(h: usize): u64 {
  return tdata1(h, selected(h));
}

export function readTdata2(h: usize): u64 {
  return tdata2(h, selected(h));
}

export function writeTdata1(h: usize, value: u64): void {
  store<u64>(h + ((<usize>selected(h)) << 3), legalControl(value), HART_TDATA1);
  arm(h);
}

export function writeTdata2(h: usize, value: u64): void {
  redecode(h);
  store<u64>(h + ((<usize>selected(h)) << 3), value, HART_TDATA2);
  arm(h);
}

/** The selected trigger changed. */
function arm(h: usize): void {
  let kinds: u32 = 0;
  for (let i: u32 = 0; i < TRIGGERS; i++) {
    const control = tdata1(h, i);
    if (control & MODES) kinds |= (<u32>control) & ACCESSES;
  }
  const before = load<u32>(h, HART_TRIGGERS);
  store<u32>(h, kinds, HART_TRIGGERS);
  redecode(h);
  if ((before | kinds) & (LOAD | STORE)) flushHart(h);
}

/** The slots at the page offset of the selected trigger may have to become OP_BREAK, or something else again. */
function redecode(h: usize): void {
  redecodeOffset((<u32>tdata2(h, selected(h))) & 0xffe);
}

/** Whether a trigger of some hart waits for an instruction at this offset of a page. */
export function triggerAtOffset(offset: u32): bool {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let hart: u32 = 0; hart < harts; hart++) {
    const h = HARTS + <usize>hart * HART_BYTES;
    if (!(load<u32>(h, HART_TRIGGERS) & EXECUTE)) continue;
    for (let i: u32 = 0; i < TRIGGERS; i++) {
      if (tdata1(h, i) & EXECUTE && ((<u32>tdata2(h, i)) & 0xffe) == offset) return true;
    }
  }
  return false;
}

/** Whether a trigger of hart `h` waits for loads or stores on the page of `va`. */
export function triggerOnPage(h: usize, va: u64): bool {
  if (!(load<u32>(h, HART_TRIGGERS) & (LOAD | STORE))) return false;
  for (let i: u32 = 0; i < TRIGGERS; i++) {
    if (tdata1(h, i) & (LOAD | STORE) && tdata2(h, i) >> 12 == va >> 12) return true;
  }
  return false;
}

/**
 * Section 5.4, where a trap handler must not be stopped by its own trigger: "while in M-mode and while MIE in mstatus is 0",
 * or "while in S-mode and while SIE in sstatus is 0" with breakpoints delegated, nothing fires; tcontrol.mte lets M-mode have it.
 */
function mayFire(h: usize): bool {
  const priv = load<u32>(h, HART_PRIV);
  const mstatus = load<u64>(h, HART_MSTATUS);
  if (priv == PRIV_M) {
    return ((mstatus >> MSTATUS_MIE_BIT) & 1) != 0 || (load<u64>(h, HART_TCONTROL) & TCONTROL_MTE) != 0;
  }
  if (priv == PRIV_S && (load<u64>(h, HART_MEDELEG) >> CAUSE_BREAKPOINT) & 1) {
    return ((mstatus >> MSTATUS_SIE_BIT) & 1) != 0;
  }
  return true;
}

/** Whether some trigger matches one of `accesses` to `size` bytes at `va`. */
function matches(h: usize, va: u64, size: u32, accesses: u32): bool {
  const mode = MODE_U << (<u64>load<u32>(h, HART_PRIV));
  for (let i: u32 = 0; i < TRIGGERS; i++) {
    const control = tdata1(h, i);
    if (!(control & mode && control & (<u64>accesses))) continue;
    const wanted = sizeOf(control);
    if (tdata2(h, i) - va < size && (wanted == 0 || wanted == size)) return true;
  }
  return false;
}

/** Takes the breakpoint exception of an access to `size` bytes, if there is one: nothing has happened yet. */
export function accessTriggered(h: usize, va: u64, size: u32, accesses: u32): bool {
  if (!(load<u32>(h, HART_TRIGGERS) & accesses)) return false;
  if (!matches(h, va, size, accesses) || !mayFire(h)) return false;
  takeTrap(h, CAUSE_BREAKPOINT, va);
  return true;
}

/** Takes the breakpoint exception of the instruction at `pc`, if there is one. It comes before all faults of the fetch. */
export function fetchTriggered(h: usize, pc: u64): bool {
  if (!(load<u32>(h, HART_TRIGGERS) & EXECUTE)) return false;
  if (!matches(h, pc, 1, EXECUTE) || !mayFire(h)) return false;
  store<u64>(h, pc, HART_PC);
  takeTrap(h, CAUSE_BREAKPOINT, pc);
  return true;
}
