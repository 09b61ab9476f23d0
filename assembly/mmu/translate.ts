/** Address translation: Sv39 (privileged manual, chapter 11) with hardware A and D bits, then PMP. */
import {
  CAUSE_INSTRUCTION_ACCESS_FAULT,
  CAUSE_INSTRUCTION_PAGE_FAULT,
  CAUSE_LOAD_ACCESS_FAULT,
  CAUSE_LOAD_PAGE_FAULT,
  CAUSE_STORE_ACCESS_FAULT,
  CAUSE_STORE_PAGE_FAULT,
  MSTATUS_MXR_BIT,
  MSTATUS_SUM_BIT,
  PRIV_M,
  PRIV_S,
  PRIV_U,
  RAM_BASE,
} from "../generated/riscv";
import {
  HART_FETCHTLB,
  HART_MSTATUS,
  HART_PRIV,
  HART_READTLB,
  HART_SATP,
  HART_SUPERPAGES,
  HART_WRITETLB,
} from "../generated/layout";
import { codePageFor, findCodePage } from "../block/code-cache";
import { dataPrivilege } from "../hart/context";
import { takeTrap } from "../hart/trap";
import { PMP_R, PMP_W, PMP_X, pmpAllows, pmpUniform } from "./pmp";
import { hostAddress, isMemory, isRam, readMemory, writeRam } from "./physical";
import { tlbFill } from "./tlb";

/** Kinds of access. */
export const ACCESS_LOAD: u32 = 0;
export const ACCESS_STORE: u32 = 1;
export const ACCESS_FETCH: u32 = 2;

/** No physical address: the access trapped. */
export const NO_ADDRESS: u64 = ~0;
/** What a walk returns instead of an address. Physical addresses have 56 bits. */
const PAGE_FAULT: u64 = ~0;
const ACCESS_FAULT: u64 = ~1;

const PTE_V: u64 = 1 << 0;
const PTE_R: u64 = 1 << 1;
const PTE_W: u64 = 1 << 2;
const PTE_X: u64 = 1 << 3;
const PTE_U: u64 = 1 << 4;
const PTE_A: u64 = 1 << 6;
const PTE_D: u64 = 1 << 7;
/** Bits 63:54 are reserved, or belong to extensions that are not there: a page fault when set. */
const PTE_RESERVED: u64 = 0xffc0_0000_0000_0000;
const PPN_MASK: u64 = (1 << 44) - 1;
/** satp.MODE of Sv39. */
export const SATP_SV39: u64 = 8;
const LEVELS: u32 = 3;

function pmpPermission(access: u32): u32 {
  return access == ACCESS_LOAD ? PMP_R : access == ACCESS_STORE ? PMP_W : PMP_X;
}

/** Whether the leaf PTE lets `priv` make the access. */
function leafAllows(pte: u64, access: u32, priv: u32, mstatus: u64): bool {
  if (pte & PTE_U) {
    // "S-mode may not execute instructions from user pages, regardless of the state of SUM."
    if (priv == PRIV_S && (access == ACCESS_FETCH || !((mstatus >> MSTATUS_SUM_BIT) & 1))) return false;
  } else if (priv == PRIV_U) return false;
  if (access == ACCESS_FETCH) return (pte & PTE_X) != 0;
  if (access == ACCESS_STORE) return (pte & PTE_W) != 0;
  return (pte & PTE_R) != 0 || ((pte & PTE_X) != 0 && ((mstatus >> MSTATUS_MXR_BIT) & 1) != 0);
}

/**
 * Walks the page table, as section 11.3.2 numbers its steps. Returns the physical address, PAGE_FAULT or
 * ACCESS_FAULT. With `probe`, for debuggers, permissions do not count and A and D stay as they are.
 */
function walk(h: usize, va: u64, access: u32, priv: u32, probe: bool): u64 {
  // "Bits 63-39 must all be equal to bit 38."
  if ((<i64>(va << 25)) >> 25 != <i64>va) return PAGE_FAULT;
  const mstatus = load<u64>(h, HART_MSTATUS);
  let table = (load<u64>(h, HART_SATP) & PPN_MASK) << 12;
  for (let level: i32 = LEVELS - 1; level >= 0; level--) {
    const shift = <u64>(12 + 9 * level);
    const address = table + (((va >> shift) & 0x1ff) << 3);
    if (!isMemory(address, 8) || !pmpAllows(h, address, 8, PMP_R, PRIV_S)) return ACCESS_FAULT;
    const pte = readMemory(address, 8);
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || pte & PTE_RESERVED) return PAGE_FAULT;
    const base = ((pte >> 10) & PPN_MASK) << 12;
    if (!(pte & (PTE_R | PTE_X))) {
      // "For non-leaf PTEs, the D, A, and U bits are reserved for future standard use."
      if (pte & (PTE_A | PTE_D | PTE_U)) return PAGE_FAULT;
      table = base;
      continue;
    }
    if (!probe && !leafAllows(pte, access, priv, mstatus)) return PAGE_FAULT;
    const within = ((<u64>1) << shift) - 1;
    if (base & within) return PAGE_FAULT;
    const used = pte | PTE_A | (access == ACCESS_STORE ? PTE_D : 0);
    if (used != pte && !probe) {
      if (!isRam(address, 8) || !pmpAllows(h, address, 8, PMP_W, PRIV_S)) return ACCESS_FAULT;
      writeRam(address, used, 8);
    }
    if (level > 0) store<u32>(h, 1, HART_SUPERPAGES);
    return base | (va & within);
  }
  return PAGE_FAULT;
}

/** Translates for level `priv`, without TLB, PMP or trap. */
function translateFor(h: usize, va: u64, access: u32, priv: u32, probe: bool): u64 {
  if (priv == PRIV_M || load<u64>(h, HART_SATP) >> 60 != SATP_SV39) {
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
  const array = access == ACCESS_LOAD ? load<u32>(h, HART_READTLB) : load<u32>(h, HART_WRITETLB);
  tlbFill(<usize>array, va, <u32>hostAddress(page) - <u32>(va & ~0xfff));
}

/** The decoded page of the code at `pc`, entered in the fetch TLB. 0: none can be had, or (HART_TRAPPED) a trap. */
export function fetchCodePage(h: usize, pc: u64): usize {
  const address = translate(h, pc, ACCESS_FETCH, 2);
  if (address == NO_ADDRESS) return 0;
  const page = address & ~0xfff;
  if (!isRam(page, 4096) || !pmpUniform(h, page)) return 0;
  const codePage = codePageFor(<u32>((page - RAM_BASE) >> 12));
  tlbFill(<usize>load<u32>(h, HART_FETCHTLB), pc, <u32>codePage);
  return codePage;
}
