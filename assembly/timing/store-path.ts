/**
 * The way of stores: speculative queue, commit queue, coalescing write buffer, memory. The buffer is simulated from event to
 * event, as far as somebody needs to know.
 *
 * An entry is a double word. Bytes that are dirty wait to be sent, a power of two of them at a time; bytes that were sent wait
 * for their answer, and the entry sends nothing else until then. Entries take turns.
 */
import {
  PIPELINE_LINEBITS,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_WRITEBUFFER,
  PIPELINE_WRITESLOTS,
  PIPELINE_WRITETURNAROUND,
  TIMING_BUFFERDIRTY,
  TIMING_BUFFERNEXT,
  TIMING_BUFFERREADY,
  TIMING_BUFFERRETURN,
  TIMING_BUFFERSEND,
  TIMING_BUFFERSENT,
  TIMING_BUFFERTAGS,
  TIMING_WRITECOUNT,
  TIMING_WRITELINES,
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

/** Takes what was acknowledged by `cycle` out of entry `index`. */
function settle(m: usize, index: usize, cycle: u64): void {
  const sent = narrow(m, TIMING_BUFFERSENT, index);
  if (load<u32>(sent) && load<u64>(wide(m, TIMING_BUFFERRETURN, index)) <= cycle) store<u32>(sent, 0);
}

/** What is sent at a time: all dirty bytes when they are an aligned power of two of them, else the lowest (toSize64). */
function chunk(dirty: u32): u32 {
  const first = ctz<u32>(dirty);
  const bytes = dirty >>> first;
  if (bytes == 0xff || (bytes == 15 && (first & 3) == 0) || (bytes == 3 && (first & 1) == 0)) return dirty;
  return (<u32>1) << first;
}

/** Cycle at which the next transmission leaves, NEVER when nothing is dirty. */
function nextSend(m: usize): u64 {
  const entries = <usize>parameter(PIPELINE_WRITEBUFFER);
  let ready = NEVER;
  for (let i: usize = 0; i < entries; i++) {
    if (load<u32>(narrow(m, TIMING_BUFFERDIRTY, i)) == 0) continue;
    ready = min<u64>(ready, load<u64>(wide(m, TIMING_BUFFERREADY, i)));
  }
  if (ready == NEVER) return NEVER;
  const oldest = load<u32>(m, TIMING_WRITECOUNT) - <u32>parameter(PIPELINE_WRITESLOTS);
  const slot = load<u64>(wide(m, TIMING_WRITERETURNS, <usize>(oldest & 7)));
  return later(ready, later(slot, load<u64>(m, TIMING_BUFFERSEND) + 1));
}

/** Sends from the entry whose turn it is at cycle `at`. */
function send(m: usize, at: u64): void {
  const entries = <usize>parameter(PIPELINE_WRITEBUFFER);
  let index = <usize>load<u32>(m, TIMING_BUFFERNEXT);
  while (
    load<u32>(narrow(m, TIMING_BUFFERDIRTY, index)) == 0 ||
    load<u64>(wide(m, TIMING_BUFFERREADY, index)) > at
  ) {
    index = index + 1 == entries ? 0 : index + 1;
  }
  settle(m, index, at);
  const dirty = load<u32>(narrow(m, TIMING_BUFFERDIRTY, index));
  const bytes = chunk(dirty);
  const back = at + parameter(PIPELINE_WRITETURNAROUND) + parameter(PIPELINE_MEMORYLATENCY);
  store<u32>(narrow(m, TIMING_BUFFERDIRTY, index), dirty & ~bytes);
  store<u32>(narrow(m, TIMING_BUFFERSENT, index), bytes);
  store<u64>(wide(m, TIMING_BUFFERRETURN, index), back);
  store<u64>(wide(m, TIMING_BUFFERREADY, index), back);
  store<u32>(m, index + 1 == entries ? 0 : <u32>(index + 1), TIMING_BUFFERNEXT);
  store<u64>(m, at, TIMING_BUFFERSEND);
  const count = load<u32>(m, TIMING_WRITECOUNT);
  store<u64>(wide(m, TIMING_WRITERETURNS, <usize>(count & 7)), back);
  const line = load<u64>(wide(m, TIMING_BUFFERTAGS, index)) >> (parameter(PIPELINE_LINEBITS) - 3);
  store<u64>(wide(m, TIMING_WRITELINES, <usize>(count & 7)), line);
  store<u32>(m, count + 1, TIMING_WRITECOUNT);
}

/** Simulates transmissions before cycle `until`. */
export function runWriteBuffer(m: usize, until: u64): void {
  for (;;) {
    const at = nextSend(m);
    if (at >= until) return;
    send(m, at);
  }
}

/** Offers a store's bytes (`mask`) of double word `tag` to the buffer at `at`; returns the cycle at which it takes them. */
export function bufferStore(m: usize, tag: u64, mask: u32, at: u64): u64 {
  const entries = <usize>parameter(PIPELINE_WRITEBUFFER);
  while (true) {
    runWriteBuffer(m, at);
    let free: usize = entries;
    let soonest = NEVER;
    for (let i: usize = 0; i < entries; i++) {
      settle(m, i, at);
      const dirty = load<u32>(narrow(m, TIMING_BUFFERDIRTY, i));
      const sent = load<u32>(narrow(m, TIMING_BUFFERSENT, i));
      if (!(dirty | sent)) {
        if (free == entries) free = i;
      } else if (load<u64>(wide(m, TIMING_BUFFERTAGS, i)) == tag) {
        store<u32>(narrow(m, TIMING_BUFFERDIRTY, i), dirty | mask);
        // What is on its way must come back before more of the same double word is sent.
        const back = sent ? load<u64>(wide(m, TIMING_BUFFERRETURN, i)) : 0;
        if (!dirty) store<u64>(wide(m, TIMING_BUFFERREADY, i), later(at + 1, back));
        return at;
      } else if (!dirty) {
        soonest = min<u64>(soonest, load<u64>(wide(m, TIMING_BUFFERRETURN, i)));
      }
    }
    if (free < entries) {
      store<u64>(wide(m, TIMING_BUFFERTAGS, free), tag);
      store<u32>(narrow(m, TIMING_BUFFERDIRTY, free), mask);
      store<u32>(narrow(m, TIMING_BUFFERSENT, free), 0);
      store<u64>(wide(m, TIMING_BUFFERREADY, free), at + 1);
      return at;
    }
    at = later(at + 1, min<u64>(soonest, later(nextSend(m), at + 1)));
  }
}

/** The cycle from which the buffer is empty, if nothing comes in after `at`. */
export function bufferEmpty(m: usize, at: u64): u64 {
  runWriteBuffer(m, NEVER);
  const count = load<u32>(m, TIMING_WRITECOUNT);
  return later(at, load<u64>(wide(m, TIMING_WRITERETURNS, <usize>((count - 1) & 7))));
}

/**
 * When a load miss of `line`, ready to be sent at `at`, gets past the writes: not while the same line is being written, and not
 * while all slots are taken, since the requests stand in one queue.
 */
export function readPastWrites(m: usize, line: u64, at: u64): u64 {
  runWriteBuffer(m, at);
  const slots = <u32>parameter(PIPELINE_WRITESLOTS);
  const count = load<u32>(m, TIMING_WRITECOUNT);
  for (let i: u32 = 1; i <= slots; i++) {
    const slot = <usize>((count - i) & 7);
    const back = load<u64>(wide(m, TIMING_WRITERETURNS, slot));
    if (back > at && load<u64>(wide(m, TIMING_WRITELINES, slot)) == line) at = back;
  }
  const oldest = load<u64>(wide(m, TIMING_WRITERETURNS, <usize>((count - slots) & 7)));
  // The answer frees the queue to memory two cycles before the slot is free.
  return oldest > at + 3 ? oldest - 3 : at;
}
