/**
 * The software TLBs: for each hart and each translation context, an array for loads, one for stores, one for
 * fetches. An entry is {u64 tag, u32 addend}: the tag is the page's virtual address, the addend turns a
 * virtual address into an offset in linear memory (for fetches: the decoded page). Only plain memory that the
 * context may access in full is entered, so that a hit needs no further check.
 */
import {
  HARTS,
  HART_BYTES,
  HART_SUPERPAGES,
  MACHINE,
  MACHINE_HARTS,
  TLBS,
  TLB_BYTES,
  TLB_CONTEXTS,
  TLB_ENTRIES,
} from "../generated/layout";

export const TLB_ADDEND: usize = 8;

/** Contexts, numbered as in spec/layout.ts. Context M is for M-mode and never translates. */
export const CONTEXT_M: u32 = 0;
export const CONTEXT_U: u32 = 1;
export const CONTEXT_S: u32 = 2;
export const CONTEXT_S_SUM: u32 = 3;

/** Kinds of array. */
export const TLB_READ: u32 = 0;
export const TLB_WRITE: u32 = 1;
export const TLB_FETCH: u32 = 2;

/** Matches no address: accesses compare page addresses with the low bits of a misaligned one at most. */
const EMPTY: u8 = 0xff;

/** Byte offset of the entry for an address. Two parts of the page number are mixed so that strides spread. */
// @ts-ignore: decorator
@inline
export function tlbIndex(va: u64): usize {
  return <usize>((((<u32>(va >> 12)) ^ (<u32>(va >> 21))) & (TLB_ENTRIES - 1)) << 4);
}

function hartNumber(h: usize): u32 {
  return <u32>((h - HARTS) / HART_BYTES);
}

/** Address of one TLB array. The arrays of a hart lie kind by kind, so that a kind is cleared in one go. */
export function tlbArray(h: usize, kind: u32, context: u32): usize {
  return TLBS + <usize>((hartNumber(h) * 3 + kind) * TLB_CONTEXTS + context) * TLB_BYTES;
}

/** Enters a page. `addend` is added to a virtual address modulo 2^32. */
export function tlbFill(array: usize, va: u64, addend: u32): void {
  const entry = array + tlbIndex(va);
  store<u64>(entry, va & ~0xfff);
  store<u32>(entry, addend, TLB_ADDEND);
}

/** Empties everything that translation made: contexts U, S and S with SUM. */
export function flushTranslations(h: usize): void {
  for (let kind: u32 = 0; kind < 3; kind++) {
    memory.fill(tlbArray(h, kind, CONTEXT_U), EMPTY, 3 * TLB_BYTES);
  }
  store<u32>(h, 0, HART_SUPERPAGES);
}

/** Empties all TLBs of a hart, those of M-mode too (PMP rules changed). */
export function flushHart(h: usize): void {
  memory.fill(tlbArray(h, 0, 0), EMPTY, <usize>(3 * TLB_CONTEXTS) * TLB_BYTES);
  store<u32>(h, 0, HART_SUPERPAGES);
}

/** Forgets one page. A superpage was entered in pieces of 4 KiB, all of which an sfence.vma names. */
export function flushPage(h: usize, va: u64): void {
  if (load<u32>(h, HART_SUPERPAGES)) {
    flushTranslations(h);
    return;
  }
  for (let kind: u32 = 0; kind < 3; kind++) {
    for (let context: u32 = CONTEXT_U; context < TLB_CONTEXTS; context++) {
      store<u64>(tlbArray(h, kind, context) + tlbIndex(va), ~0);
    }
  }
}

function flushKindOnAllHarts(kind: u32): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) {
    memory.fill(tlbArray(HARTS + <usize>i * HART_BYTES, kind, 0), EMPTY, <usize>TLB_CONTEXTS * TLB_BYTES);
  }
}

/** A page of memory became code: stores to it must be noticed from now on. */
export function flushAllWriteTlbs(): void {
  flushKindOnAllHarts(TLB_WRITE);
}

/** Decoded pages went away. */
export function flushAllFetchTlbs(): void {
  flushKindOnAllHarts(TLB_FETCH);
}
