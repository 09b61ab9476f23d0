/**
 * The modelled TLBs: fully associative, tree pseudo-LRU without regard for invalid entries. A miss walks the page table from
 * its root, reading entries through the data cache.
 */
import { MSTATUS_MPP_BIT, MSTATUS_MPRV_BIT, PRIV_M } from "../generated/riscv";
import {
  EVENT_DCACHE_MISS,
  HART_MSTATUS,
  HART_PRIV,
  HART_SATP,
  PIPELINE_DCACHESETS,
  PIPELINE_LINEBITS,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_TLBENTRIES,
  PIPELINE_WALKLEVEL,
  PIPELINE_WALKMISS,
  TIMING_DTLBBASES,
  TIMING_DTLBPAGE,
  TIMING_DTLBTAGS,
  TIMING_DTLBTREE,
  TIMING_FETCHPAGE,
  TIMING_ITLBBASES,
  TIMING_ITLBTAGS,
  TIMING_ITLBTREE,
} from "../generated/layout";
import { isMemory, readMemory } from "../mmu/physical";
import { dcacheFill, dcacheHas } from "./cache";
import { countEvent, parameter } from "./stamp";

const SATP_SV39: u64 = 8;
const PPN_MASK: u64 = (1 << 44) - 1;
const EMPTY: u64 = ~0;

/** Whether fetches are translated; whether loads and stores are. */
export function fetchTranslates(h: usize): bool {
  return load<u32>(h, HART_PRIV) != PRIV_M && load<u64>(h, HART_SATP) >> 60 == SATP_SV39;
}

export function dataTranslates(h: usize): bool {
  const mstatus = load<u64>(h, HART_MSTATUS);
  const priv =
    (mstatus >> MSTATUS_MPRV_BIT) & 1 ? (<u32>(mstatus >> MSTATUS_MPP_BIT)) & 3 : load<u32>(h, HART_PRIV);
  return priv != PRIV_M && load<u64>(h, HART_SATP) >> 60 == SATP_SV39;
}

/** Marks entry `index` as the one used last: each node on its path points to the other side. */
function touch(m: usize, tree: usize, index: u32, entries: u32): void {
  let bits = load<u64>(m + tree);
  let node: u64 = 0;
  for (let half = entries >>> 1; half > 0; half >>>= 1) {
    const side = (index & half) != 0;
    bits = side ? bits & ~((<u64>1) << node) : bits | ((<u64>1) << node);
    node = 2 * node + 1 + (side ? 1 : 0);
  }
  store<u64>(m + tree, bits);
}

/** The entry that the nodes point to. */
function victim(m: usize, tree: usize, entries: u32): u32 {
  const bits = load<u64>(m + tree);
  let node: u64 = 0;
  let index: u32 = 0;
  for (let half = entries >>> 1; half > 0; half >>>= 1) {
    const side = (bits >> node) & 1;
    if (side) index |= half;
    node = 2 * node + 1 + side;
  }
  return index;
}

/** Cycles that the last translation took beyond a hit, 0 on a hit. */
export let walkCycles: u64 = 0;

/**
 * Physical address of the page of `va`; `walkCycles` tells what it cost, `start` being what a miss costs without levels.
 * All ones when there is no translation.
 */
function lookUp(h: usize, m: usize, va: u64, tags: usize, bases: usize, tree: usize, start: u64): u64 {
  const entries = <u32>parameter(PIPELINE_TLBENTRIES);
  walkCycles = 0;
  for (let i: u32 = 0; i < entries; i++) {
    const tag = load<u64>(m + tags + ((<usize>i) << 3));
    if (tag == EMPTY) continue;
    const shift = 12 + 9 * (tag & 3);
    if (tag >> 2 != va >> shift) continue;
    touch(m, tree, i, entries);
    return (load<u64>(m + bases + ((<usize>i) << 3)) | (va & (((<u64>1) << shift) - 1))) & ~0xfff;
  }
  return walk(h, m, va, tags, bases, tree, entries, start);
}

function walk(
  h: usize,
  m: usize,
  va: u64,
  tags: usize,
  bases: usize,
  tree: usize,
  entries: u32,
  start: u64,
): u64 {
  let table = (load<u64>(h, HART_SATP) & PPN_MASK) << 12;
  walkCycles = start;
  for (let level: i32 = 2; level >= 0; level--) {
    const shift = <u64>(12 + 9 * level);
    const address = table + (((va >> shift) & 0x1ff) << 3);
    if (!isMemory(address, 8)) return EMPTY;
    walkCycles += parameter(PIPELINE_WALKLEVEL);
    readEntry(m, address);
    const pte = readMemory(address, 8);
    if (!(pte & 1)) return EMPTY;
    const base = ((pte >> 10) & PPN_MASK) << 12;
    if (pte & 0xa) {
      const index = victim(m, tree, entries);
      store<u64>(m + tags + ((<usize>index) << 3), ((va >> shift) << 2) | (<u64>level));
      store<u64>(m + bases + ((<usize>index) << 3), base);
      touch(m, tree, index, entries);
      return (base | (va & (((<u64>1) << shift) - 1))) & ~0xfff;
    }
    table = base;
  }
  return EMPTY;
}

/** The walker reads page-table entries through the data cache. */
function readEntry(m: usize, address: u64): void {
  if (parameter(PIPELINE_DCACHESETS) == 0) return;
  const line = address >> parameter(PIPELINE_LINEBITS);
  if (dcacheHas(m, line)) return;
  dcacheFill(m, line);
  countEvent(m, EVENT_DCACHE_MISS);
  walkCycles += parameter(PIPELINE_WALKMISS) + parameter(PIPELINE_MEMORYLATENCY);
}

export function fetchPage(h: usize, m: usize, va: u64, start: u64): u64 {
  return lookUp(h, m, va, TIMING_ITLBTAGS, TIMING_ITLBBASES, TIMING_ITLBTREE, start);
}

export function dataPage(h: usize, m: usize, va: u64, start: u64): u64 {
  return lookUp(h, m, va, TIMING_DTLBTAGS, TIMING_DTLBBASES, TIMING_DTLBTREE, start);
}

/** sfence.vma: all entries go; the pseudo-LRU bits stay. */
export function flushTlbs(m: usize): void {
  const bytes = (<usize>parameter(PIPELINE_TLBENTRIES)) << 3;
  memory.fill(m + TIMING_ITLBTAGS, 0xff, bytes);
  memory.fill(m + TIMING_DTLBTAGS, 0xff, bytes);
  forgetPages(m);
}

/** Another mode or address space: the pages used last must be looked up again. */
export function forgetPages(m: usize): void {
  store<u64>(m, EMPTY, TIMING_FETCHPAGE);
  store<u64>(m, EMPTY, TIMING_DTLBPAGE);
}
