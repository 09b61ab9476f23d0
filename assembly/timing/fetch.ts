/**
 * The front end: one aligned word a cycle from the instruction cache, realigned, scanned for transfers, queued. Its clock
 * (TIMING_FETCHAT) is the cycle at which a word is scanned; the word was asked for two cycles before.
 */
import {
  EVENT_ICACHE_MISS,
  EVENT_ITLB_MISS,
  PIPELINE_FETCHQUEUE,
  PIPELINE_FETCHREPLAY,
  PIPELINE_TARGETQUEUE,
  TIMING_FETCHPUSHED,
  TIMING_FETCHPUSHEDBEFORE,
  TIMING_TARGETPOPS,
  TIMING_ISSUE,
  PIPELINE_FETCHRESUME,
  PIPELINE_FLUSHTOSCAN,
  PIPELINE_ICACHEMISS,
  PIPELINE_LINEBITS,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_SCANTOISSUE,
  PIPELINE_TLBENTRIES,
  PIPELINE_WALKSTARTFETCH,
  STALL_FETCH,
  STALL_ICACHE,
  STALL_ITLB,
  STALL_TRAP,
  TIMING_COMMIT,
  TIMING_COUNT,
  TIMING_FETCHASKED,
  TIMING_FETCHAT,
  TIMING_FETCHBASE,
  TIMING_FETCHCAUSE,
  TIMING_FETCHNEWLINE,
  TIMING_FETCHPAGE,
  TIMING_FETCHSTAMP,
  TIMING_FETCHWORD,
  TIMING_ICACHEFREE,
  TIMING_ISSUES,
} from "../generated/layout";
import { icacheFill, icacheHas } from "./cache";
import { noteLine, rehearsing } from "./outcome";
import { countEvent, later, parameter, stamp } from "./stamp";
import { fetchPage, fetchTranslates, knownFetchPage, NO_PAGE, walkCycles } from "./tlb";

/** Instructions that end in one word. */
export const MOST_PUSHED: u32 = 2;

/** Stamp from which the instruction at `pc`, `length` bytes long, can issue. */
// @ts-ignore: decorator
@inline
export function fetched(h: usize, m: usize, pc: u64, length: u64): u64 {
  const word = (pc + length - 2) >> 2;
  if (word != load<u64>(m, TIMING_FETCHWORD)) scanTo(h, m, word);
  if (parameter(PIPELINE_FETCHREPLAY)) push(m, length == 4 && (pc & 2) != 0);
  return load<u64>(m, TIMING_FETCHSTAMP);
}

/** Cycle at which the instruction issued that comes `ago` before the one to be fetched. */
function issuedAgo(m: usize, ago: u32): u64 {
  const index = <u32>load<u64>(m, TIMING_COUNT) - ago;
  return load<u64>(m + TIMING_ISSUES + ((<usize>(index & 15)) << 3));
}

/**
 * Puts the next instruction, of the word that was scanned last, into the queue. When the FIFO whose turn it is is full, fetching starts
 * again from this instruction, as soon as neither FIFO is.
 */
function push(m: usize, straddles: bool): void {
  const scanned = load<u64>(m, TIMING_FETCHAT);
  const queue = <u32>parameter(PIPELINE_FETCHQUEUE);
  if (issuedAgo(m, queue + 1) >= scanned) {
    const at = later(scanned, issuedAgo(m, queue)) + (straddles ? 4 : 3);
    store<u64>(m, at, TIMING_FETCHAT);
    store<u32>(m, 0, TIMING_FETCHPUSHED);
    store<u32>(m, 0, TIMING_FETCHPUSHEDBEFORE);
    store<u32>(m, <u32>STALL_FETCH, TIMING_FETCHCAUSE);
    store<u64>(m, stamp(at + parameter(PIPELINE_SCANTOISSUE), STALL_FETCH), TIMING_FETCHSTAMP);
  }
  store<u32>(m, min<u32>(load<u32>(m, TIMING_FETCHPUSHED) + 1, MOST_PUSHED), TIMING_FETCHPUSHED);
}

