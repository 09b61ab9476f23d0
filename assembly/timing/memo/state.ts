/**
 * States of the pipeline, apart from the time: what of the model's record can still matter to the instructions to come, in
 * cycles from the last issue. States that the future cannot tell apart are one. Everything else in the record (caches, TLBs,
 * predictors, the addresses of stores on their way) is no part of them: outcomes tell of that.
 *
 * A cycle is left out where every instruction to come is later anyway: the k-th from here issues k cycles after the last at
 * the earliest.
 */
import {
  HART_SINK,
  MEMO_STATES,
  MEMO_STATE_BYTES,
  MEMO_STATE_HEADS,
  MEMO_STATE_TABLE,
  PIPELINE_FETCHQUEUE,
  PIPELINE_FETCHREPLAY,
  PIPELINE_FETCHRESUME,
  PIPELINE_FLUSHTOSCAN,
  PIPELINE_SCANTOISSUE,
  PIPELINE_SCOREBOARD,
  PIPELINE_STOREQUEUE,
  PIPELINE_WRITESLOTS,
  TIMING_BUFFERCHUNKS,
  TIMING_BUFFERDIRTYSET,
  TIMING_BUFFERNEXT,
  TIMING_BUFFERREADY,
  TIMING_BUFFERRETURN,
  TIMING_BUFFERSEND,
  TIMING_BUFFERSENTSET,
  TIMING_COMMIT,
  TIMING_BRANCHISSUE,
  TIMING_COMMITOPEN,
  TIMING_COMMITS,
  TIMING_COUNT,
  TIMING_FETCHASKED,
  TIMING_FETCHAT,
  TIMING_FETCHCAUSE,
  TIMING_FETCHNEWLINE,
  TIMING_FETCHPUSHED,
  TIMING_FETCHPUSHEDBEFORE,
  TIMING_FETCHSTAMP,
  TIMING_FETCHWORD,
  TIMING_FIXEDFREE,
  TIMING_FLOATFREE,
  TIMING_ICACHEFREE,
  TIMING_ISSUE,
  TIMING_ISSUES,
  TIMING_LOADCAUSE,
  TIMING_LOADFREE,
  TIMING_LSUISSUE,
  TIMING_LSUPOP,
  TIMING_LSUPOPBEFORE,
  TIMING_MULTIPLIERFREE,
  TIMING_READY,
  TIMING_STORECOMMITS,
  TIMING_TARGETPOPS,
  TIMING_STORECOUNT,
  TIMING_STOREGRANTS,
  TIMING_WRITECOUNT,
  TIMING_WRITERETURNS,
} from "../../generated/layout";
import { MOST_PUSHED } from "../fetch";
import { later, parameter, stamp, STAMP_BITS } from "../stamp";
import { commitOf, grantOf, nextDecision, returnOf, runWriteBuffer, underWay } from "../store-path";

/** Words of a state. Cycles and stamps count from the last issue; 0 (or NEVER) stands for one that cannot matter. */
const STATE_COMMIT: usize = 0;
const FETCH_AT: usize = 4;
const FLAGS: usize = 8;
const FIXED_FREE: usize = 12;
const MULTIPLIER_FREE: usize = 16;
const FLOAT_FREE: usize = 20;
const ICACHE_FREE: usize = 24;
const LSU_POP: usize = 28;
const LSU_POP_BEFORE: usize = 32;
const LOAD_FREE: usize = 36;
const COMMITS: usize = 40;
const ISSUES: usize = 72;
const READY: usize = 132;
/** The store path: of each entry of the write buffer, chunks, cycle when it is ready, cycle of the answer; when stores committed and
 * entered the buffer, when transmissions are answered. Half words. */
const BUFFER: usize = 164;
const STORE_COMMITS: usize = 212;
const STORE_GRANTS: usize = 220;
const WRITE_RETURNS: usize = 236;
const BUFFER_SEND: usize = 252;
const TARGET_POPS: usize = 256;
const STATE_WORDS: usize = 264;
/** Behind the words: the next state of the same hash. */
const LINK: usize = 264;
const STATE_SIZE: usize = 272;

