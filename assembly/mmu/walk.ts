/** The page-table walk: Sv39, Sv48 and Sv57 with Svnapot, Svpbmt and Svadu (privileged manual, chapters 11 and following). */
import {
  MENVCFG_ADUE_BIT,
  MENVCFG_PBMTE_BIT,
  MSTATUS_MXR_BIT,
  MSTATUS_SUM_BIT,
  PRIV_S,
  PRIV_U,
} from "../generated/riscv";
import { HART_MENVCFG, HART_MSTATUS, HART_SATP, HART_SUPERPAGES } from "../generated/layout";
import { PMP_R, PMP_W, pmpAllows } from "./pmp";
import { isMemory, isRam, readMemory, writeRam } from "./physical";

/** Kinds of access. */
export const ACCESS_LOAD: u32 = 0;
export const ACCESS_STORE: u32 = 1;
export const ACCESS_FETCH: u32 = 2;

/** What a walk returns instead of an address. Physical addresses have 56 bits. */
export const PAGE_FAULT: u64 = ~0;
export const ACCESS_FAULT: u64 = ~1;

const PTE_V: u64 = 1 << 0;
const PTE_R: u64 = 1 << 1;
const PTE_W: u64 = 1 << 2;
const PTE_X: u64 = 1 << 3;
const PTE_U: u64 = 1 << 4;
const PTE_A: u64 = 1 << 6;
const PTE_D: u64 = 1 << 7;
/** Bits 60:54 are reserved: a page fault when set. */
const PTE_RESERVED: u64 = 0x1fc0_0000_0000_0000;
/** Bits 62:61, the memory type. Caches are not modelled, so it changes nothing. */
const PTE_PBMT_SHIFT: u64 = 61;
/** Bit 63: one of 16 PTEs that map 64 KiB together. */
const PTE_N: u64 = 1 << 63;
const PPN_MASK: u64 = (1 << 44) - 1;
/** The low bits of a 64 KiB leaf's page number: 1000. */
const NAPOT_64K: u64 = 8;

/** satp.MODE values. */
const MODE_SV39: u64 = 8;
const MODE_SV57: u64 = 10;

/** Whether satp.MODE can be that. */
export function satpModeExists(mode: u64): bool {
  return mode == 0 || (mode >= MODE_SV39 && mode <= MODE_SV57);
}

function menvcfgHas(h: usize, bit: u64): bool {
  return ((load<u64>(h, HART_MENVCFG) >> bit) & 1) != 0;
}

/** Whether the PTE is valid as to its reserved bits and those of Svpbmt and Svnapot, which only leaves may have. */
function wellFormed(h: usize, pte: u64, leaf: bool): bool {
  if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || pte & PTE_RESERVED) return false;
  const memoryType = (pte >> PTE_PBMT_SHIFT) & 3;
  // "For non-leaf PTEs, the D, A, and U bits are reserved for future standard use."
  if (!leaf) return !(pte & (PTE_A | PTE_D | PTE_U | PTE_N)) && memoryType == 0;
  return memoryType == 0 || (memoryType != 3 && menvcfgHas(h, MENVCFG_PBMTE_BIT));
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

/** Sets A, and D for a store, in the PTE at `address`. Returns 0, or the fault that this is. */
function markUsed(h: usize, address: u64, pte: u64, access: u32): u64 {
  const used = pte | PTE_A | (access == ACCESS_STORE ? PTE_D : 0);
  if (used == pte) return 0;
  if (!menvcfgHas(h, MENVCFG_ADUE_BIT)) return PAGE_FAULT;
  if (!isRam(address, 8) || !pmpAllows(h, address, 8, PMP_W, PRIV_S)) return ACCESS_FAULT;
  writeRam(address, used, 8);
  return 0;
}

/**
 * Walks the page table that satp names, by the steps of "Virtual Address Translation Process". Returns the physical
 * address, PAGE_FAULT or ACCESS_FAULT. With `probe`, for debuggers, permissions do not count and nothing changes.
 */
export function walk(h: usize, va: u64, access: u32, priv: u32, probe: bool): u64 {
  const satp = load<u64>(h, HART_SATP);
  const levels = <i32>(satp >> 60) - 5;
  // The bits above the virtual address must all be equal to its highest one.
  const unused = <u64>(52 - 9 * levels);
  if ((<i64>(va << unused)) >> unused != <i64>va) return PAGE_FAULT;
  let table = (satp & PPN_MASK) << 12;
  for (let level = levels - 1; level >= 0; level--) {
    const shift = <u64>(12 + 9 * level);
    const address = table + (((va >> shift) & 0x1ff) << 3);
    if (!isMemory(address, 8) || !pmpAllows(h, address, 8, PMP_R, PRIV_S)) return ACCESS_FAULT;
    const pte = readMemory(address, 8);
    const leaf = (pte & (PTE_R | PTE_X)) != 0;
    if (!wellFormed(h, pte, leaf)) return PAGE_FAULT;
    const page = (pte >> 10) & PPN_MASK;
    if (!leaf) {
      table = page << 12;
      continue;
    }
    if (!probe && !leafAllows(pte, access, priv, load<u64>(h, HART_MSTATUS))) return PAGE_FAULT;
    return leafAddress(h, va, address, pte, page, level, access, probe);
  }
  return PAGE_FAULT;
}

/** The physical address that a leaf at `level` gives, after the checks that remain. */
function leafAddress(
  h: usize,
  va: u64,
  address: u64,
  pte: u64,
  page: u64,
  level: i32,
  access: u32,
  probe: bool,
): u64 {
  let bits = <u64>(12 + 9 * level);
  let base = page << 12;
  if (pte & PTE_N) {
    if (level != 0 || (page & 15) != NAPOT_64K) return PAGE_FAULT;
    bits = 16;
    base = (page & ~15) << 12;
  }
  const within = ((<u64>1) << bits) - 1;
  if (base & within) return PAGE_FAULT;
  if (!probe) {
    const fault = markUsed(h, address, pte, access);
    if (fault) return fault;
    if (bits > 12) store<u32>(h, 1, HART_SUPERPAGES);
  }
  return base | (va & within);
}
