/**
 * Wrong paths that were followed before: what the front end reads and asks its predictors on a path, as long as all lines are
 * there. Following such a path again takes only a look at whether all answers are the same.
 */
import {
  MEMO_PATHS,
  PIPELINE_LINEBITS,
  TIMING_FETCHBASE,
  TIMING_FETCHPAGE,
  TIMING_GENERATION,
  TIMING_ICACHEFREE,
  TIMING_RAS,
} from "../../generated/layout";
import { hostAddress } from "../../mmu/physical";
import { icacheHas } from "../cache";
import { foreseeTaken, popReturn, predictIndirect, predictTaken, pushReturn } from "../predict";
import { parameter } from "../stamp";
import { fetchTranslates } from "../tlb";

/** A path: from where, how long, on which page and whether that is translated; then what is met. */
const PATH_VA: usize = 0;
const PATH_PAGE: usize = 8;
const PATH_BASE: usize = 16;
const PATH_CYCLES: usize = 24;
const PATH_TRANSLATED: usize = 28;
const PATH_HART: usize = 32;
const PATH_GENERATION: usize = 36;
const PATH_WORDS: usize = 40;
const PATH_LINES: usize = 44;
const PATH_EVENTS: usize = 48;
/** Words of code, {u32 linear address, u32 contents}. */
const WORDS: usize = 56;
const MOST_WORDS: u32 = 8;
/** Line numbers. */
const LINES: usize = 120;
const MOST_LINES: u32 = 4;
/** What predictors are asked: {u32 kind, u32 cycle from the start, u64 pc, u64 answer}. */
const EVENTS: usize = 136;
const EVENT_CYCLE: usize = 4;
const EVENT_PC: usize = 8;
const EVENT_ANSWER: usize = 16;
const EVENT_SIZE: usize = 24;
const MOST_EVENTS: u32 = 6;
const PATH_SIZE: usize = 288;
const PATHS: u32 = 512;
/** Paths from the same place, on which the predictors answered otherwise. */
const WAYS: usize = 4;

/** Kinds of events; the lowest bit is what they ask with. */
const BRANCHES: u32 = 2;
const PUSHES: u32 = 4;
const POPS: u32 = 6;
const JUMPS: u32 = 8;

/** Whether the path under way is being recorded. */
export let recording: bool = false;
let path: usize = 0;
let start: u64 = 0;
/** The way that is to be given up next. */
let oldest: u32 = 0;

/** Forgets all paths. */
export function forgetPaths(): void {
  memory.fill(MEMO_PATHS, 0, <usize>PATHS * PATH_SIZE);
}

/** Follows the path from `va` (its lowest bit says that it begins behind a transfer), asked for at `request`, to `kill`, if it is known and everything as it was. Else begins to record it. */
export function followsPath(h: usize, m: usize, va: u64, request: u64, kill: u64): bool {
  // Nothing in flight, so that times count from the request.
  if (load<u64>(m, TIMING_ICACHEFREE) > request || kill - request > 64) return false;
  const mixed = (<u32>va * 0x9e37_79b1) ^ ((<u32>(kill - request)) << 13) ^ ((<u32>m) >>> 12);
  const set = MEMO_PATHS + <usize>((mixed ^ (mixed >>> 15)) & (PATHS / <u32>WAYS - 1)) * (WAYS * PATH_SIZE);
  start = request;
  const translated: u32 = fetchTranslates(m) ? 1 : 0;
  for (path = set; path < set + WAYS * PATH_SIZE; path += PATH_SIZE) {
    const known =
      load<u64>(path, PATH_VA) == va &&
      load<u32>(path, PATH_HART) == <u32>m &&
      load<u32>(path, PATH_CYCLES) == <u32>(kill - request) &&
      load<u64>(path, PATH_PAGE) == load<u64>(m, TIMING_FETCHPAGE) &&
      load<u64>(path, PATH_BASE) == load<u64>(m, TIMING_FETCHBASE) &&
      load<u32>(path, PATH_TRANSLATED) == translated;
    if (!known) continue;
    if (!hasLines(m)) return false;
    if (isSameCode() && answersAlike(m)) return true;
  }
  oldest = (oldest + 1) & (<u32>WAYS - 1);
  path = set + <usize>oldest * PATH_SIZE;
  memory.fill(path, 0, PATH_SIZE);
  store<u64>(path, va, PATH_VA);
  store<u64>(path, load<u64>(m, TIMING_FETCHPAGE), PATH_PAGE);
  store<u64>(path, load<u64>(m, TIMING_FETCHBASE), PATH_BASE);
  store<u32>(path, <u32>(kill - request), PATH_CYCLES);
  store<u32>(path, translated, PATH_TRANSLATED);
  store<u32>(path, <u32>(load<u64>(m, TIMING_GENERATION) >> 32), PATH_GENERATION);
  recording = true;
  return false;
}

