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
  STALL_ATOMIC,
  STALL_DCACHE,
  STALL_DTLB,
  STALL_LOAD_USE,
  STALL_STORE_BUFFER,
  STALL_STORE_TO_LOAD,
  STALL_STRUCTURAL,
  TIMING_COMMIT,
  TIMING_DTLBBASE,
  TIMING_DTLBPAGE,
  TIMING_LOADCAUSE,
  TIMING_LOADFREE,
  TIMING_LSUISSUE,
  TIMING_LSUPOP,
  TIMING_LSUPOPBEFORE,
  TIMING_STORECOMMITS,
  TIMING_STORECOUNT,
  TIMING_STOREGRANTS,
  TIMING_STOREOFFSETS,
} from "../generated/layout";
import { RAM_BASE } from "../generated/riscv";
import { dcacheDropSet, dcacheFill, dcacheHas } from "./cache";
import { fetched, redirect } from "./fetch";
import { commit, COMMIT_ALONE, COMMIT_EITHER, COMMIT_FIRST, issue, operands, result } from "./issue";
import { countEvent, later, parameter, stamp, STAMP_BITS } from "./stamp";
import { bufferEmpty, bufferStore, readPastWrites } from "./store-path";
import { behindFlush } from "./wrong-path";
import { dataPage, dataTranslates, walkCycles } from "./tlb";

/**
 * The queue before the LSU takes an instruction when it is empty, or right behind the one that came into the empty queue.
 * Returns the stamp from which one that could issue at `at` may.
 */