const OPEN: u32 = 1;
const NEW_LINE: u32 = 2;
const NEXT_WORD: u32 = 4;
const LSU_LAST: u32 = 8;
const PUSHED: u32 = 4;
const PUSHED_BEFORE: u32 = 6;
const FETCH_CAUSE: u32 = 8;
const LOAD_CAUSE: u32 = 16;
const BEHIND_BRANCH: u32 = 1 << 13;
const BUFFER_NEXT: u32 = 24;

const NEVER: u32 = 0x8000_0000;
/** Stores to come are offered to the write buffer, and loads sent past it, so many cycles after the last issue at the earliest. */
const OFFERED: u64 = 3;
/** Cycles that a state can tell of. */
const FARTHEST: u64 = 0xffff;
/** Entries of the record's rings, and registers with a time of their own. */
const MOST_ISSUES: u32 = 15;
const MOST_COMMITS: u32 = 8;
const MOST_READY: usize = 8;
const REGISTERS: usize = 72;
/** Bits of a stamp in a word with a register's number above. */
const READY_BITS: u32 = 21;

/** The state that is looked up, in the place where it would stay. */
let next: usize = MEMO_STATES;
/** Whether all distances of the state under way could be told. */
let told: bool = true;

export function forgetStates(): void {
  memory.fill(MEMO_STATE_TABLE, 0, (<usize>MEMO_STATE_HEADS) << 2);
  next = MEMO_STATES;
}

/** Whether there is room for two more states. */
export function hasStateRoom(): bool {
  return next + 2 * STATE_SIZE <= MEMO_STATES + MEMO_STATE_BYTES;
}

/** Cycles from `issue` to `at`, when that is later than `irrelevant`; else 0. */
// @ts-ignore: decorator
@inline
function after(issue: u64, at: u64, irrelevant: u64): u32 {
  if (at <= irrelevant) return 0;
  if (at - issue > FARTHEST) told = false;
  return <u32>(at - issue);
}

/** The same for a stamp, whose cycle counts. */
// @ts-ignore: decorator
@inline
function stampAfter(issue: u64, at: u64, irrelevant: u64): u32 {
  if (at >> STAMP_BITS <= irrelevant) return 0;
  if ((at >> STAMP_BITS) - issue > FARTHEST) told = false;
  return <u32>(at - (issue << STAMP_BITS));
}

/** Cycles from `issue` to `at`, before or after, when that is later than `irrelevant`; else NEVER. */
// @ts-ignore: decorator
@inline
function around(issue: u64, at: u64, irrelevant: u64): u32 {
  if (at <= irrelevant) return NEVER;
  if (at - issue + FARTHEST > 2 * FARTHEST) told = false;
  return <u32>(at - issue);
}

