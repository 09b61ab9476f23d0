/**
 * Which edge to take out of a segment: what the memoising interpreter asks when it does not know. 0 means that the outcome
 * cannot be remembered: then the model has been told of the segment, and its record is true.
 */
import {
  HART_FUEL,
  HART_PC,
  PIPELINE_LINEBITS,
  PIPELINE_STOREQUEUE,
  TIMING_COUNT,
  TIMING_FETCHBASE,
  TIMING_FETCHPAGE,
  TIMING_GENERATION,
  TIMING_MEMOGONE,
  TIMING_MEMOLIMIT,
  TIMING_MEMOORIGIN,
  TIMING_MEMOPAGES,
  TIMING_MEMOSOFT,
  TIMING_STORECOUNT,
} from "../../generated/layout";
import { CLASS_SIGNED, CLASS_SIZE, CLASS_WORD } from "../../generated/timing-classes";
import { ramAddress } from "../../mmu/physical";
import { filterEntry, icacheHas } from "../cache";
import { seesPage } from "../fetch";
import { bytesAt, bytesOf, loadOutcome, metByStore, storeAddress, storeOutcome } from "../memory";
import { SURELY_NOT, SURELY_TAKEN } from "../predict";
import { branchOutcome, divideOutcome, indirectOutcome, pushDirect } from "../retire";
import { classOf, lengthOf, targetOf } from "../tell";
import { parameter } from "../stamp";
import { doubleWord, noteStore, offsetOf, storeBytes, storeEntry, storesAgo } from "../store-path";
import { dataTranslates, knownPage } from "../tlb";
import { findEdge, makeEdge, makeSegment, tellWith } from "./rehearse";
import {
  EDGE_NEXT,
  EDGE_ENTRY,
  EDGE_STATE,
  findSegment,
  SEGMENT_COUNTER,
  SEGMENT_DECIDED,
  SEGMENT_EDGE,
  SEGMENT_ENTRIES,
  SEGMENT_KEY,
  SEGMENT_LINE,
  SEGMENT_LINES,
  SEGMENT_PREFIX,
  SEGMENT_SCANNED,
  SEGMENT_STORES,
  slotOf,
} from "./segment";

/**
 * How the memoising interpreter ends instead of on an edge: behind an instruction that the model has been told of; at one for the plain
 * model, in the segment or where it ends; at one that trapped. Then what it asks about: a load, a store, a division, a branch that
 * is taken or not, a jump to another page, an indirect jump. Edges are higher.
 */
export const TOLD: usize = 0;
export const APART: usize = 1;
export const GONE: usize = 2;
export const ASK_LOAD: usize = 3;
export const ASK_STORE: usize = 4;
export const ASK_DIVIDE: usize = 5;
export const ASK_NOT: usize = 6;
export const ASK_TAKEN: usize = 7;
export const ASK_JUMP: usize = 8;
export const ASK_INDIRECT: usize = 9;

/** Cycles before the end of its time up to which the interpreter does not look how long a segment takes. */
const MARGIN: u64 = 300;

/** Instructions before the interpreter began. */
let countBefore: u64 = 0;

/** The interpreter begins behind an issue at `issue`, the `count`-th, and must end `cycles` later. */
export function begin(h: usize, m: usize, issue: u64, count: u64, cycles: u64): void {
  countBefore = count;
  store<u64>(m, issue, TIMING_MEMOORIGIN);
  store<u64>(m, 0, TIMING_MEMOGONE);
  store<u64>(m, cycles, TIMING_MEMOLIMIT);
  store<u64>(m, cycles > MARGIN ? (cycles - MARGIN) << 32 : 0, TIMING_MEMOSOFT);
  store<u64>(m, dataTranslates(h) ? ~0 : 0, TIMING_MEMOPAGES);
}

/** Cycle of the last issue before the segment; instructions that have issued. */
// @ts-ignore: decorator
@inline
export function issueNow(m: usize): u64 {
  return load<u64>(m, TIMING_MEMOORIGIN) + (load<u64>(m, TIMING_MEMOGONE) >> 32);
}

export function countNow(m: usize): u64 {
  return countBefore + (load<u64>(m, TIMING_MEMOGONE) & 0xffff_ffff);
}

/** Whether the model translates data at `va` without delay to the hart's `address`, or not at all. A model without TLBs knows `va` only. */
// @ts-ignore: decorator
@inline
function seesData(m: usize, va: u64, address: u64): bool {
  return load<u64>(m, TIMING_MEMOPAGES) == 0 || knownPage(m, va) == (address & ~0xfff);
}

