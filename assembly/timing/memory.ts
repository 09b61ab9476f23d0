/** Loads, stores and atomics: the load/store unit, translation, the data cache. */
import {
  EVENT_DCACHE_EVICTION,
  EVENT_DCACHE_MISS,
  EVENT_DTLB_MISS,
  EVENT_LOAD,
  EVENT_STORE,
  PIPELINE_ATOMICDRAIN,
  PIPELINE_ATOMICEND,
  PIPELINE_ATOMICSTART,
  PIPELINE_DCACHEMISS,
  PIPELINE_DCACHESETS,
  PIPELINE_FLUSHTOSCAN,
  PIPELINE_LINEBITS,
  PIPELINE_LOADLATENCY,
  PIPELINE_LOADQUEUE,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_STORELATENCY,
  PIPELINE_STOREQUEUE,
  PIPELINE_TLBENTRIES,
  PIPELINE_WALKSTART,
  PIPELINE_WALKSTARTSTORE,
  STALL_ATOMIC,
  STALL_DCACHE,
  STALL_DTLB,
  STALL_LOAD_USE,
  STALL_STORE_BUFFER,
  STALL_STORE_TO_LOAD,
  STALL_STRUCTURAL,
  TIMING_COMMIT,
  TIMING_ISSUE,
  TIMING_LOADCAUSE,
  TIMING_LOADFREE,
  TIMING_LSUISSUE,
  TIMING_LSUPOP,
  TIMING_LSUPOPBEFORE,
} from "../generated/layout";
import { RAM_BASE } from "../generated/riscv";
import { CACHE_EVICTION, CACHE_HIT, dcacheDropSet, dcacheRead } from "./cache";
import { fetched, redirect } from "./fetch";
import { commit, COMMIT_ALONE, COMMIT_EITHER, COMMIT_FIRST, issue, operands, result } from "./issue";
import { couldMeet, decided, entriesMet, givenOutcome, rehearsing, storesMet } from "./outcome";
import { countEvent, later, parameter, stamp, STAMP_BITS } from "./stamp";
import {
  bufferEmpty,
  bufferStore,
  commitOf,
  countStore,
  doubleWord,
  entriesOf,
  entryOf,
  grantOf,
  maskOf,
  noteStore,
  occupiedAt,
  offsetOf,
  readPastWrites,
  storeBytes,
  storeEntry,
  storesAgo,
  storesBefore,
} from "./store-path";
import { waitInShadow } from "./shadow";
import { behindFlush } from "./wrong-path";
import { dataPage, dataTranslates, knownPage, NO_PAGE, rememberPage, walkCycles } from "./tlb";

/**
 * The queue before the LSU takes an instruction when it is empty, or right behind the one that came into the empty queue.
 * Returns the stamp from which one that could issue at `at` may.
 */
// @ts-ignore: decorator
@inline
function queueReady(m: usize, at: u64): u64 {
  if (parameter(PIPELINE_LOADQUEUE) == 0) return at;
  at = later(at, stamp(load<u64>(m, TIMING_ISSUE) + 1, 0));
  at = later(at, stamp(load<u64>(m, TIMING_LSUPOPBEFORE) + 1, <u64>load<u32>(m, TIMING_LOADCAUSE)));
  const behind = stamp(load<u64>(m, TIMING_LSUISSUE) + 2, 0);
  return at < behind
    ? at
    : later(at, stamp(load<u64>(m, TIMING_LSUPOP) + 1, <u64>load<u32>(m, TIMING_LOADCAUSE)));
}

/** An instruction that issued at `issued` leaves the queue at `at`. */
// @ts-ignore: decorator
@inline
function leaveQueue(m: usize, issued: u64, at: u64, cause: u64): void {
  store<u64>(m, load<u64>(m, TIMING_LSUPOP), TIMING_LSUPOPBEFORE);
  store<u64>(m, at, TIMING_LSUPOP);
  store<u64>(m, issued, TIMING_LSUISSUE);
  store<u32>(m, <u32>cause, TIMING_LOADCAUSE);
}

/** Cycles that the last call of `dataAddress` took beyond a hit in the TLB. */
let translation: u64 = 0;

/** Physical address of a data access; `start` is the offset of the parameter that tells what beginning a walk costs. */
function dataAddress(h: usize, m: usize, va: u64, start: usize): u64 {
  translation = 0;
  const known = knownPage(m, va);
  if (known != NO_PAGE) return known | (va & 0xfff);
  let base = va & ~0xfff;
  if (parameter(PIPELINE_TLBENTRIES) != 0 && dataTranslates(h)) {
    base = dataPage(h, m, va, parameter(start));
    translation = walkCycles;
    if (translation > 0) countEvent(m, EVENT_DTLB_MISS);
  } else rememberPage(m, va, base, ~0, 0);
  return base | (va & 0xfff);
}

