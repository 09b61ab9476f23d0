/**
 * The modelled TLBs: fully associative, tree pseudo-LRU without regard for invalid entries. A miss walks the page table from
 * its root, reading entries through the data cache.
 */
import { MSTATUS_MPP_BIT, MSTATUS_MPRV_BIT, PRIV_M } from "../generated/riscv";
import {
  DATA_PAGES,
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
  TIMING_DATAPAGES,
  TIMING_DTLBBASES,
  TIMING_DTLBTAGS,
  TIMING_DTLBTREE,
  TIMING_FETCHPAGE,
  TIMING_FETCHTRANSLATES,
  TIMING_ITLBBASES,
  TIMING_ITLBTAGS,
  TIMING_ITLBTREE,
  TIMING_TREEKEPT,
  TIMING_TREESET,
} from "../generated/layout";
import { isMemory, readMemory } from "../mmu/physical";
import { CACHE_HIT, dcacheRead } from "./cache";
import { countEvent, parameter } from "./stamp";

/** satp modes from this one on translate; it has three levels, and each that follows one more. */
const SATP_SV39: u64 = 8;
/** Entries are for pages of this level at most, parts of larger ones. */
const TOP_LEVEL: i32 = 3;
const PPN_MASK: u64 = (1 << 44) - 1;
export const NO_PAGE: u64 = ~0;

/** The hart fetches in its present mode from now on; that of an instruction which traps, or returns, is over when it is told of. */
export function noteMode(h: usize, m: usize): void {
  const translates = load<u32>(h, HART_PRIV) != PRIV_M && load<u64>(h, HART_SATP) >> 60 >= SATP_SV39;
  store<u32>(m, translates ? 1 : 0, TIMING_FETCHTRANSLATES);
}

/** Whether fetches are translated; whether loads and stores are. */
// @ts-ignore: decorator
@inline
export function fetchTranslates(m: usize): bool {
  return load<u32>(m, TIMING_FETCHTRANSLATES) != 0;
}

export function dataTranslates(h: usize): bool {
  const mstatus = load<u64>(h, HART_MSTATUS);
  const priv =
    (mstatus >> MSTATUS_MPRV_BIT) & 1 ? (<u32>(mstatus >> MSTATUS_MPP_BIT)) & 3 : load<u32>(h, HART_PRIV);
  return priv != PRIV_M && load<u64>(h, HART_SATP) >> 60 >= SATP_SV39;
}

/** Marks entry `index` as the one used last: each node on its path points to the other side. */
// @ts-ignore: decorator
@inline
function touch(m: usize, tree: usize, index: u32): void {
  const masks = m + TIMING_TREEKEPT + ((<usize>index) << 3);
  const set = load<u64>(masks + (TIMING_TREESET - TIMING_TREEKEPT));
  store<u64>(m + tree, (load<u64>(m + tree) & load<u64>(masks)) | set);
}