function hasLines(m: usize): bool {
  if (load<u32>(path, PATH_GENERATION) == <u32>(load<u64>(m, TIMING_GENERATION) >> 32)) return true;
  const count = load<u32>(path, PATH_LINES);
  for (let i: u32 = 0; i < count; i++) {
    if (!icacheHas(m, <u64>load<u32>(path + LINES + ((<usize>i) << 2)))) return false;
  }
  store<u32>(path, <u32>(load<u64>(m, TIMING_GENERATION) >> 32), PATH_GENERATION);
  return true;
}

function isSameCode(): bool {
  const end = path + WORDS + ((<usize>load<u32>(path, PATH_WORDS)) << 3);
  for (let at = path + WORDS; at < end; at += 8) {
    if (load<u32>(<usize>load<u32>(at)) != load<u32>(at, 4)) return forgetPath();
  }
  return true;
}

/**
 * Asks the predictors what they were asked. What that did to the return stack is undone when an answer is another; the counters of
 * branches learn by the last question only when all are answered alike.
 */
function answersAlike(m: usize): bool {
  const top = load<u64>(m, TIMING_RAS);
  const below = load<u64>(m, TIMING_RAS + 8);
  const end = path + EVENTS + <usize>load<u32>(path, PATH_EVENTS) * EVENT_SIZE;
  for (let at = path + EVENTS; at < end; at += EVENT_SIZE) {
    const kind = load<u32>(at);
    const pc = load<u64>(at, EVENT_PC);
    const how = (kind & 1) != 0;
    let answer: u64 = 0;
    switch (kind & ~1) {
      case BRANCHES: {
        answer = foreseeTaken(m, pc, start + <u64>load<u32>(at, EVENT_CYCLE), how) ? 1 : 0;
        break;
      }
      case PUSHES: {
        pushReturn(m, pc, how);
        break;
      }
      case POPS: {
        answer = popReturn(m, how);
        break;
      }
      default:
        answer = predictIndirect(m, pc);
    }
    if (answer == load<u64>(at, EVENT_ANSWER)) continue;
    store<u64>(m, top, TIMING_RAS);
    store<u64>(m, below, TIMING_RAS + 8);
    return false;
  }
  for (let at = path + EVENTS; at < end; at += EVENT_SIZE) {
    if ((load<u32>(at) & ~1) != BRANCHES) continue;
    predictTaken(m, load<u64>(at, EVENT_PC), start + <u64>load<u32>(at, EVENT_CYCLE), false);
  }
  return true;
}

function forgetPath(): bool {
  store<u32>(path, 0, PATH_HART);
  return false;
}

/** The path under way is no one to be remembered. */
export function spoilPath(): void {
  recording = false;
}

export function notePathWord(address: u64, word: u32): void {
  const count = load<u32>(path, PATH_WORDS);
  if (count == MOST_WORDS) return spoilPath();
  const at = path + WORDS + ((<usize>count) << 3);
  store<u32>(at, <u32>hostAddress(address));
  store<u32>(at, word, 4);
  store<u32>(path, count + 1, PATH_WORDS);
}

export function notePathLine(line: u64): void {
  const count = load<u32>(path, PATH_LINES);
  if (count == MOST_LINES) return spoilPath();
  store<u32>(path + LINES + ((<usize>count) << 2), <u32>line);
  store<u32>(path, count + 1, PATH_LINES);
}

function noteEvent(kind: u32, cycle: u64, pc: u64, answer: u64): void {
  const count = load<u32>(path, PATH_EVENTS);
  if (count == MOST_EVENTS) return spoilPath();
  const at = path + EVENTS + <usize>count * EVENT_SIZE;
  store<u32>(at, kind);
  store<u32>(at, <u32>(cycle - start), EVENT_CYCLE);
  store<u64>(at, pc, EVENT_PC);
  store<u64>(at, answer, EVENT_ANSWER);
  store<u32>(path, count + 1, PATH_EVENTS);
}

export function notePathBranch(pc: u64, cycle: u64, backward: bool, taken: bool): void {
  noteEvent(BRANCHES | (backward ? 1 : 0), cycle, pc, taken ? 1 : 0);
}

export function notePathPush(address: u64, replace: bool): void {
  noteEvent(PUSHES | (replace ? 1 : 0), start, address, 0);
}

export function notePathPop(keep: bool, answer: u64): void {
  noteEvent(POPS | (keep ? 1 : 0), start, 0, answer);
}

export function notePathJump(pc: u64, answer: u64): void {
  noteEvent(JUMPS, start, pc, answer);
}

/** The path has come to its end. */
export function endPath(m: usize): void {
  if (recording) store<u32>(path, <u32>m, PATH_HART);
  recording = false;
}