/** Outcomes of loads: lines of the write buffer that belong to the missed line, a miss, stores back to the one it waits for. */
const LOAD_MISSES: u64 = 1 << 8;
const LOAD_STORE: u64 = 12;
/** Outcomes of stores: the entry of the write buffer with the same double word plus 1, its bytes, those of the store. */
const STORE_MASK: u64 = 4;
const STORE_BYTES: u64 = 12;
/** Of both: cycles of translation. */
const WALK: u64 = 20;

/**
 * What a load from `va` meets: `stores` of the last stores are still in the queues, `entries` of the write buffer are not free.
 */
export function loadOutcome(h: usize, m: usize, va: u64, stores: u32, entries: u32): u64 {
  const ago = storesAgo(m, offsetOf(va), stores);
  const address = dataAddress(h, m, va, PIPELINE_WALKSTART);
  const met = ((<u64>ago) << LOAD_STORE) | (translation << WALK);
  if (parameter(PIPELINE_DCACHESETS) == 0) return met;
  const line = address >> parameter(PIPELINE_LINEBITS);
  const found = dcacheRead(m, line, address >= RAM_BASE);
  if (found == CACHE_HIT) return met;
  if (address >= RAM_BASE) countEvent(m, EVENT_DCACHE_MISS);
  if (found == CACHE_EVICTION) countEvent(m, EVENT_DCACHE_EVICTION);
  return met | LOAD_MISSES | (<u64>entriesOf(m, line, entries));
}

/** A load from `va`. */
export function retireLoad(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64): i32 {
  countEvent(m, EVENT_LOAD);
  const given = fetched(h, m, pc, length);
  const readable = operands(m, slot);
  const issued = issue(m, given, readable, queueReady(m, later(given, readable)));
  let cause = STALL_LOAD_USE;
  let at = later(issued + 1, load<u64>(m, TIMING_LSUPOP) + 1);
  const free = load<u64>(m, TIMING_LOADFREE);
  if (free > at) {
    at = free;
    cause = STALL_DCACHE;
  }
  decided(at, 0);
  couldMeet(storesBefore(m, at), occupiedAt(m, at));
  const outcome = rehearsing ? givenOutcome : loadOutcome(h, m, va, storesMet, entriesMet);
  const ago = (<u32>(outcome >> LOAD_STORE)) & 15;
  if (ago != 0) {
    at = grantOf(m, ago) + 2;
    cause = STALL_STORE_TO_LOAD;
  }
  if (outcome >> WALK > 0) {
    at += outcome >> WALK;
    cause = STALL_DTLB;
  }
  leaveQueue(m, issued, at, cause);
  let done = at + parameter(PIPELINE_LOADLATENCY) - 1;
  if (outcome & LOAD_MISSES) {
    const sent = readPastWrites(m, (<u32>outcome) & 0xff, at + 2);
    done = sent - 2 + parameter(PIPELINE_DCACHEMISS) + parameter(PIPELINE_MEMORYLATENCY);
    cause = STALL_DCACHE;
    store<u64>(m, done, TIMING_LOADFREE);
    store<u32>(m, <u32>cause, TIMING_LOADCAUSE);
  }
  result(m, slot, stamp(done, cause));
  return commit(m, done + 1, COMMIT_EITHER, cause);
}

/** Physical address of the last store whose outcome was asked for. */
export let storeAddress: u64 = 0;

/** Bytes of its double word that a store to `address` writes. */
// @ts-ignore: decorator
@inline
export function bytesAt(address: u64, size: u32): u32 {
  return ((((<u32>1) << size) - 1) << ((<u32>address) & 7)) & 0xff;
}

/** What a store to `va` meets, when `entries` of the write buffer are not free. */
export function storeOutcome(h: usize, m: usize, va: u64, size: u32, entries: u32): u64 {
  storeAddress = dataAddress(h, m, va, PIPELINE_WALKSTARTSTORE);
  return metByStore(m, storeAddress, size, entries) | (translation << WALK);
}

