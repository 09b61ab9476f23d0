/**
 * The records of what the pipeline model remembers. A *segment* is a run of instructions that a hart entered with the pipeline in a
 * certain state: any number whose time depends on nothing but that state, then one that has an outcome (outcome.ts). An *edge* is
 * the way through a segment with one outcome: how many cycles and instructions, to which state, and what is counted on the way.
 *
 * Segments belong to a hart and to a place in a decoded page; they go when the page is written to. Counting is put off: an edge counts how
 * often it was taken, and `settleCounts` brings the model's counters up to date.
 */
import {
  CODE_PAGES,
  CODE_PAGE_BYTES,
  CODE_POOL,
  MEMO_COUNTS,
  MEMO_COUNT_BYTES,
  MEMO_EDGE_HEADS,
  MEMO_EDGE_TABLE,
  MEMO_PAGES,
  MEMO_SEGMENTS,
  MEMO_SEGMENT_BYTES,
  MEMO_SEGMENT_HEADS,
  MEMO_SEGMENT_TABLE,
  TIMING,
  TIMING_BYTES,
  TIMING_STALLS,
} from "../../generated/layout";
import { forgetPaths } from "./paths";
import { forgetStates, hasStateRoom } from "./state";

/** A slot below the hart's generation of lines while those of the segment are known to be in the instruction cache; else 0. */
export const SEGMENT_KEY: usize = 0;
/** From the issue before the segment: the commit before its last instruction, and the cycle at which that has its outcome. */
export const SEGMENT_PREFIX: usize = 8;
export const SEGMENT_DECIDED: usize = 12;
/** The two most usual outcomes have their edges here. */
export const SEGMENT_EDGE: usize = 16;
export const SEGMENT_SECOND: usize = 40;
/** For branches: their counter in the history table, and when they are scanned. */
export const SEGMENT_COUNTER: usize = 36;
export const SEGMENT_SCANNED: usize = 80;
/** Stores that may still be in the queues when the last instruction has its outcome; entries of the write buffer that may not be free. */
export const SEGMENT_STORES: usize = 60;
export const SEGMENT_ENTRIES: usize = 61;
/** Number of the first line of code that is read, and how many are. */
export const SEGMENT_LINES: usize = 62;
export const SEGMENT_LINE: usize = 116;
export const SEGMENT_STATE: usize = 84;
/** First slot with the number of the hart below, 0 for a segment that is no more; slot of the last instruction. */
const SEGMENT_PLACE: usize = 108;
export const SEGMENT_LAST: usize = 112;
/** Further edges; further segments of the same hash, of the same decoded page. */
const SEGMENT_EDGES: usize = 104;
const SEGMENT_HASHED: usize = 120;
const SEGMENT_PAGED: usize = 124;
const SEGMENT_SIZE: usize = 128;

/** Cycles to the next state times 2^32 plus instructions; the segment that was entered next; how often. */
export const EDGE_DELTA: usize = 0;
export const EDGE_NEXT: usize = 8;
export const EDGE_TAKEN: usize = 12;
/** Of stores: the entry of the write buffer that takes it, and, times 256, the bytes to be sent of it. */
export const EDGE_ENTRY: usize = 16;
/** Of edges that have a record of their own: the next one, and the segment. */
const EDGE_MORE: usize = 20;
const EDGE_OWNER: usize = 24;
/** The next state, 0 as long as the edge is none; what it counts; the outcome. */
export const EDGE_STATE: usize = 48;
const EDGE_COUNTS: usize = 52;
export const EDGE_OUTCOME: usize = 56;
const EDGE_SIZE: usize = 64;

/** Bits of an amount in a word of what an edge counts, below the number of the counter. */
const AMOUNT_BITS: u32 = 24;
const COUNTERS: i32 = 64;

let freeSegment: usize = MEMO_SEGMENTS;
let freeCounts: usize = MEMO_COUNTS;
/** Instructions over edges since the counters were settled; far from what an edge can count to. */
let unsettled: u64 = 0;
const MOST_UNSETTLED: u64 = 1 << 30;

