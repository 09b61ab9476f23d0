/** Makes segments and edges, by rehearsing instructions from a state on with the plain model. */
import {
  PIPELINE_BHTENTRIES,
  PIPELINE_LINEBITS,
  PIPELINE_PREDICTOR,
  TIMING_BHT,
  TIMING_COMMIT,
  TIMING_COUNT,
  TIMING_ISSUE,
  TIMING_STORECOUNT,
} from "../../generated/layout";
import { OP_ILLEGAL, OP_UNDECODED } from "../../generated/ops";
import {
  KIND_BRANCH,
  KIND_DIVIDE,
  KIND_INDIRECT,
  KIND_JUMP,
  KIND_LOAD,
} from "../../generated/timing-classes";
import { codeOf, decodeSlot } from "../../block/code-cache";
import { ramAddress } from "../../mmu/physical";
import {
  beginLines,
  decidedAt,
  endRehearsal,
  entriesMet,
  firstLine,
  lastLine,
  linesRead,
  rehearse,
  scannedAt,
  storesMet,
} from "../outcome";
import { storeBytes, storeEntry } from "../store-path";
import { PREDICT_TABLES, PREDICTED } from "../retire";
import { parameter } from "../stamp";
import { classOf, kindOf, lengthOf, targetOf, tell } from "../tell";
import {
  addEdge,
  addSegment,
  EDGE_DELTA,
  EDGE_ENTRY,
  EDGE_OUTCOME,
  EDGE_STATE,
  endSegment,
  findMore,
  hasRoom,
  putCountersAside,
  putCountersBack,
  SEGMENT_COUNTER,
  SEGMENT_DECIDED,
  SEGMENT_EDGE,
  SEGMENT_ENTRIES,
  SEGMENT_LAST,
  SEGMENT_LINE,
  SEGMENT_LINES,
  SEGMENT_PREFIX,
  SEGMENT_SCANNED,
  SEGMENT_SECOND,
  SEGMENT_STATE,
  SEGMENT_STORES,
  slotOf,
  takeCounters,
} from "./segment";
import { stateOf, takeUp } from "./state";

/** Set when there was no room for what is to be remembered. */
export let full: bool = false;

export function emptied(): void {
  full = false;
}

/** Whether an instruction has an outcome and nothing else that a segment could not tell of. */
function hasOutcome(slot: usize): bool {
  if (load<u16>(slot) <= <u16>OP_ILLEGAL) return false;
  const kind = kindOf(classOf(slot));
  return kind >= KIND_LOAD && kind <= KIND_DIVIDE;
}

/** The first slot from `slot` on whose instruction is not decided by the state of the pipeline. */
function lastFrom(slot: usize): usize {
  while (depends(slot)) slot += (<usize>lengthOf(classOf(slot))) << 3;
  return slot;
}

/** Whether what an instruction does follows from the state of the pipeline. */
function depends(slot: usize): bool {
  if (load<u16>(slot) == <u16>OP_UNDECODED) decodeSlot(slot);
  return load<u16>(slot) > <u16>OP_ILLEGAL && kindOf(classOf(slot)) < KIND_LOAD;
}

/** Whether a segment can begin at `slot`. */
export function canBegin(slot: usize): bool {
  if (load<u16>(slot) == <u16>OP_UNDECODED) decodeSlot(slot);
  return load<u16>(slot) > <u16>OP_ILLEGAL && kindOf(classOf(slot)) <= KIND_DIVIDE;
}

/** The outcome that instructions of a kind have most. */
function usualOutcome(slot: usize): u64 {
  const kind = kindOf(classOf(slot));
  return kind == KIND_JUMP || kind == KIND_INDIRECT ? PREDICTED : 0;
}

/** Tells the model of the instructions from `slot`, at `pc`, to before `end`. */
export function tellRun(h: usize, m: usize, slot: usize, end: usize, pc: u64): void {
  while (slot != end) {
    const length = <u64>lengthOf(classOf(slot));
    tell(h, m, slot, pc, pc + length, 0, 0);
    slot += (<usize>length) << 3;
    pc += length;
  }
}

/** Virtual address of a slot, `from` being the one at `pc`. */
// @ts-ignore: decorator
@inline
export function addressFrom(pc: u64, from: usize, slot: usize): u64 {
  return pc + <u64>((<i64>slot - <i64>from) >> 3);
}

/** Enters into an edge what was rehearsed since `issue` and `count`; the next instruction is at `next`. False if that cannot be told. */
function fillEdge(m: usize, edge: usize, outcome: u64, state: usize, issue: u64, count: u64): void {
  const cycles = load<u64>(m, TIMING_ISSUE) - issue;
  store<u64>(edge, (cycles << 32) | (load<u64>(m, TIMING_COUNT) - count), EDGE_DELTA);
  store<u64>(edge, outcome, EDGE_OUTCOME);
  store<u32>(edge, <u32>state, EDGE_STATE);
  store<u32>(edge, storeEntry | (storeBytes << 8), EDGE_ENTRY);
  takeCounters(m, edge);
}