/** Whether a load at linear address `host` hits for certain, no store being on its way and, with nothing translated. */
// @ts-ignore: decorator
@inline
export function surelyHits(m: usize, segment: usize, host: usize): bool {
  const number = host >>> (<usize>parameter(PIPELINE_LINEBITS));
  return (
    load<u32>(filterEntry(m, number)) == <u32>number + 1 &&
    (load<u8>(segment, SEGMENT_STORES) | load<u32>(m, TIMING_MEMOPAGES)) == 0
  );
}

/** Whether a branch goes as its saturated counter predicts, so that there is nothing to learn. */
// @ts-ignore: decorator
@inline
export function surelyPredicted(segment: usize, taken: bool): bool {
  return load<u8>(<usize>load<u32>(segment, SEGMENT_COUNTER)) == (taken ? SURELY_TAKEN : SURELY_NOT);
}

function edgeFor(h: usize, m: usize, segment: usize, outcome: u64, pc: u64, next: u64): usize {
  const edge = findEdge(segment, outcome);
  if (edge != 0) return edge;
  const made = makeEdge(h, m, segment, outcome, pc, next, issueNow(m));
  if (made != 0) return made;
  store<u64>(m, countNow(m), TIMING_COUNT);
  tellWith(h, m, segment, outcome, pc, next, issueNow(m));
  return 0;
}

/** The instruction at `slot` and `pc` loaded from `va`, which is `host` in linear memory, or 0. */
function loadEdge(h: usize, m: usize, segment: usize, slot: usize, pc: u64, va: u64, host: usize): usize {
  const stores = load<u8>(segment, SEGMENT_STORES);
  const number = host >>> (<usize>parameter(PIPELINE_LINEBITS));
  if (
    load<u32>(filterEntry(m, number)) == <u32>number + 1 &&
    storesAgo(m, offsetOf(va), stores) == 0 &&
    seesData(m, va, ramAddress(host))
  )
    return segment + SEGMENT_EDGE;
  const outcome = loadOutcome(h, m, va, stores, load<u8>(segment, SEGMENT_ENTRIES));
  if (outcome == 0) return segment + SEGMENT_EDGE;
  return edgeFor(h, m, segment, outcome, pc, pc + <u64>lengthOf(classOf(slot)));
}

/** It stored to `va`, at linear address `host`. */
export function storeEdge(
  h: usize,
  m: usize,
  segment: usize,
  slot: usize,
  pc: u64,
  va: u64,
  host: usize,
): usize {
  const what = classOf(slot);
  const size = (what >> CLASS_SIZE) & 15;
  const entries = load<u8>(segment, SEGMENT_ENTRIES);
  let address = ramAddress(host);
  let outcome: u64;
  if (seesData(m, va, address)) {
    outcome = metByStore(m, address, size, entries);
  } else {
    outcome = storeOutcome(h, m, va, size, entries);
    address = storeAddress;
  }
  let edge = segment + SEGMENT_EDGE;
  let entry = load<u32>(edge, EDGE_ENTRY);
  let bytes = bytesAt(address, size);
  if (outcome != 0) {
    edge = edgeFor(h, m, segment, outcome, pc, pc + <u64>lengthOf(what));
    entry = edge == 0 ? storeEntry | (storeBytes << 8) : load<u32>(edge, EDGE_ENTRY);
    if (bytesOf(outcome) != 0) bytes = entry >>> 8;
  }
  if (parameter(PIPELINE_STOREQUEUE) == 0) return edge;
  // Telling the model has counted the store.
  if (edge != 0) store<u32>(m, load<u32>(m, TIMING_STORECOUNT) + 1, TIMING_STORECOUNT);
  noteStore(m, entry & 7, doubleWord(address), bytes, offsetOf(va));
  return edge;
}

/** It branched, or did not. */
function branchEdge(h: usize, m: usize, segment: usize, slot: usize, pc: u64, taken: bool): usize {
  const what = classOf(slot);
  const length = <u64>lengthOf(what);
  const issue = issueNow(m);
  const at = issue + <u64>load<u32>(segment, SEGMENT_DECIDED);
  const scanned = issue + <u64>(<i64>load<i32>(segment, SEGMENT_SCANNED));
  const target = targetOf(slot, what, pc);
  const outcome = branchOutcome(h, m, slot, pc, length, target, taken, at, scanned);
  return edgeFor(h, m, segment, outcome, pc, taken ? target : pc + length);
}