/** Whether there is room for whatever may have to be remembered next. */
export function hasRoom(): bool {
  return (
    freeSegment + 2 * SEGMENT_SIZE <= MEMO_SEGMENTS + MEMO_SEGMENT_BYTES &&
    freeCounts + 3 * ((<usize>COUNTERS) << 2) <= MEMO_COUNTS + MEMO_COUNT_BYTES &&
    hasStateRoom()
  );
}

function hashHead(m: usize, slot: usize, state: usize): usize {
  const mixed =
    (((<u32>slot) >>> 4) * 0x9e37_79b1) ^ (((<u32>state) >>> 3) * 0x85eb_ca6b) ^ ((<u32>m) >>> 12);
  return MEMO_SEGMENT_TABLE + ((<usize>((mixed ^ (mixed >>> 15)) & (MEMO_SEGMENT_HEADS - 1))) << 2);
}

/** Slots are 16 bytes. */
function placeOf(m: usize, slot: usize): u32 {
  return (<u32>slot) | (<u32>((m - TIMING) / TIMING_BYTES));
}

/** The first slot of a segment, 0 when it is no more. */
export function slotOf(segment: usize): usize {
  return <usize>(load<u32>(segment, SEGMENT_PLACE) & ~15);
}

function modelOf(segment: usize): usize {
  return TIMING + <usize>(load<u32>(segment, SEGMENT_PLACE) & 15) * TIMING_BYTES;
}

/** The segment is no more. */
export function endSegment(segment: usize): void {
  store<u64>(segment, 0, SEGMENT_KEY);
  store<u32>(segment, 0, SEGMENT_PLACE);
}

/** The segment from `slot` on that was entered in `state`; 0 when there is none. */
export function findSegment(m: usize, slot: usize, state: usize): usize {
  const place = placeOf(m, slot);
  let segment = <usize>load<u32>(hashHead(m, slot, state));
  while (segment != 0) {
    if (load<u32>(segment, SEGMENT_PLACE) == place && load<u32>(segment, SEGMENT_STATE) == <u32>state)
      return segment;
    segment = <usize>load<u32>(segment, SEGMENT_HASHED);
  }
  return 0;
}

function pageHead(slot: usize): usize {
  return MEMO_PAGES + (((slot - CODE_POOL) / CODE_PAGE_BYTES) << 2);
}

/** A new segment, with no edges. */
export function addSegment(m: usize, slot: usize, state: usize): usize {
  const segment = freeSegment;
  freeSegment += SEGMENT_SIZE;
  memory.fill(segment, 0, SEGMENT_SIZE);
  store<u32>(segment, placeOf(m, slot), SEGMENT_PLACE);
  store<u32>(segment, <u32>state, SEGMENT_STATE);
  const hashed = hashHead(m, slot, state);
  store<u32>(segment, load<u32>(hashed), SEGMENT_HASHED);
  store<u32>(hashed, <u32>segment);
  const paged = pageHead(slot);
  store<u32>(segment, load<u32>(paged), SEGMENT_PAGED);
  store<u32>(paged, <u32>segment);
  return segment;
}

/** A new edge of a segment, besides the two within it. */
export function addEdge(segment: usize): usize {
  const edge = freeSegment;
  freeSegment += EDGE_SIZE;
  memory.fill(edge, 0, EDGE_SIZE);
  store<u32>(edge, load<u32>(segment, SEGMENT_EDGES), EDGE_MORE);
  store<u32>(edge, <u32>segment, EDGE_OWNER);
  store<u32>(segment, <u32>edge, SEGMENT_EDGES);
  return edge;
}

/** The edge for an outcome among those that have records of their own; 0 when there is none. */
export function findMore(segment: usize, outcome: u64): usize {
  const mixed = (<u32>outcome * 0x9e37_79b1) ^ (((<u32>segment) >>> 6) * 0x85eb_ca6b);
  const head = MEMO_EDGE_TABLE + ((<usize>((mixed >>> 15) & (MEMO_EDGE_HEADS - 1))) << 2);
  let edge = <usize>load<u32>(head);
  if (load<u32>(edge, EDGE_OWNER) == <u32>segment && load<u64>(edge, EDGE_OUTCOME) == outcome) return edge;
  edge = <usize>load<u32>(segment, SEGMENT_EDGES);
  while (edge != 0 && load<u64>(edge, EDGE_OUTCOME) != outcome) edge = <usize>load<u32>(edge, EDGE_MORE);
  store<u32>(head, <u32>edge);
  return edge;
}

