/**
 * The way of stores: speculative queue, commit queue, coalescing write buffer, memory. The buffer is simulated from event to
 * event, as far as somebody needs to know.
 *
 * An entry is a double word. Its dirty bytes wait to be sent in *chunks*, a power of two of them at a time; what was sent waits
 * for its answer, and the entry sends nothing else until then. Entries take turns, and a limited number of writes is under way.
 *
 * When things happen is kept apart from what they are about: which double words, bytes and page offsets (the "addresses" below) are
 * asked for by outcomes alone. So `bufferMasks` has an entry's bytes as of the last store to it, and the number of chunks left
 * tells which of them were sent since.
 */
import {
  PIPELINE_LINEBITS,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_STOREQUEUE,
  PIPELINE_WRITEBUFFER,
  PIPELINE_WRITESLOTS,
  PIPELINE_WRITETURNAROUND,
  TIMING_BUFFERCHUNKS,
  TIMING_BUFFERDIRTYSET,
  TIMING_BUFFERMASKS,
  TIMING_BUFFERNEXT,
  TIMING_BUFFERREADY,
  TIMING_BUFFERRETURN,
  TIMING_BUFFERSEND,
  TIMING_BUFFERSENTSET,
  TIMING_BUFFERTAGS,
  TIMING_STORECOMMITS,
  TIMING_STORECOUNT,
  TIMING_STOREGRANTS,
  TIMING_STOREOFFSETS,
  TIMING_WRITECOUNT,
  TIMING_WRITERETURNS,
} from "../generated/layout";
import { later, parameter } from "./stamp";

const NEVER: u64 = ~0;

// @ts-ignore: decorator
@inline
function wide(m: usize, field: usize, index: usize): usize {
  return m + field + (index << 3);
}

// @ts-ignore: decorator
@inline
function narrow(m: usize, field: usize, index: usize): usize {
  return m + field + (index << 2);
}

/** What is sent at a time: all dirty bytes when they are an aligned power of two of them, else the lowest (toSize64). */
function chunk(dirty: u32): u32 {
  const first = ctz<u32>(dirty);
  const bytes = dirty >>> first;
  if (bytes == 0xff || (bytes == 15 && (first & 3) == 0) || (bytes == 3 && (first & 1) == 0)) return dirty;
  return (<u32>1) << first;
}

/** How many chunks the bytes take. */
function chunksOf(dirty: u32): u32 {
  let count: u32 = 0;
  for (; dirty != 0; dirty &= ~chunk(dirty)) count++;
  return count;
}

/** Entries of which something is on its way at cycle `at`. */
export function underWay(m: usize, at: u64): u32 {
  let entries = load<u32>(m, TIMING_BUFFERSENTSET);
  let found: u32 = 0;
  for (; entries != 0; entries &= entries - 1) {
    const index = ctz<u32>(entries);
    if (load<u64>(wide(m, TIMING_BUFFERRETURN, <usize>index)) > at) found |= (<u32>1) << index;
  }
  return found;
}

/** Cycle at which the first of some entries has its answer. */
function firstReturn(m: usize, entries: u32): u64 {
  let first = NEVER;
  for (; entries != 0; entries &= entries - 1) {
    first = min<u64>(first, load<u64>(wide(m, TIMING_BUFFERRETURN, <usize>ctz<u32>(entries))));
  }
  return first;
}

/** Cycle of the answer to the transmission `ago` transmissions ago: that many slots are free then. */
export function returnOf(m: usize, ago: u32): u64 {
  return load<u64>(wide(m, TIMING_WRITERETURNS, <usize>((load<u32>(m, TIMING_WRITECOUNT) - ago) & 7)));
}

/** Cycle at which the buffer decides what to send next, NEVER when nothing is dirty. */
export function nextDecision(m: usize): u64 {
  let ready = NEVER;
  for (let entries = load<u32>(m, TIMING_BUFFERDIRTYSET); entries != 0; entries &= entries - 1) {
    ready = min<u64>(ready, load<u64>(wide(m, TIMING_BUFFERREADY, <usize>ctz<u32>(entries))));
  }
  return later(ready, load<u64>(m, TIMING_BUFFERSEND) + 1);
}