/** Cycle at which the target left its queue in whose place the next one is put. */
function oldestTarget(m: usize): u64 {
  const entries = parameter(PIPELINE_TARGETQUEUE);
  return entries == 0 ? 0 : load<u64>(m + TIMING_TARGETPOPS + ((<usize>entries - 1) << 3));
}

/**
 * The transfer that issued last was scanned at `scanned` and predicted taken: its target is queued, too. Returns the cycle of the scan
 * that found room for it.
 */
export function pushTarget(m: usize, scanned: u64): u64 {
  if (parameter(PIPELINE_TARGETQUEUE) == 0) return scanned;
  const oldest = oldestTarget(m);
  if (oldest >= scanned) {
    scanned = oldest + 3;
    store<u32>(m, 1, TIMING_FETCHPUSHED);
  }
  store<u64>(m, load<u64>(m, TIMING_TARGETPOPS), TIMING_TARGETPOPS + 8);
  // It leaves with the transfer, which was decoded when the instruction before it had issued.
  store<u64>(m, later(scanned + 1, issuedAgo(m, 2)), TIMING_TARGETPOPS);
  return scanned;
}

/**
 * The cycle in which the next word is asked for: the first in which no FIFO is full. The words of the two cycles before are still on
 * their way then, and may find no room (instr_queue.sv).
 */
function nextRequest(m: usize): u64 {
  const queue = <u32>parameter(PIPELINE_FETCHQUEUE);
  const pushed = load<u32>(m, TIMING_FETCHPUSHED);
  const target = oldestTarget(m);
  let at = load<u64>(m, TIMING_FETCHAT) - 1;
  // The target of a transfer just scanned is not in its queue yet.
  const full = target >= at && !load<u32>(m, TIMING_FETCHNEWLINE);
  if (!full && issuedAgo(m, queue + pushed + load<u32>(m, TIMING_FETCHPUSHEDBEFORE)) < at) return at;
  at++;
  if (target < at && issuedAgo(m, queue + pushed) < at) return at;
  return later(at, later(target, issuedAgo(m, queue))) + 1;
}

/**
 * Scans words up to `word`, which follows the last scanned one, or the one after it. From anywhere else (a trap that the interpreter took
 * between instructions, a debugger's new pc) fetching starts anew.
 */
function scanTo(h: usize, m: usize, word: u64): void {
  if (word - load<u64>(m, TIMING_FETCHWORD) > 2) {
    const scan = load<u64>(m, TIMING_COMMIT) + parameter(PIPELINE_FLUSHTOSCAN);
    redirect(m, word << 2, later(scan, load<u64>(m, TIMING_FETCHAT) + 1), STALL_TRAP);
  }
  while (load<u64>(m, TIMING_FETCHWORD) != word) scanNext(h, m);
}

/**
 * The cycle at which the instruction that is to be fetched has room in the queue: it needs the place of one that leaves for the
 * decoder when the one before that issues.
 */
function roomInQueue(m: usize): u64 {
  const index = <u32>load<u64>(m, TIMING_COUNT) - <u32>parameter(PIPELINE_FETCHQUEUE) - 1;
  const issued = load<u64>(m + TIMING_ISSUES + ((<usize>(index & 15)) << 3));
  return issued + parameter(PIPELINE_FETCHRESUME);
}