/** Where the model's counters are put aside while it rehearses. */
const ASIDE: usize = memory.data(COUNTERS << 3);

/** The model counts from 0 on. */
export function putCountersAside(m: usize): void {
  memory.copy(ASIDE, m + TIMING_STALLS, (<usize>COUNTERS) << 3);
  memory.fill(m + TIMING_STALLS, 0, (<usize>COUNTERS) << 3);
}

/** Gives what was counted since to an edge. */
export function takeCounters(m: usize, edge: usize): void {
  const start = freeCounts;
  freeCounts += 4;
  for (let counter: usize = 0; counter < <usize>COUNTERS; counter++) {
    const amount = <u32>load<u64>(m + TIMING_STALLS + (counter << 3));
    if (amount == 0) continue;
    store<u32>(freeCounts, ((<u32>counter) << AMOUNT_BITS) | amount);
    freeCounts += 4;
  }
  store<u32>(start, (<u32>(freeCounts - start)) >>> 2);
  store<u32>(edge, <u32>start, EDGE_COUNTS);
  store<u32>(edge, 0, EDGE_TAKEN);
}

export function putCountersBack(m: usize): void {
  memory.copy(m + TIMING_STALLS, ASIDE, (<usize>COUNTERS) << 3);
}

function settleEdge(m: usize, edge: usize): void {
  const taken = <u64>load<u32>(edge, EDGE_TAKEN);
  if (taken == 0) return;
  store<u32>(edge, 0, EDGE_TAKEN);
  const counts = <usize>load<u32>(edge, EDGE_COUNTS);
  const end = counts + ((<usize>load<u32>(counts)) << 2);
  for (let at = counts + 4; at < end; at += 4) {
    const word = load<u32>(at);
    const counter = m + TIMING_STALLS + ((<usize>(word >>> AMOUNT_BITS)) << 3);
    store<u64>(counter, load<u64>(counter) + taken * <u64>(word & ((1 << AMOUNT_BITS) - 1)));
  }
}

function settleSegment(segment: usize): void {
  const m = modelOf(segment);
  if (load<u32>(segment + SEGMENT_EDGE, EDGE_STATE)) settleEdge(m, segment + SEGMENT_EDGE);
  if (load<u32>(segment + SEGMENT_SECOND, EDGE_STATE)) settleEdge(m, segment + SEGMENT_SECOND);
  let edge = <usize>load<u32>(segment, SEGMENT_EDGES);
  for (; edge != 0; edge = <usize>load<u32>(edge, EDGE_MORE)) settleEdge(m, edge);
}

/** Brings the models' counters up to date. */
export function settleCounts(): void {
  if (unsettled == 0) return;
  unsettled = 0;
  for (let page: usize = 0; page < CODE_PAGES; page++) {
    let segment = <usize>load<u32>(MEMO_PAGES + (page << 2));
    for (; segment != 0; segment = <usize>load<u32>(segment, SEGMENT_PAGED)) settleSegment(segment);
  }
}

/** To be called when `instructions` went over edges. */
export function noteUnsettled(instructions: u64): void {
  unsettled += instructions;
  if (unsettled > MOST_UNSETTLED) settleCounts();
}

/** What a decoded page held has changed. */
export function forgetSegments(slot: usize): void {
  const head = pageHead(slot);
  let segment = <usize>load<u32>(head);
  for (; segment != 0; segment = <usize>load<u32>(segment, SEGMENT_PAGED)) {
    settleSegment(segment);
    endSegment(segment);
  }
  store<u32>(head, 0);
}

/** Forgets everything. Segments in use become dangling: only between instructions. */
export function forgetMemo(): void {
  settleCounts();
  memory.fill(MEMO_PAGES, 0, (<usize>CODE_PAGES) << 2);
  memory.fill(MEMO_SEGMENT_TABLE, 0, (<usize>MEMO_SEGMENT_HEADS) << 2);
  memory.fill(MEMO_EDGE_TABLE, 0, (<usize>MEMO_EDGE_HEADS) << 2);
  freeSegment = MEMO_SEGMENTS;
  freeCounts = MEMO_COUNTS;
  forgetStates();
  forgetPaths();
}