/** The same of the physical address. */
// @ts-ignore: decorator
@inline
export function metByStore(m: usize, address: u64, size: u32, entries: u32): u64 {
  const match = entryOf(m, doubleWord(address), entries);
  const bytes = (<u64>bytesAt(address, size)) << STORE_BYTES;
  if (match != 0) return (<u64>match) | ((<u64>maskOf(m, match - 1)) << STORE_MASK) | bytes;
  // Aligned bytes are all alike to an entry of their own.
  return address & (<u64>(size - 1)) ? bytes : 0;
}

/** The bytes that an outcome of a store tells; 0 for aligned ones of an entry of their own, whichever they are. */
// @ts-ignore: decorator
@inline
export function bytesOf(outcome: u64): u32 {
  return (<u32>(outcome >> STORE_BYTES)) & 0xff;
}

/** A store of `size` bytes to `va`. */
export function retireStore(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64, size: u32): i32 {
  countEvent(m, EVENT_STORE);
  const given = fetched(h, m, pc, length);
  const readable = operands(m, slot);
  const issued = issue(m, given, readable, queueReady(m, later(given, readable)));
  const queue = <u32>parameter(PIPELINE_STOREQUEUE);
  let cause = STALL_STRUCTURAL;
  let at = later(issued + 1, load<u64>(m, TIMING_LSUPOP) + 1);
  decided(at, 0);
  couldMeet(0, occupiedAt(m, at));
  const outcome = rehearsing ? givenOutcome : storeOutcome(h, m, va, size, entriesMet);
  // The speculative queue holds what has not committed; a store that finds it full tries again a cycle later.
  if (queue != 0 && commitOf(m, queue) > at) {
    at = commitOf(m, queue) + 1;
    cause = STALL_STORE_BUFFER;
  }
  if (outcome >> WALK > 0) {
    at += outcome >> WALK;
    cause = STALL_DTLB;
  }
  leaveQueue(m, issued, at, cause);
  const done = at + parameter(PIPELINE_STORELATENCY);
  if (queue == 0) return commit(m, done, COMMIT_FIRST, cause);
  const room = grantOf(m, queue) + 1;
  const cycles = commit(m, later(done, room), COMMIT_FIRST, room > done ? STALL_STORE_BUFFER : cause);
  const committed = load<u64>(m, TIMING_COMMIT);
  let bytes = bytesOf(outcome);
  if (bytes == 0) bytes = bytesAt(rehearsing ? 0 : storeAddress, size);
  const mask = (<u32>(outcome >> STORE_MASK)) & 0xff;
  const grant = bufferStore(m, (<u32>outcome) & 15, mask, bytes, later(committed, grantOf(m, 1)) + 1);
  countStore(m, committed, grant);
  if (!rehearsing) noteStore(m, storeEntry, doubleWord(storeAddress), storeBytes, offsetOf(va));
  return cycles;
}

/** The cycle from which no store is in the queues or the write buffer. */
export function storesDone(m: usize, at: u64): u64 {
  if (parameter(PIPELINE_STOREQUEUE) == 0) return at;
  return bufferEmpty(m, later(at, grantOf(m, 1) + 1));
}

/** lr, sc and AMOs: at commit, when all stores are in memory; then the pipeline is flushed. */
export function retireAtomic(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64): i32 {
  countEvent(m, EVENT_STORE);
  const given = fetched(h, m, pc, length);
  const readable = operands(m, slot);
  const issued = issue(m, given, readable, queueReady(m, later(given, readable)));
  const address = dataAddress(h, m, va, PIPELINE_WALKSTARTSTORE);
  const at = later(issued + 1, load<u64>(m, TIMING_LSUPOP) + 1) + translation;
  leaveQueue(m, issued, at, STALL_ATOMIC);
  const start = later(at - 1 + parameter(PIPELINE_ATOMICSTART), load<u64>(m, TIMING_COMMIT) + 2);
  const empty = storesDone(m, start - 1);
  const request = empty > start - 1 ? empty + parameter(PIPELINE_ATOMICDRAIN) : start;
  const done = request + parameter(PIPELINE_ATOMICEND) + parameter(PIPELINE_MEMORYLATENCY);
  result(m, slot, stamp(done + 1, STALL_ATOMIC));
  if (parameter(PIPELINE_DCACHESETS) != 0) dcacheDropSet(m, address >> parameter(PIPELINE_LINEBITS));
  const cycles = commit(m, done, COMMIT_ALONE, STALL_ATOMIC);
  const committed = load<u64>(m, TIMING_COMMIT);
  waitInShadow(h, m, slot, pc + length, issued, committed);
  behindFlush(h, m, pc + length, committed);
  redirect(m, pc + length, committed + parameter(PIPELINE_FLUSHTOSCAN), STALL_ATOMIC);
  return cycles;
}