function describe(m: usize, pc: u64): bool {
  const state = next;
  const issue = load<u64>(m, TIMING_ISSUE);
  const fetchAt = load<u64>(m, TIMING_FETCHAT);
  const ahead = (pc >> 2) - load<u64>(m, TIMING_FETCHWORD);
  const commit = load<u64>(m, TIMING_COMMIT);
  told = ahead <= 1 && commit - issue <= FARTHEST;
  store<u32>(state, <u32>(commit - issue), STATE_COMMIT);
  store<u32>(state, around(issue, fetchAt, 0), FETCH_AT);
  const pop = after(issue, load<u64>(m, TIMING_LSUPOP), issue);
  const popBefore = after(issue, load<u64>(m, TIMING_LSUPOPBEFORE), issue);
  store<u32>(state, pop, LSU_POP);
  store<u32>(state, popBefore, LSU_POP_BEFORE);
  let flags = load<u32>(m, TIMING_FETCHCAUSE) << FETCH_CAUSE;
  flags |= load<u32>(m, TIMING_FETCHPUSHED) << PUSHED;
  flags |= load<u32>(m, TIMING_FETCHPUSHEDBEFORE) << PUSHED_BEFORE;
  if (load<u32>(m, TIMING_COMMITOPEN)) flags |= OPEN;
  if (load<u32>(m, TIMING_FETCHNEWLINE)) flags |= NEW_LINE;
  if (ahead == 1) flags |= NEXT_WORD;
  if (load<u64>(m, TIMING_LSUISSUE) == issue) flags |= LSU_LAST;
  if ((pc & 2) != 0 && load<u32>(m, TIMING_FETCHPUSHED) != 0 && load<u64>(m, TIMING_BRANCHISSUE) == issue) {
    flags |= BEHIND_BRANCH;
  }
  if (pop | popBefore) flags |= load<u32>(m, TIMING_LOADCAUSE) << LOAD_CAUSE;
  store<u32>(state, flags, FLAGS);
  store<u32>(state, stampAfter(issue, load<u64>(m, TIMING_FIXEDFREE), issue + 1), FIXED_FREE);
  store<u32>(state, stampAfter(issue, load<u64>(m, TIMING_MULTIPLIERFREE), issue + 1), MULTIPLIER_FREE);
  store<u32>(state, stampAfter(issue, load<u64>(m, TIMING_FLOATFREE), issue + 1), FLOAT_FREE);
  store<u32>(state, after(issue, load<u64>(m, TIMING_LOADFREE), issue + 2), LOAD_FREE);
  // The next scan is behind the last one, or behind the commit when an interrupt comes, which may be earlier.
  const scan = min<u64>(fetchAt + 1, commit + parameter(PIPELINE_FLUSHTOSCAN));
  // Wrong paths ask for their first word up to two cycles before the scan of the transfer.
  const free = load<u64>(m, TIMING_ICACHEFREE);
  store<u32>(state, free + 3 <= scan ? NEVER : around(issue, free, 0), ICACHE_FREE);
  describeRings(m, state, issue, scan);
  describeStores(m, state, issue);
  return told && describeRegisters(m, state, issue);
}

/** `scan` is the cycle of the next scan at the earliest. */
function describeRings(m: usize, state: usize, issue: u64, scan: u64): void {
  const count = <u32>load<u64>(m, TIMING_COUNT);
  const entries = <u32>parameter(PIPELINE_SCOREBOARD);
  for (let k: u32 = 1; k <= MOST_COMMITS; k++) {
    // The instruction that issued k-th last leaves its entry to the (entries - k + 1)-th from here.
    const at = load<u64>(m + TIMING_COMMITS + ((<usize>((count - k) & 7)) << 3));
    const word = k > entries ? 0 : stampAfter(issue, at, issue + <u64>(entries - k + 1));
    store<u32>(state + COMMITS + ((<usize>(k - 1)) << 2), word);
  }
  // Which instructions are still in the fetch queue: it was asked about first two cycles before the next scan.
  const replays = parameter(PIPELINE_FETCHREPLAY) != 0;
  const room = <u32>parameter(PIPELINE_FETCHQUEUE) + (replays ? <u32>MOST_PUSHED * 2 : 1);
  const resume = replays ? 3 : parameter(PIPELINE_FETCHRESUME);
  for (let k: u32 = 1; k <= MOST_ISSUES; k++) {
    const at = load<u64>(m + TIMING_ISSUES + ((<usize>((count - k) & 15)) << 3));
    const word = k > room || at + resume <= scan ? NEVER : around(issue, at, 0);
    store<u32>(state + ISSUES + ((<usize>(k - 1)) << 2), word);
  }
  for (let i: usize = 0; i < 2; i++) {
    const at = load<u64>(m + TIMING_TARGETPOPS + (i << 3));
    store<u32>(state + TARGET_POPS + (i << 2), at + 3 <= scan ? NEVER : around(issue, at, 0));
  }
}