/** The segment from `slot`, at `pc`, that is entered in `state` when the last instruction issued at `issue`. 0 if there can be none. */
export function makeSegment(h: usize, m: usize, slot: usize, pc: u64, state: usize, issue: u64): usize {
  if (!canBegin(slot)) return 0;
  if (!hasRoom()) {
    full = true;
    return 0;
  }
  const last = lastFrom(slot);
  const lastPc = addressFrom(pc, slot, last);
  const count = load<u64>(m, TIMING_COUNT);
  const stores = load<u32>(m, TIMING_STORECOUNT);
  takeUp(m, state, issue, pc);
  putCountersAside(m);
  beginLines();
  rehearse(0);
  tellRun(h, m, slot, last, pc);
  const prefix = load<u64>(m, TIMING_COMMIT) - issue;
  let outcome: u64 = 0;
  let next = lastPc;
  if (hasOutcome(last)) {
    outcome = usualOutcome(last);
    next += <u64>lengthOf(classOf(last));
    rehearse(outcome);
    tell(h, m, last, lastPc, next, 0, 0);
  }
  endRehearsal();
  const after = stateOf(m, next);
  let segment: usize = 0;
  if (after != 0) {
    segment = addSegment(m, slot, state);
    fillEdge(m, segment + SEGMENT_EDGE, outcome, after, issue, count);
    store<u32>(segment, <u32>last, SEGMENT_LAST);
    store<u32>(segment, <u32>prefix, SEGMENT_PREFIX);
    store<u32>(segment, <u32>(decidedAt - issue), SEGMENT_DECIDED);
    store<u32>(segment, <u32>(scannedAt - issue), SEGMENT_SCANNED);
    store<u32>(segment, <u32>counterOf(m, last, lastPc), SEGMENT_COUNTER);
    store<u8>(segment, <u8>storesMet, SEGMENT_STORES);
    store<u8>(segment, <u8>entriesMet, SEGMENT_ENTRIES);
    noteLines(segment);
  }
  putCountersBack(m);
  store<u32>(m, stores, TIMING_STORECOUNT);
  // Branches find their two usual edges there.
  if (segment == 0 || kindOf(classOf(last)) != KIND_BRANCH) return segment;
  const target = targetOf(last, classOf(last), lastPc);
  if (makeEdge(h, m, segment, PREDICTED, lastPc, target, issue) != 0) return segment;
  endSegment(segment);
  return 0;
}

/** The counter of the branch at `pc` in the history table; address 0, where no counter is, when there is none. */
function counterOf(m: usize, last: usize, pc: u64): usize {
  if (kindOf(classOf(last)) != KIND_BRANCH || parameter(PIPELINE_PREDICTOR) != PREDICT_TABLES) return 0;
  return m + TIMING_BHT + <usize>((pc >> 1) & (parameter(PIPELINE_BHTENTRIES) - 1));
}

function noteLines(segment: usize): void {
  if (!linesRead) return;
  const bits = parameter(PIPELINE_LINEBITS);
  const code = ramAddress(codeOf(slotOf(segment)));
  const first = ((code & ~0xfff) | (firstLine & 0xfff)) >> bits;
  store<u32>(segment, <u32>first, SEGMENT_LINE);
  store<u16>(segment, <u16>((lastLine >> bits) - (firstLine >> bits)) + 1, SEGMENT_LINES);
}

/** The edge of a segment for an outcome; 0 when there is none yet. */
export function findEdge(segment: usize, outcome: u64): usize {
  const second = segment + SEGMENT_SECOND;
  if (load<u64>(segment + SEGMENT_EDGE, EDGE_OUTCOME) == outcome) return segment + SEGMENT_EDGE;
  if (load<u64>(second, EDGE_OUTCOME) == outcome && load<u32>(second, EDGE_STATE) != 0) return second;
  return findMore(segment, outcome);
}

/**
 * Makes the edge of a segment for an outcome, where that leads to `next`. The last instruction before the segment issued at `issue`. 0 if
 * there can be none.
 */
export function makeEdge(
  h: usize,
  m: usize,
  segment: usize,
  outcome: u64,
  lastPc: u64,
  next: u64,
  issue: u64,
): usize {
  if (!hasRoom()) {
    full = true;
    return 0;
  }
  const count = load<u64>(m, TIMING_COUNT);
  const stores = load<u32>(m, TIMING_STORECOUNT);
  putCountersAside(m);
  tellWith(h, m, segment, outcome, lastPc, next, issue);
  const after = stateOf(m, next);
  let edge: usize = 0;
  if (after != 0) {
    edge = placeForEdge(segment);
    fillEdge(m, edge, outcome, after, issue, count);
  }
  putCountersBack(m);
  store<u32>(m, stores, TIMING_STORECOUNT);
  return edge;
}

/** Tells the model of a whole segment with a given outcome. */
export function tellWith(
  h: usize,
  m: usize,
  segment: usize,
  outcome: u64,
  lastPc: u64,
  next: u64,
  issue: u64,
): void {
  const slot = slotOf(segment);
  const last = <usize>load<u32>(segment, SEGMENT_LAST);
  const pc = addressFrom(lastPc, last, slot);
  takeUp(m, <usize>load<u32>(segment, SEGMENT_STATE), issue, pc);
  rehearse(outcome);
  tellRun(h, m, slot, last, pc);
  tell(h, m, last, lastPc, next, 0, 0);
  endRehearsal();
}

/** The place in the segment while it is free, else a record. */
function placeForEdge(segment: usize): usize {
  const second = segment + SEGMENT_SECOND;
  return load<u32>(second, EDGE_STATE) == 0 ? second : addEdge(segment);
}