/** Cycle at which the next transmission leaves, NEVER when nothing is dirty. */
function nextSend(m: usize): u64 {
  return later(nextDecision(m), returnOf(m, <u32>parameter(PIPELINE_WRITESLOTS)));
}

/**
 * The entry that is sent next: of those that were ready when that was decided, the one which BUFFERNEXT prefers in a tree of pairs, pairs
 * of pairs and so on (rr_arb_tree.sv). The preference then moves on to the next of them, and the decision stands until there is a slot.
 */
function nextEntry(m: usize): usize {
  const decided = nextDecision(m);
  const preferred = load<u32>(m, TIMING_BUFFERNEXT);
  let ready: u32 = 0;
  for (let entries = load<u32>(m, TIMING_BUFFERDIRTYSET); entries != 0; entries &= entries - 1) {
    if (load<u64>(wide(m, TIMING_BUFFERREADY, <usize>ctz<u32>(entries))) <= decided)
      ready |= entries & -entries;
  }
  const above = ready & (~1 << preferred);
  store<u32>(m, ctz<u32>(above != 0 ? above : ready), TIMING_BUFFERNEXT);
  let index: u32 = 0;
  for (let half: u32 = 4; half != 0; half >>>= 1) {
    const low = ready & ((1 << half) - 1);
    const high = ready >>> half;
    const goesHigh = low == 0 || (high != 0 && (preferred & half) != 0);
    ready = goesHigh ? high : low;
    if (goesHigh) index |= half;
  }
  return <usize>index;
}

/** Sends from the entry whose turn it is at cycle `at`. */
function send(m: usize, at: u64): void {
  const index = nextEntry(m);
  const bit = (<u32>1) << (<u32>index);
  const back = at + parameter(PIPELINE_WRITETURNAROUND) + parameter(PIPELINE_MEMORYLATENCY);
  const chunks = load<u32>(narrow(m, TIMING_BUFFERCHUNKS, index)) - 1;
  store<u32>(narrow(m, TIMING_BUFFERCHUNKS, index), chunks);
  if (chunks == 0) store<u32>(m, load<u32>(m, TIMING_BUFFERDIRTYSET) & ~bit, TIMING_BUFFERDIRTYSET);
  store<u32>(m, load<u32>(m, TIMING_BUFFERSENTSET) | bit, TIMING_BUFFERSENTSET);
  store<u64>(wide(m, TIMING_BUFFERRETURN, index), back);
  store<u64>(wide(m, TIMING_BUFFERREADY, index), back);
  store<u64>(m, at, TIMING_BUFFERSEND);
  const count = load<u32>(m, TIMING_WRITECOUNT);
  store<u64>(wide(m, TIMING_WRITERETURNS, <usize>(count & 7)), back);
  store<u32>(m, count + 1, TIMING_WRITECOUNT);
}

/** Simulates transmissions before cycle `until`. */
export function runWriteBuffer(m: usize, until: u64): void {
  for (let at = nextSend(m); at < until; at = nextSend(m)) send(m, at);
}

/** Entries that are not free at `at`, if no store comes before. */
export function occupiedAt(m: usize, at: u64): u32 {
  return load<u32>(m, TIMING_BUFFERDIRTYSET) | underWay(m, at);
}

/** The lanes of eight words, from the first on, as bits. */
// @ts-ignore: decorator
@inline
function lanes(low: v128, high: v128): u32 {
  return (<u32>i32x4.bitmask(low)) | ((<u32>i32x4.bitmask(high)) << 4);
}

/** Which of the eight words at `at` are `value`, as bits. */
// @ts-ignore: decorator
@inline
function alike(at: usize, value: u32): u32 {
  const wanted = i32x4.splat(value);
  return lanes(i32x4.eq(v128.load(at), wanted), i32x4.eq(v128.load(at, 16), wanted));
}

