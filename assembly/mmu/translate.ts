/** Address translation: page tables, then PMP, then a TLB entry for the next time. */
import {
  CAUSE_INSTRUCTION_ACCESS_FAULT,
  CAUSE_INSTRUCTION_PAGE_FAULT,
  CAUSE_LOAD_ACCESS_FAULT,
  CAUSE_LOAD_PAGE_FAULT,
  CAUSE_STORE_ACCESS_FAULT,
  CAUSE_STORE_PAGE_FAULT,
  PRIV_M,
  PRIV_S,
  RAM_BASE,
} from "../generated/riscv";
import { HART_FETCHTLB, HART_PRIV, HART_READTLB, HART_SATP, HART_WRITETLB } from "../generated/layout";
import { codePageFor, findCodePage, markCodePage } from "../block/code-cache";
import { breakpointOnPage } from "../debug/breakpoints";
import { dataPrivilege } from "../hart/context";
import { takeTrap } from "../hart/trap";
import { triggerOnPage } from "../debug/triggers";
import { isWatchedPage } from "../debug/watchpoints";
import { PMP_R, PMP_W, PMP_X, pmpAllows, pmpUniform } from "./pmp";
import { hostAddress, isMemory, isRam, markDirty } from "./physical";
import { tlbFill, tlbIndex } from "./tlb";
import { ACCESS_FAULT, ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE, PAGE_FAULT, walk } from "./walk";

/** No physical address: the access trapped. */
export const NO_ADDRESS: u64 = ~0;
function pmpPermission(access: u32): u32 {
  return access == ACCESS_LOAD ? PMP_R : access == ACCESS_STORE ? PMP_W : PMP_X;
}

/** Translates for level `priv`, without TLB, PMP or trap. */
function translateFor(h: usize, va: u64, access: u32, priv: u32, probe: bool): u64 {
  if (priv == PRIV_M || load<u64>(h, HART_SATP) >> 60 == 0) {
    // "Bare": physical addresses have 56 bits; what is above them answers nothing.
    return va >> 56 ? ACCESS_FAULT : va;
  }
  return walk(h, va, access, priv, probe);
}

/**
 * Physical address of `va` as a debugger sees it, NO_ADDRESS when unmapped. Permissions do not count, and
 * what is no address of memory in M-mode is looked for in the page table that S-mode would use.
 */
export function probe(h: usize, va: u64): u64 {
  const priv = load<u32>(h, HART_PRIV);
  const effective = priv == PRIV_M && !isMemory(va, 1) ? PRIV_S : priv;
  const address = translateFor(h, va, ACCESS_LOAD, effective, true);
  return address >= ACCESS_FAULT ? NO_ADDRESS : address;
}

function raise(h: usize, va: u64, access: u32, pageFault: bool): u64 {
  let cause: u64;
  if (access == ACCESS_FETCH)
    cause = pageFault ? CAUSE_INSTRUCTION_PAGE_FAULT : CAUSE_INSTRUCTION_ACCESS_FAULT;
  else if (access == ACCESS_LOAD) cause = pageFault ? CAUSE_LOAD_PAGE_FAULT : CAUSE_LOAD_ACCESS_FAULT;
  else cause = pageFault ? CAUSE_STORE_PAGE_FAULT : CAUSE_STORE_ACCESS_FAULT;
  takeTrap(h, cause, va);
  return NO_ADDRESS;
}

/**
 * Translates an access of `size` bytes, all on one page, and checks PMP. Traps and returns NO_ADDRESS when it
 * is not allowed. Enters the TLB when later accesses to the page need no check.
 */
export function translate(h: usize, va: u64, access: u32, size: u32): u64 {
  const priv = access == ACCESS_FETCH ? load<u32>(h, HART_PRIV) : dataPrivilege(h);
  const address = translateFor(h, va, access, priv, false);
  if (address >= ACCESS_FAULT) return raise(h, va, access, address == PAGE_FAULT);
  if (!pmpAllows(h, address, size, pmpPermission(access), priv)) return raise(h, va, access, false);
  if (access != ACCESS_FETCH) enterData(h, va, address, access);
  return address;
}

/** Remembers a data page, unless it is a device's, protected in part, or code that a store would change. */
function enterData(h: usize, va: u64, address: u64, access: u32): void {
  const page = address & ~0xfff;
  const ram = isRam(page, 4096);
  if (access == ACCESS_STORE && (!ram || findCodePage(<u32>((page - RAM_BASE) >> 12)) != 0)) return;
  if (!isMemory(page, 4096) || !pmpUniform(h, page)) return;
  if (isWatchedPage(va) || triggerOnPage(h, va)) return;
  if (access == ACCESS_STORE) markDirty(page);
  const array = access == ACCESS_LOAD ? load<u32>(h, HART_READTLB) : load<u32>(h, HART_WRITETLB);
  tlbFill(<usize>array, va, <u32>hostAddress(page) - <u32>(va & ~0xfff));
}

/**
 * Whether the TLB has the page of an aligned store of `size` bytes to `va`, which may be entered for that. What it is not entered for, a
 * trap too, is left to the store itself.
 */
export function preparesStore(h: usize, va: u64, size: u32): bool {
  if (va & (<u64>(size - 1)) || isWatchedPage(va) || triggerOnPage(h, va)) return false;
  const priv = dataPrivilege(h);
  const address = translateFor(h, va, ACCESS_STORE, priv, false);
  if (address >= ACCESS_FAULT || !pmpAllows(h, address, size, PMP_W, priv)) return false;
  enterData(h, va, address, ACCESS_STORE);
  return load<u64>(<usize>load<u32>(h, HART_WRITETLB) + tlbIndex(va)) == (va & ~0xfff);
}

/** The decoded page of the code at `pc`, entered in the fetch TLB. 0: none can be had, or (HART_TRAPPED) a trap. */
export function fetchCodePage(h: usize, pc: u64): usize {
  const address = translate(h, pc, ACCESS_FETCH, 2);
  if (address == NO_ADDRESS) return 0;
  const page = address & ~0xfff;
  if (!isRam(page, 4096) || !pmpUniform(h, page)) return 0;
  const codePage = codePageFor(<u32>((page - RAM_BASE) >> 12));
  if (breakpointOnPage(pc)) markCodePage(codePage);
  tlbFill(<usize>load<u32>(h, HART_FETCHTLB), pc, <u32>codePage);
  return codePage;
}

/**
 * Physical address of the block of `size` bytes that has `va` in it, for a cache-block operation that needs permission for
 * `access`. Whatever is missing is reported as a store's fault, at `va` itself.
 */
export function translateBlock(h: usize, va: u64, access: u32, size: u64): u64 {
  const priv = dataPrivilege(h);
  const address = translateFor(h, va, access, priv, false);
  if (address >= ACCESS_FAULT) return raise(h, va, ACCESS_STORE, address == PAGE_FAULT);
  const block = address & ~(size - 1);
  return pmpAllows(h, block, <u32>size, pmpPermission(access), priv)
    ? block
    : raise(h, va, ACCESS_STORE, false);
}