/** It jumped to `target`, which was in a register. */
function indirectEdge(h: usize, m: usize, segment: usize, slot: usize, pc: u64, target: u64): usize {
  const issue = issueNow(m);
  const at = issue + <u64>load<u32>(segment, SEGMENT_DECIDED);
  const scanned = issue + <u64>(<i64>load<i32>(segment, SEGMENT_SCANNED));
  const length = <u64>lengthOf(classOf(slot));
  const frozen = load<u8>(segment, SEGMENT_STORES) != 0;
  const outcome = indirectOutcome(h, m, slot, pc, length, target, at, scanned, frozen);
  return edgeFor(h, m, segment, outcome, pc, target);
}

/** It divided `a` by `b`. */
function divideEdge(h: usize, m: usize, segment: usize, slot: usize, pc: u64, a: u64, b: u64): usize {
  const what = classOf(slot);
  const outcome = divideOutcome(a, b, ((what >> CLASS_SIGNED) & 1) != 0, ((what >> CLASS_WORD) & 1) != 0);
  return edgeFor(h, m, segment, outcome, pc, pc + <u64>lengthOf(what));
}

/** The edge for an instruction that is none of the surely usual ones; TOLD when there is none. `a` and `b` depend on what is asked. */
export function askEdge(
  h: usize,
  m: usize,
  segment: usize,
  slot: usize,
  pc: u64,
  ask: usize,
  a: u64,
  b: u64,
  target: u64,
): usize {
  switch (<i32>ask) {
    case <i32>ASK_LOAD:
      return loadEdge(h, m, segment, slot, pc, a, <usize>b);
    case <i32>ASK_DIVIDE:
      return divideEdge(h, m, segment, slot, pc, a, b);
    case <i32>ASK_INDIRECT:
      return indirectEdge(h, m, segment, slot, pc, target);
    case <i32>ASK_JUMP: {
      pushDirect(m, slot, pc + <u64>lengthOf(classOf(slot)));
      return segment + SEGMENT_EDGE;
    }
    default:
      return branchEdge(h, m, segment, slot, pc, ask == ASK_TAKEN);
  }
}

/** The segment behind an edge that was just taken, which goes on at `slot` and `pc`; 0 when the plain model must take over. */
export function follow(h: usize, m: usize, edge: usize, slot: usize, pc: u64): usize {
  const state = <usize>load<u32>(edge, EDGE_STATE);
  let segment = <usize>load<u32>(edge, EDGE_NEXT);
  if (segment == 0 || slotOf(segment) != slot) {
    segment = segmentAt(h, m, slot, pc, state);
    store<u32>(edge, <u32>segment, EDGE_NEXT);
  }
  return segment != 0 && isReady(h, m, segment, slot, pc) ? segment : 0;
}

export function segmentAt(h: usize, m: usize, slot: usize, pc: u64, state: usize): usize {
  const segment = findSegment(m, slot, state);
  return segment ? segment : makeSegment(h, m, slot, pc, state, issueNow(m));
}

/** Whether a segment's instructions all begin in time, on the page that is fetched from, with all their lines there. */
export function isReady(h: usize, m: usize, segment: usize, slot: usize, pc: u64): bool {
  if (
    (load<u64>(m, TIMING_MEMOGONE) >> 32) + <u64>load<u32>(segment, SEGMENT_PREFIX) >=
    load<u64>(m, TIMING_MEMOLIMIT)
  )
    return false;
  const lines = <u32>load<u16>(segment, SEGMENT_LINES);
  if ((pc & ~0xfff) != load<u64>(m, TIMING_FETCHPAGE) && (lines == 0 || !seesPage(h, m, pc))) return false;
  const first = load<u32>(segment, SEGMENT_LINE);
  // The model's translation may be an older one than the hart's.
  const page = ((<u64>first) << parameter(PIPELINE_LINEBITS)) >> 12;
  if (lines != 0 && page != load<u64>(m, TIMING_FETCHBASE) >> 12) return false;
  const key = load<u64>(m, TIMING_GENERATION) | (<u64>slot);
  if (load<u64>(segment, SEGMENT_KEY) == key) return true;
  for (let line: u32 = 0; line < lines; line++) {
    if (!icacheHas(m, <u64>(first + line))) return false;
  }
  if (load<u32>(segment, SEGMENT_PREFIX) < <u32>MARGIN) store<u64>(segment, key, SEGMENT_KEY);
  return true;
}

/** What slow paths need: the pc for a trap; for the time the cycles that are left at the commit before the last instruction of a segment. */
export function spill(h: usize, m: usize, segment: usize, pc: u64): void {
  store<u64>(h, pc, HART_PC);
  const left = <i32>(load<u64>(m, TIMING_MEMOLIMIT) - (load<u64>(m, TIMING_MEMOGONE) >> 32));
  store<i32>(h, left - load<i32>(segment, SEGMENT_PREFIX), HART_FUEL);
}