// @ts-ignore: decorator
@inline
function queueReady(m: usize, at: u64): u64 {
  if (parameter(PIPELINE_LOADQUEUE) == 0) return at;
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

/** Physical address of a data access; `walkCycles` says what translation took beyond a hit. */
// @ts-ignore: decorator
@inline
function dataAddress(h: usize, m: usize, va: u64): u64 {
  const page = va & ~0xfff;
  if (page != load<u64>(m, TIMING_DTLBPAGE)) return translateData(h, m, va);
  return load<u64>(m, TIMING_DTLBBASE) | (va & 0xfff);
}

/** Cycles that the last call of `translateData` cost. */
let translation: u64 = 0;

function translateData(h: usize, m: usize, va: u64): u64 {
  let base = va & ~0xfff;
  if (parameter(PIPELINE_TLBENTRIES) != 0 && dataTranslates(h)) {
    base = dataPage(h, m, va, parameter(PIPELINE_WALKSTART));
    translation = walkCycles;
    if (translation > 0) countEvent(m, EVENT_DTLB_MISS);
  }
  store<u64>(m, va & ~0xfff, TIMING_DTLBPAGE);
  store<u64>(m, base, TIMING_DTLBBASE);
  return base | (va & 0xfff);
}

/** The cycle at which a load that could be made at `at` no longer finds a store at its page offset in the store queues. */
function pastStores(m: usize, va: u64, at: u64): u64 {
  const offset = ((<u32>va) >>> 3) & 0x1ff;
  let grant: u64 = 0;
  for (let i: usize = 0; i < 8; i++) {
    if (load<u32>(m + TIMING_STOREOFFSETS + (i << 2)) != offset) continue;
    grant = later(grant, load<u64>(m + TIMING_STOREGRANTS + (i << 3)));
  }
  return grant >= at ? grant + 2 : at;
}

/** A load from `va`. */
export function retireLoad(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64): i32 {
  countEvent(m, EVENT_LOAD);
  const ready = later(fetched(h, m, pc, length), operands(m, slot));
  const issued = issue(m, queueReady(m, ready));
  let cause = STALL_LOAD_USE;
  let at = later(issued + 1, load<u64>(m, TIMING_LSUPOP) + 1);
  const free = load<u64>(m, TIMING_LOADFREE);
  if (free > at) {
    at = free;
    cause = STALL_DCACHE;
  }
  if (parameter(PIPELINE_STOREQUEUE) != 0) {
    const past = pastStores(m, va, at);
    if (past > at) cause = STALL_STORE_TO_LOAD;
    at = past;
  }
  translation = 0;
  const address = dataAddress(h, m, va);
  if (translation > 0) {
    at += translation;
    cause = STALL_DTLB;
  }
  leaveQueue(m, issued, at, cause);
  let done = at + parameter(PIPELINE_LOADLATENCY) - 1;
  if (parameter(PIPELINE_DCACHESETS) != 0) {
    const line = address >> parameter(PIPELINE_LINEBITS);
    if (!dcacheHas(m, line)) {
      const sent = readPastWrites(m, line, at + 2);
      done = sent + parameter(PIPELINE_DCACHEMISS) + parameter(PIPELINE_MEMORYLATENCY) - 2;
      store<u64>(m, done, TIMING_LOADFREE);
      cause = STALL_DCACHE;
      if (address >= RAM_BASE) {
        countEvent(m, EVENT_DCACHE_MISS);
        if (dcacheFill(m, line)) countEvent(m, EVENT_DCACHE_EVICTION);
      }
      store<u32>(m, <u32>cause, TIMING_LOADCAUSE);
    }
  }
  result(m, slot, stamp(done, cause));
  return commit(m, done + 1, COMMIT_EITHER, cause);
}

/** A store of `size` bytes to `va`. */
export function retireStore(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64, size: u32): i32 {
  countEvent(m, EVENT_STORE);
  const ready = later(fetched(h, m, pc, length), operands(m, slot));
  const issued = issue(m, queueReady(m, ready));
  const queue = <u32>parameter(PIPELINE_STOREQUEUE);
  let cause = STALL_STRUCTURAL;
  let at = later(issued + 1, load<u64>(m, TIMING_LSUPOP) + 1);
  const count = load<u32>(m, TIMING_STORECOUNT);
  const before = (<usize>((count - queue) & 7)) << 3;
  if (queue != 0) {
    // The speculative queue holds what has not committed; a store that finds it full tries again a cycle later.
    const room = load<u64>(m + TIMING_STORECOMMITS + before);
    if (room > at) {
      at = room + 1;
      cause = STALL_STORE_BUFFER;
    }
  }
  translation = 0;
  const address = dataAddress(h, m, va);
  if (translation > 0) {
    at += translation;
    cause = STALL_DTLB;
  }
  leaveQueue(m, issued, at, cause);
  let done = at + parameter(PIPELINE_STORELATENCY);
  if (queue == 0) return commit(m, done, COMMIT_FIRST, cause);
  const room = load<u64>(m + TIMING_STOREGRANTS + before) + 1;
  if (room > done) {
    done = room;
    cause = STALL_STORE_BUFFER;
  }
  const cycles = commit(m, done, COMMIT_FIRST, cause);
  const committed = load<u64>(m, TIMING_COMMIT);
  const last = load<u64>(m + TIMING_STOREGRANTS + ((<usize>((count - 1) & 7)) << 3));
  const mask = (((<u32>1) << size) - 1) << ((<u32>address) & 7);
  const grant = bufferStore(m, address >> 3, mask & 0xff, later(committed, last) + 1);
  const entry = <usize>(count & 7);
  store<u64>(m + TIMING_STORECOMMITS + (entry << 3), committed);
  store<u64>(m + TIMING_STOREGRANTS + (entry << 3), grant);
  store<u32>(m + TIMING_STOREOFFSETS + (entry << 2), ((<u32>va) >>> 3) & 0x1ff);
  store<u32>(m, count + 1, TIMING_STORECOUNT);
  return cycles;
}

/** The cycle from which no store is in the queues or the write buffer. */
export function storesDone(m: usize, at: u64): u64 {
  if (parameter(PIPELINE_STOREQUEUE) == 0) return at;
  const count = load<u32>(m, TIMING_STORECOUNT);
  const grant = load<u64>(m + TIMING_STOREGRANTS + ((<usize>((count - 1) & 7)) << 3));
  return bufferEmpty(m, later(at, grant + 1));
}

/** lr, sc and AMOs: at commit, when all stores are in memory; then the pipeline is flushed. */
export function retireAtomic(h: usize, m: usize, slot: usize, pc: u64, length: u64, va: u64): i32 {
  countEvent(m, EVENT_STORE);
  const ready = later(fetched(h, m, pc, length), operands(m, slot));
  const issued = issue(m, queueReady(m, ready));
  translation = 0;
  const address = dataAddress(h, m, va);
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
  behindFlush(h, m, pc + length, committed);
  redirect(m, pc + length, committed + parameter(PIPELINE_FLUSHTOSCAN), STALL_ATOMIC);
  return cycles;
}