function scanNext(h: usize, m: usize): void {
  const word = load<u64>(m, TIMING_FETCHWORD) + 1;
  const next = load<u64>(m, TIMING_FETCHAT) + 1;
  let at = parameter(PIPELINE_FETCHREPLAY) ? nextRequest(m) + 2 : later(next, roomInQueue(m));
  if (at > next) store<u32>(m, <u32>STALL_FETCH, TIMING_FETCHCAUSE);
  const free = load<u64>(m, TIMING_ICACHEFREE) + 2;
  if (free > at) {
    at = free;
    store<u32>(m, <u32>STALL_ICACHE, TIMING_FETCHCAUSE);
  }
  store<u64>(m, at, TIMING_FETCHASKED);
  const line = word >> (parameter(PIPELINE_LINEBITS) - 2);
  if (load<u32>(m, TIMING_FETCHNEWLINE) || line << (parameter(PIPELINE_LINEBITS) - 2) == word) {
    store<u32>(m, 0, TIMING_FETCHNEWLINE);
    at = readLine(h, m, word << 2, at);
  }
  store<u32>(m, at == next ? load<u32>(m, TIMING_FETCHPUSHED) : 0, TIMING_FETCHPUSHEDBEFORE);
  store<u32>(m, 0, TIMING_FETCHPUSHED);
  store<u64>(m, word, TIMING_FETCHWORD);
  store<u64>(m, at, TIMING_FETCHAT);
  const ready = at + parameter(PIPELINE_SCANTOISSUE);
  store<u64>(m, stamp(ready, <u64>load<u32>(m, TIMING_FETCHCAUSE)), TIMING_FETCHSTAMP);
}

/** Cycles that the last translation of a new page took. */
let itlbCycles: u64 = 0;

/** Physical address of the code at `va`; `itlbCycles` is set on a new page. */
function fetchAddress(h: usize, m: usize, va: u64): u64 {
  const page = va & ~0xfff;
  if (page != load<u64>(m, TIMING_FETCHPAGE)) {
    let base = page;
    itlbCycles = 0;
    if (parameter(PIPELINE_TLBENTRIES) != 0 && fetchTranslates(m)) {
      base = fetchPage(h, m, va, parameter(PIPELINE_WALKSTARTFETCH));
      itlbCycles = walkCycles;
    }
    store<u64>(m, page, TIMING_FETCHPAGE);
    store<u64>(m, base, TIMING_FETCHBASE);
  }
  return load<u64>(m, TIMING_FETCHBASE) | (va & 0xfff);
}

/** Goes over to the page of code at `va` when that takes no walk; false when it does. */
export function seesPage(h: usize, m: usize, va: u64): bool {
  let base = va & ~0xfff;
  if (parameter(PIPELINE_TLBENTRIES) != 0 && fetchTranslates(m)) base = knownFetchPage(m, va);
  if (base == NO_PAGE) return false;
  store<u64>(m, va & ~0xfff, TIMING_FETCHPAGE);
  store<u64>(m, base, TIMING_FETCHBASE);
  return true;
}

/** The first word of a line, to be scanned at `at` if all goes well: returns when it is. */
function readLine(h: usize, m: usize, va: u64, at: u64): u64 {
  if (rehearsing) {
    noteLine(va);
    return at;
  }
  const page = load<u64>(m, TIMING_FETCHPAGE);
  const address = fetchAddress(h, m, va);
  if (page != load<u64>(m, TIMING_FETCHPAGE) && itlbCycles > 0) {
    countEvent(m, EVENT_ITLB_MISS);
    at += itlbCycles;
    store<u32>(m, <u32>STALL_ITLB, TIMING_FETCHCAUSE);
  }
  const line = address >> parameter(PIPELINE_LINEBITS);
  if (icacheHas(m, line)) return at;
  icacheFill(m, line);
  countEvent(m, EVENT_ICACHE_MISS);
  at += parameter(PIPELINE_ICACHEMISS) + parameter(PIPELINE_MEMORYLATENCY);
  store<u64>(m, at, TIMING_ICACHEFREE);
  store<u32>(m, <u32>STALL_ICACHE, TIMING_FETCHCAUSE);
  return at;
}

/** Goes on at `target`, whose first word is scanned at `at`. */
export function redirect(m: usize, target: u64, at: u64, cause: u64): void {
  store<u64>(m, (target >> 2) - 1, TIMING_FETCHWORD);
  store<u64>(m, at - 1, TIMING_FETCHAT);
  store<u32>(m, <u32>cause, TIMING_FETCHCAUSE);
  store<u32>(m, 1, TIMING_FETCHNEWLINE);
  store<u32>(m, load<u32>(m, TIMING_FETCHPUSHED), TIMING_FETCHPUSHEDBEFORE);
  store<u32>(m, 0, TIMING_FETCHPUSHED);
}