function describeStores(m: usize, state: usize, issue: u64): void {
  memory.fill(state + BUFFER, 0, TARGET_POPS - BUFFER);
  const queue = <u32>parameter(PIPELINE_STOREQUEUE);
  if (queue == 0) return;
  const slots = <u32>parameter(PIPELINE_WRITESLOTS);
  const past = issue + OFFERED - 1;
  // Fences and atomics ask behind the last commit, which in some pipelines comes with the issue.
  const asked = min<u64>(past, load<u64>(m, TIMING_COMMIT) + 1);
  runWriteBuffer(m, past);
  const decided = nextDecision(m);
  const dirty = load<u32>(m, TIMING_BUFFERDIRTYSET);
  const sent = underWay(m, asked);
  for (let entries = dirty | sent; entries != 0; entries &= entries - 1) {
    const index = <usize>ctz<u32>(entries);
    const at = state + BUFFER + index * 6;
    if ((sent >> (<u32>index)) & 1) {
      store<u16>(at, <u16>after(issue, load<u64>(m + TIMING_BUFFERRETURN + (index << 3)), asked), 4);
    }
    if (!((dirty >> (<u32>index)) & 1)) continue;
    store<u16>(at, <u16>load<u32>(m + TIMING_BUFFERCHUNKS + (index << 2)));
    // What is decided to be sent stands out: it was ready before.
    const ready = load<u64>(m + TIMING_BUFFERREADY + (index << 3));
    const since = decided < past && ready <= decided ? past - 1 : later(ready, past);
    store<u16>(at, <u16>after(issue, since, 0), 2);
  }
  for (let ago: u32 = 1; ago <= 8; ago++) {
    const at = (<usize>(ago - 1)) << 1;
    store<u16>(state + STORE_GRANTS + at, <u16>after(issue, grantOf(m, ago), asked - 1));
    // What was decided before `past` leaves when there is a slot, which may be just then.
    if (ago <= slots) store<u16>(state + WRITE_RETURNS + at, <u16>after(issue, returnOf(m, ago), past - 1));
    if (ago <= queue) store<u16>(state + STORE_COMMITS + at, <u16>after(issue, commitOf(m, ago), past));
  }
  store<u16>(state, <u16>after(issue, load<u64>(m, TIMING_BUFFERSEND), past - 1), BUFFER_SEND);
  store<u32>(state, load<u32>(state, FLAGS) | (load<u32>(m, TIMING_BUFFERNEXT) << BUFFER_NEXT), FLAGS);
}

function describeRegisters(m: usize, state: usize, issue: u64): bool {
  let at = state + READY;
  const end = at + (MOST_READY << 2);
  for (let register: usize = 1; register < REGISTERS; register++) {
    const ready = load<u64>(m + TIMING_READY + (register << 3));
    if (ready >> STAMP_BITS <= issue + 1 || register == HART_SINK >> 3) continue;
    const word = stampAfter(issue, ready, 0);
    if (at == end || !told) return false;
    store<u32>(at, word | ((<u32>register) << READY_BITS));
    at += 4;
  }
  memory.fill(at, 0, end - at);
  return true;
}

function hash(state: usize): u32 {
  let sum: u32 = 0;
  for (let at: usize = 0; at < STATE_WORDS; at += 4)
    sum = rotl(sum ^ load<u32>(state + at), 11) * 0x9e37_79b1;
  return sum ^ (sum >>> 15);
}

/** The state that the model's record is in, the next instruction being at `pc`; 0 when it cannot be told. */
export function stateOf(m: usize, pc: u64): usize {
  if (next + STATE_SIZE > MEMO_STATES + MEMO_STATE_BYTES || !describe(m, pc)) return 0;
  const head = MEMO_STATE_TABLE + ((<usize>(hash(next) & (MEMO_STATE_HEADS - 1))) << 2);
  for (let state = <usize>load<u32>(head); state != 0; state = <usize>load<u32>(state, LINK)) {
    if (memory.compare(state, next, STATE_WORDS) == 0) return state;
  }
  const state = next;
  store<u32>(state, load<u32>(head), LINK);
  store<u32>(head, <u32>state);
  next += STATE_SIZE;
  return state;
}