/** Number of the double word at a physical address; there is no memory where 32 bits do not do. */
// @ts-ignore: decorator
@inline
export function doubleWord(address: u64): u32 {
  return <u32>(address >> 3);
}

/** Entry among `entries` that has double word `tag`, plus 1; 0 when none has it. */
// @ts-ignore: decorator
@inline
export function entryOf(m: usize, tag: u32, entries: u32): u32 {
  const found = alike(m + TIMING_BUFFERTAGS, tag) & entries;
  return found == 0 ? 0 : ctz<u32>(found) + 1;
}

/** Entries among `entries` that belong to a line. */
export function entriesOf(m: usize, line: u64, entries: u32): u32 {
  const bits = <i32>parameter(PIPELINE_LINEBITS) - 3;
  const wanted = i32x4.splat(<u32>line);
  const low = i32x4.shr_u(v128.load(m + TIMING_BUFFERTAGS), bits);
  const high = i32x4.shr_u(v128.load(m + TIMING_BUFFERTAGS, 16), bits);
  return lanes(i32x4.eq(low, wanted), i32x4.eq(high, wanted)) & entries;
}

/** Entry that took the last store, and its bytes since. */
export let storeEntry: u32 = 0;
export let storeBytes: u32 = 0;

/**
 * Offers a store of `bytes` to the buffer at `at`, where entry `match` - 1 has its double word, with bytes `mask` as of the last store; 0
 * when none has. Returns the cycle at which it is taken.
 */
export function bufferStore(m: usize, match: u32, mask: u32, bytes: u32, at: u64): u64 {
  // What is sent in this very cycle goes without the new bytes.
  runWriteBuffer(m, at + 1);
  if (match != 0 && (occupiedAt(m, at) >> (match - 1)) & 1) {
    coalesce(m, match - 1, mask, bytes, at);
    return at;
  }
  const all = ((<u32>1) << (<u32>parameter(PIPELINE_WRITEBUFFER))) - 1;
  while (occupiedAt(m, at) == all) {
    // Something is answered, or sent at last.
    const answered = firstReturn(
      m,
      load<u32>(m, TIMING_BUFFERSENTSET) & ~load<u32>(m, TIMING_BUFFERDIRTYSET),
    );
    at = later(at + 1, min<u64>(answered, later(nextSend(m), at + 1)));
    runWriteBuffer(m, at);
  }
  storeEntry = ctz<u32>(~occupiedAt(m, at));
  storeBytes = bytes;
  awaitSend(m, storeEntry, at + 1);
  return at;
}

/** The bytes of an entry are to be sent from cycle `at` on. */
function awaitSend(m: usize, index: u32, at: u64): void {
  store<u32>(narrow(m, TIMING_BUFFERCHUNKS, <usize>index), chunksOf(storeBytes));
  store<u64>(wide(m, TIMING_BUFFERREADY, <usize>index), at);
  store<u32>(m, load<u32>(m, TIMING_BUFFERDIRTYSET) | ((<u32>1) << index), TIMING_BUFFERDIRTYSET);
}

/** More bytes of an entry's double word. */
function coalesce(m: usize, index: u32, mask: u32, bytes: u32, at: u64): void {
  storeEntry = index;
  const left = load<u32>(narrow(m, TIMING_BUFFERCHUNKS, <usize>index));
  if ((load<u32>(m, TIMING_BUFFERDIRTYSET) >> index) & 1) {
    for (let sent = chunksOf(mask) - left; sent > 0; sent--) mask &= ~chunk(mask);
    storeBytes = mask | bytes;
    awaitSend(m, index, load<u64>(wide(m, TIMING_BUFFERREADY, <usize>index)));
    return;
  }
  storeBytes = bytes;
  // What is on its way must come back before more of the same double word is sent.
  const back =
    underWay(m, at) & ((<u32>1) << index) ? load<u64>(wide(m, TIMING_BUFFERRETURN, <usize>index)) : 0;
  awaitSend(m, index, later(at + 1, back));
}

