/** The floating-point state of a hart: mstatus.FS, exception flags, rounding modes (unprivileged manual, section 20.2). */
import { HART_FFLAGS, HART_FRM, HART_MSTATUS } from "../generated/layout";
import { MSTATUS_FS_BIT } from "../generated/riscv";
import { illegalInstruction } from "../hart/trap";
import { rawInstruction } from "../block/slot";

/** Exception flags: inexact, underflow, overflow, division by zero, invalid operation. */
export const NX: u32 = 1;
export const UF: u32 = 2;
export const OF: u32 = 4;
export const DZ: u32 = 8;
export const NV: u32 = 16;

/** Rounding modes: to nearest with ties to even, towards zero, down, up, to nearest with ties away from zero. */
export const RNE: u32 = 0;
export const RTZ: u32 = 1;
export const RDN: u32 = 2;
export const RUP: u32 = 3;
export const RMM: u32 = 4;
/** In an instruction: the mode that frm holds. */
const DYN: u32 = 7;

/** mstatus.FS = Dirty. FS is in the lower half of mstatus. */
const FS_DIRTY: u32 = 3 << (<u32>MSTATUS_FS_BIT);

/** FS = Off: "any instruction that attempts to read or write the corresponding state will cause an illegal-instruction exception". */
// @ts-ignore: decorator
@inline
export function floatOff(h: usize): bool {
  return (load<u32>(h, HART_MSTATUS) & FS_DIRTY) == 0;
}

/** The state was changed. */
// @ts-ignore: decorator
@inline
export function markDirty(h: usize): void {
  store<u32>(h, load<u32>(h, HART_MSTATUS) | FS_DIRTY, HART_MSTATUS);
}

/** Adds exception flags to those that have accumulated. */
export function raise(h: usize, flags: u32): void {
  store<u32>(h, load<u32>(h, HART_FFLAGS) | flags, HART_FFLAGS);
  markDirty(h);
}

/** The rounding mode of an instruction word; above RMM when frm holds no valid one. Words with 5 or 6 do not get here. */
// @ts-ignore: decorator
@inline
export function roundingMode(h: usize, insn: u32): u32 {
  const rm = (insn >> 12) & 7;
  return rm == DYN ? load<u32>(h, HART_FRM) : rm;
}

/** The trap of a floating-point instruction that must not execute. */
export function illegalFloat(h: usize, slot: usize): void {
  illegalInstruction(h, <u64>rawInstruction(slot));
}

/**
 * Whether an operation may be left to the host's arithmetic, which rounds to nearest even and has no flags: when
 * that is the mode, and the only flag that a result well inside the normal range can raise is up already.
 */
// @ts-ignore: decorator
@inline
export function hostMayCompute(h: usize, rm: u32): bool {
  return rm == RNE && (load<u32>(h, HART_FFLAGS) & NX) != 0;
}