// @ts-ignore: decorator
@inline
function stampFrom(issue: u64, word: u32): u64 {
  return word == 0 ? 0 : (issue << STAMP_BITS) + <u64>word;
}

// @ts-ignore: decorator
@inline
function cycleFrom(issue: u64, word: u32): u64 {
  return word == 0 ? 0 : issue + <u64>word;
}

// @ts-ignore: decorator
@inline
function aroundFrom(issue: u64, word: u32): u64 {
  return word == NEVER ? 0 : issue + <u64>(<i64>(<i32>word));
}

/** Puts the model's record into a state whose last instruction issued at `issue`; the next one is at `pc`. */
export function takeUp(m: usize, state: usize, issue: u64, pc: u64): void {
  const flags = load<u32>(state, FLAGS);
  const fetchAt = aroundFrom(issue, load<u32>(state, FETCH_AT));
  const cause = (flags >>> FETCH_CAUSE) & 31;
  store<u64>(m, issue, TIMING_ISSUE);
  store<u64>(m, issue + <u64>load<u32>(state, STATE_COMMIT), TIMING_COMMIT);
  store<u32>(m, flags & OPEN ? 1 : 0, TIMING_COMMITOPEN);
  store<u64>(m, fetchAt, TIMING_FETCHAT);
  store<u64>(m, fetchAt, TIMING_FETCHASKED);
  store<u32>(m, (flags >>> PUSHED) & 3, TIMING_FETCHPUSHED);
  store<u32>(m, (flags >>> PUSHED_BEFORE) & 3, TIMING_FETCHPUSHEDBEFORE);
  store<u64>(m, (pc >> 2) - (flags & NEXT_WORD ? 1 : 0), TIMING_FETCHWORD);
  store<u32>(m, cause, TIMING_FETCHCAUSE);
  store<u32>(m, flags & NEW_LINE ? 1 : 0, TIMING_FETCHNEWLINE);
  store<u64>(m, stamp(fetchAt + parameter(PIPELINE_SCANTOISSUE), <u64>cause), TIMING_FETCHSTAMP);
  store<u64>(m, aroundFrom(issue, load<u32>(state, ICACHE_FREE)), TIMING_ICACHEFREE);
  store<u64>(m, stampFrom(issue, load<u32>(state, FIXED_FREE)), TIMING_FIXEDFREE);
  store<u64>(m, stampFrom(issue, load<u32>(state, MULTIPLIER_FREE)), TIMING_MULTIPLIERFREE);
  store<u64>(m, stampFrom(issue, load<u32>(state, FLOAT_FREE)), TIMING_FLOATFREE);
  store<u64>(m, cycleFrom(issue, load<u32>(state, LSU_POP)), TIMING_LSUPOP);
  store<u64>(m, cycleFrom(issue, load<u32>(state, LSU_POP_BEFORE)), TIMING_LSUPOPBEFORE);
  store<u64>(m, flags & LSU_LAST ? issue : 0, TIMING_LSUISSUE);
  store<u64>(m, flags & BEHIND_BRANCH ? issue : 0, TIMING_BRANCHISSUE);
  store<u64>(m, cycleFrom(issue, load<u32>(state, LOAD_FREE)), TIMING_LOADFREE);
  store<u32>(m, (flags >>> LOAD_CAUSE) & 31, TIMING_LOADCAUSE);
  takeUpRings(m, state, issue);
  takeUpStores(m, state, issue);
}