/** A store has committed at `committed` and entered the buffer at `grant`. */
export function countStore(m: usize, committed: u64, grant: u64): void {
  const count = load<u32>(m, TIMING_STORECOUNT);
  store<u64>(wide(m, TIMING_STORECOMMITS, <usize>(count & 7)), committed);
  store<u64>(wide(m, TIMING_STOREGRANTS, <usize>(count & 7)), grant);
  store<u32>(m, count + 1, TIMING_STORECOUNT);
}

/** Notes the addresses of the last store: its entry, double word and bytes there, and its page offset. */
// @ts-ignore: decorator
@inline
export function noteStore(m: usize, entry: u32, tag: u32, bytes: u32, offset: u32): void {
  const last = load<u32>(m, TIMING_STORECOUNT) - 1;
  store<u32>(narrow(m, TIMING_BUFFERTAGS, <usize>entry), tag);
  store<u32>(narrow(m, TIMING_BUFFERMASKS, <usize>entry), bytes);
  store<u32>(narrow(m, TIMING_STOREOFFSETS, <usize>(last & 7)), offset);
}

/** Bits 11:3 of an address, by which the store queues tell stores apart. */
// @ts-ignore: decorator
@inline
export function offsetOf(va: u64): u32 {
  return ((<u32>va) >>> 3) & 0x1ff;
}

/** How many stores ago the last of `stores` stores at page offset `offset` was; 0 when there was none. */
// @ts-ignore: decorator
@inline
export function storesAgo(m: usize, offset: u32, stores: u32): u32 {
  const same = alike(m + TIMING_STOREOFFSETS, offset);
  // Turned so that bit 7 is the last store's.
  const turned = (((same << 8) | same) >>> (load<u32>(m, TIMING_STORECOUNT) & 7)) & 0xff;
  const among = turned >>> (8 - stores);
  return among == 0 ? 0 : stores + clz<u32>(among) - 31;
}

/** Stores that a load that could be made at `at` still finds in the queues. */
export function storesBefore(m: usize, at: u64): u32 {
  if (parameter(PIPELINE_STOREQUEUE) == 0) return 0;
  let stores: u32 = 0;
  while (stores < 8 && grantOf(m, stores + 1) >= at) stores++;
  return stores;
}

/** Cycle at which the write buffer took the store `ago` stores ago. */
export function grantOf(m: usize, ago: u32): u64 {
  return load<u64>(wide(m, TIMING_STOREGRANTS, <usize>((load<u32>(m, TIMING_STORECOUNT) - ago) & 7)));
}

/** Cycle at which it committed. */
export function commitOf(m: usize, ago: u32): u64 {
  return load<u64>(wide(m, TIMING_STORECOMMITS, <usize>((load<u32>(m, TIMING_STORECOUNT) - ago) & 7)));
}

/** The cycle from which the buffer is empty, if nothing comes in after `at`. */
export function bufferEmpty(m: usize, at: u64): u64 {
  runWriteBuffer(m, NEVER);
  for (let entries = load<u32>(m, TIMING_BUFFERSENTSET); entries != 0; entries &= entries - 1) {
    at = later(at, load<u64>(wide(m, TIMING_BUFFERRETURN, <usize>ctz<u32>(entries))));
  }
  return at;
}

/**
 * When a load miss, ready to be sent at `at`, gets past the writes: not while its line is being written by one of `entries`, and
 * not while all slots are taken, since the requests stand in one queue.
 */
export function readPastWrites(m: usize, entries: u32, at: u64): u64 {
  runWriteBuffer(m, at);
  for (entries &= underWay(m, at); entries != 0; entries &= entries - 1) {
    at = later(at, load<u64>(wide(m, TIMING_BUFFERRETURN, <usize>ctz<u32>(entries))));
  }
  // The answer frees the queue to memory two cycles before the slot is free.
  const oldest = returnOf(m, <u32>parameter(PIPELINE_WRITESLOTS));
  return oldest > at + 3 ? oldest - 3 : at;
}

/** Bytes to be sent of an entry, as of the last store to it. */
export function maskOf(m: usize, entry: u32): u32 {
  return load<u32>(narrow(m, TIMING_BUFFERMASKS, <usize>entry));
}