/** Works out what `touch` does. To be called when the number of entries has changed. */
export function prepareTrees(m: usize): void {
  const entries = <u32>parameter(PIPELINE_TLBENTRIES);
  for (let index: u32 = 0; index < entries; index++) {
    let kept: u64 = ~0;
    let set: u64 = 0;
    let node: u64 = 0;
    for (let half = entries >>> 1; half > 0; half >>>= 1) {
      const side = (index & half) != 0;
      kept &= ~((<u64>1) << node);
      if (!side) set |= (<u64>1) << node;
      node = 2 * node + 1 + (side ? 1 : 0);
    }
    store<u64>(m + TIMING_TREEKEPT + ((<usize>index) << 3), kept);
    store<u64>(m + TIMING_TREESET + ((<usize>index) << 3), set);
  }
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

/** Whether entry `index` translates `va`. */
// @ts-ignore: decorator
@inline
function matches(m: usize, va: u64, tags: usize, index: u32): bool {
  const tag = load<u64>(m + tags + ((<usize>index) << 3));
  return tag != NO_PAGE && tag >> 2 == va >> (12 + 9 * (tag & 3));
}

/** Entry that translates `va`, the number of entries when there is none. */
function find(m: usize, va: u64, tags: usize): u32 {
  const entries = <u32>parameter(PIPELINE_TLBENTRIES);
  let index: u32 = 0;
  while (index < entries && !matches(m, va, tags, index)) index++;
  return index;
}

/** Physical address of the page of `va` in entry `index`, whose use is noted. */
function use(m: usize, va: u64, index: u32, tags: usize, bases: usize, tree: usize): u64 {
  touch(m, tree, index);
  const shift = 12 + 9 * (load<u64>(m + tags + ((<usize>index) << 3)) & 3);
  return (load<u64>(m + bases + ((<usize>index) << 3)) | (va & (((<u64>1) << shift) - 1))) & ~0xfff;
}

/**
 * Walks the page table; `walkCycles` tells what that cost, `start` being what it costs without levels. Returns the physical
 * address of the page of `va`, all ones when there is no translation.
 */
function walk(h: usize, m: usize, va: u64, tags: usize, bases: usize, tree: usize, start: u64): u64 {
  const entries = <u32>parameter(PIPELINE_TLBENTRIES);
  const satp = load<u64>(h, HART_SATP);
  let table = (satp & PPN_MASK) << 12;
  walkCycles = start;
  for (let level = <i32>(satp >> 60) - <i32>SATP_SV39 + 2; level >= 0; level--) {
    const shift = <u64>(12 + 9 * level);
    const address = table + (((va >> shift) & 0x1ff) << 3);
    if (!isMemory(address, 8)) return NO_PAGE;
    walkCycles += parameter(PIPELINE_WALKLEVEL);
    readEntry(m, address);
    const pte = readMemory(address, 8);
    if (!(pte & 1)) return NO_PAGE;
    const base = ((pte >> 10) & PPN_MASK) << 12;
    if (pte & 0xa) {
      const index = victim(m, tree, entries);
      const page = (base | (va & (((<u64>1) << shift) - 1))) & ~0xfff;
      const kept = min<i32>(level, TOP_LEVEL);
      const keptShift = <u64>(12 + 9 * kept);
      store<u64>(m + tags + ((<usize>index) << 3), ((va >> keptShift) << 2) | (<u64>kept));
      store<u64>(m + bases + ((<usize>index) << 3), (page >> keptShift) << keptShift);
      touch(m, tree, index);
      return page;
    }
    table = base;
  }
  return NO_PAGE;
}

/** The walker reads page-table entries through the data cache. */
function readEntry(m: usize, address: u64): void {
  if (parameter(PIPELINE_DCACHESETS) == 0) return;
  const line = address >> parameter(PIPELINE_LINEBITS);
  if (dcacheRead(m, line, true) == CACHE_HIT) return;
  countEvent(m, EVENT_DCACHE_MISS);
  walkCycles += parameter(PIPELINE_WALKMISS) + parameter(PIPELINE_MEMORYLATENCY);
}

/** The page of code at `va` when that takes no walk, else all ones. */
export function knownFetchPage(m: usize, va: u64): u64 {
  const index = find(m, va, TIMING_ITLBTAGS);
  if (index == <u32>parameter(PIPELINE_TLBENTRIES)) return NO_PAGE;
  return use(m, va, index, TIMING_ITLBTAGS, TIMING_ITLBBASES, TIMING_ITLBTREE);
}

/** Physical address of the page of code at `va`. */
export function fetchPage(h: usize, m: usize, va: u64, start: u64): u64 {
  walkCycles = 0;
  const known = knownFetchPage(m, va);
  if (known != NO_PAGE) return known;
  return walk(h, m, va, TIMING_ITLBTAGS, TIMING_ITLBBASES, TIMING_ITLBTREE, start);
}

/** Physical address of the page of data at `va`. */
export function dataPage(h: usize, m: usize, va: u64, start: u64): u64 {
  walkCycles = 0;
  const index = find(m, va, TIMING_DTLBTAGS);
  if (index < <u32>parameter(PIPELINE_TLBENTRIES)) {
    const base = use(m, va, index, TIMING_DTLBTAGS, TIMING_DTLBBASES, TIMING_DTLBTREE);
    const masks = m + TIMING_TREEKEPT + ((<usize>index) << 3);
    rememberPage(m, va, base, load<u64>(masks), load<u64>(masks + (TIMING_TREESET - TIMING_TREEKEPT)));
    return base;
  }
  const base = walk(h, m, va, TIMING_DTLBTAGS, TIMING_DTLBBASES, TIMING_DTLBTREE, start);
  // An entry has another translation now.
  forgetDataPages(m);
  return base;
}

// @ts-ignore: decorator
@inline
function recentPage(m: usize, va: u64): usize {
  // All parts of the page number count, as arrays often lie a power of two apart.
  const folded = (<usize>(va >> 12)) ^ (<usize>(va >> 16));
  return m + TIMING_DATAPAGES + (((folded ^ (folded >>> 8)) & (DATA_PAGES - 1)) << 5);
}

/** Physical address of the page of data at `va` when it was used recently; notes this use. Else all ones. */
// @ts-ignore: decorator
@inline
export function knownPage(m: usize, va: u64): u64 {
  const recent = recentPage(m, va);
  if (load<u64>(recent) != (va & ~0xfff)) return NO_PAGE;
  store<u64>(
    m,
    (load<u64>(m, TIMING_DTLBTREE) & load<u64>(recent, 16)) | load<u64>(recent, 24),
    TIMING_DTLBTREE,
  );
  return load<u64>(recent, 8);
}

/** A use of the page at `va` keeps and sets bits of the tree. */
export function rememberPage(m: usize, va: u64, base: u64, kept: u64, set: u64): void {
  const recent = recentPage(m, va);
  store<u64>(recent, va & ~0xfff);
  store<u64>(recent, base, 8);
  store<u64>(recent, kept, 16);
  store<u64>(recent, set, 24);
}

export function forgetDataPages(m: usize): void {
  for (let i: usize = 0; i < DATA_PAGES; i++) store<u64>(m + TIMING_DATAPAGES + (i << 5), NO_PAGE);
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
  store<u64>(m, NO_PAGE, TIMING_FETCHPAGE);
  forgetDataPages(m);
}