/** Puts the record into the state that it is in, the next instruction being at `pc`: what cannot matter any more goes. */
export function tidy(m: usize, pc: u64): void {
  if (!describe(m, pc)) return;
  store<u32>(m, 0, TIMING_WRITECOUNT);
  // The next issue takes the place of the oldest.
  store<u64>(m + TIMING_ISSUES + ((<usize>(load<u64>(m, TIMING_COUNT) & 15)) << 3), 0);
  takeUp(m, next, load<u64>(m, TIMING_ISSUE), pc);
}

function takeUpStores(m: usize, state: usize, issue: u64): void {
  let dirty: u32 = 0;
  let sent: u32 = 0;
  for (let index: usize = 0; index < 8; index++) {
    const at = state + BUFFER + index * 6;
    const chunks = load<u16>(at);
    const back = load<u16>(at, 4);
    if (chunks != 0) dirty |= (<u32>1) << (<u32>index);
    if (back != 0) sent |= (<u32>1) << (<u32>index);
    store<u32>(m + TIMING_BUFFERCHUNKS + (index << 2), chunks);
    store<u64>(m + TIMING_BUFFERREADY + (index << 3), cycleFrom(issue, load<u16>(at, 2)));
    store<u64>(m + TIMING_BUFFERRETURN + (index << 3), cycleFrom(issue, back));
  }
  store<u32>(m, dirty, TIMING_BUFFERDIRTYSET);
  store<u32>(m, sent, TIMING_BUFFERSENTSET);
  store<u32>(m, load<u32>(state, FLAGS) >>> BUFFER_NEXT, TIMING_BUFFERNEXT);
  store<u64>(m, cycleFrom(issue, load<u16>(state, BUFFER_SEND)), TIMING_BUFFERSEND);
  const count = load<u32>(m, TIMING_STORECOUNT);
  const writes = load<u32>(m, TIMING_WRITECOUNT);
  for (let ago: u32 = 1; ago <= 8; ago++) {
    const at = (<usize>(ago - 1)) << 1;
    const index = (<usize>((count - ago) & 7)) << 3;
    store<u64>(m + TIMING_STOREGRANTS + index, cycleFrom(issue, load<u16>(state + STORE_GRANTS + at)));
    const back = cycleFrom(issue, load<u16>(state + WRITE_RETURNS + at));
    store<u64>(m + TIMING_WRITERETURNS + ((<usize>((writes - ago) & 7)) << 3), back);
    const commit = ago <= 4 ? load<u16>(state + STORE_COMMITS + at) : 0;
    store<u64>(m + TIMING_STORECOMMITS + index, cycleFrom(issue, commit));
  }
}

function takeUpRings(m: usize, state: usize, issue: u64): void {
  const count = <u32>load<u64>(m, TIMING_COUNT);
  for (let k: u32 = 1; k <= MOST_COMMITS; k++) {
    const word = load<u32>(state + COMMITS + ((<usize>(k - 1)) << 2));
    store<u64>(m + TIMING_COMMITS + ((<usize>((count - k) & 7)) << 3), stampFrom(issue, word));
  }
  for (let k: u32 = 1; k <= MOST_ISSUES; k++) {
    const word = load<u32>(state + ISSUES + ((<usize>(k - 1)) << 2));
    store<u64>(m + TIMING_ISSUES + ((<usize>((count - k) & 15)) << 3), aroundFrom(issue, word));
  }
  memory.fill(m + TIMING_READY, 0, REGISTERS << 3);
  for (let i: usize = 0; i < 2; i++) {
    const word = load<u32>(state + TARGET_POPS + (i << 2));
    store<u64>(m + TIMING_TARGETPOPS + (i << 3), aroundFrom(issue, word));
  }
  for (let at = state + READY; at < state + READY + (MOST_READY << 2); at += 4) {
    const word = load<u32>(at);
    if (word == 0) return;
    const stampWord = word & ((1 << READY_BITS) - 1);
    store<u64>(m + TIMING_READY + ((<usize>(word >>> READY_BITS)) << 3), stampFrom(issue, stampWord));
  }
}
