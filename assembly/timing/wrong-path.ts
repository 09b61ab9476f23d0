/**
 * What the front end does on a path that is thrown away: behind a mispredicted transfer until it is resolved, behind an instruction that
 * flushes the pipeline until it commits. Such fetches miss the instruction cache, and calls and returns that are scanned move the
 * return stack, which nothing repairs. The code there is read from memory: no instruction of it retires.
 */
import {
  EVENT_ICACHE_MISS,
  PIPELINE_FETCHQUEUE,
  PIPELINE_ICACHEMISS,
  PIPELINE_ICACHESETS,
  PIPELINE_LINEBITS,
  PIPELINE_MEMORYLATENCY,
  PIPELINE_PREDICTOR,
  TIMING_FETCHAT,
  TIMING_FETCHBASE,
  TIMING_FETCHPAGE,
  TIMING_ICACHEFREE,
  TIMING_ISSUE,
} from "../generated/layout";
import { isMemory, readMemory } from "../mmu/physical";
import { icacheFill, icacheHas } from "./cache";
import { noting } from "../trace/notes";
import { traceKilled } from "../trace/record";
import {
  endPath,
  followsPath,
  notePathBranch,
  notePathJump,
  notePathLine,
  notePathPop,
  notePathPush,
  notePathWord,
  recording,
  spoilPath,
} from "./memo/paths";
import { remembering } from "./outcome";
import { NO_TARGET, popReturn, predictIndirect, predictTaken, pushReturn } from "./predict";
import { countEvent, later, parameter } from "./stamp";
import { fetchTranslates } from "./tlb";

/** Physical address of code near the last page that was fetched; all ones when that would take the TLB. */
export function addressOf(h: usize, m: usize, va: u64): u64 {
  if ((va & ~0xfff) == load<u64>(m, TIMING_FETCHPAGE)) return load<u64>(m, TIMING_FETCHBASE) | (va & 0xfff);
  return fetchTranslates(m) ? ~0 : va;
}

/** Bits `high`..`low` of an instruction, moved to bit `to`. */
// @ts-ignore: decorator
@inline
function bits(insn: u32, high: u32, low: u32, to: u32): u32 {
  return ((insn >>> low) & (((<u32>1) << (high - low + 1)) - 1)) << to;
}

function isLink(register: u32): bool {
  return register == 1 || register == 5;
}

/** Predictors, asked on a wrong path. */
function branchTaken(m: usize, pc: u64, cycle: u64, backward: bool): bool {
  const taken = predictTaken(m, pc, cycle, backward);
  if (recording) notePathBranch(pc, cycle, backward, taken);
  return taken;
}

/** Whether the scanned word has a transfer that was not followed: what stands behind it in that word leaves the return stack alone. */
let frozen: bool = false;

function push(m: usize, address: u64, replace: bool): void {
  if (frozen) return;
  pushReturn(m, address, replace);
  if (recording) notePathPush(address, replace);
}

function pop(m: usize, keep: bool): u64 {
  keep = keep || frozen;
  const target = popReturn(m, keep);
  if (recording) notePathPop(keep, target);
  return target;
}

function indirectTarget(m: usize, pc: u64): u64 {
  const target = predictIndirect(m, pc);
  if (recording) notePathJump(pc, target);
  return target;
}

/** Where the front end goes after scanning `insn` at `pc` in `cycle`: NO_TARGET for just on. */
function predict(m: usize, pc: u64, insn: u32, cycle: u64): u64 {
  if ((insn & 3) != 3) return predictCompressed(m, pc, insn, cycle);
  switch (insn & 0x7f) {
    case 0x63: {
      const low =
        bits(insn, 11, 8, 1) | bits(insn, 30, 25, 5) | bits(insn, 7, 7, 11) | bits(insn, 31, 31, 12);
      const distance = <i64>((<i32>(low << 19)) >> 19);
      return branchTaken(m, pc, cycle, distance < 0) ? pc + <u64>distance : NO_TARGET;
    }
    case 0x6f: {
      const low =
        bits(insn, 30, 21, 1) | bits(insn, 20, 20, 11) | bits(insn, 19, 12, 12) | bits(insn, 31, 31, 20);
      if (isLink((insn >>> 7) & 31)) push(m, pc + 4, false);
      return pc + <u64>(<i64>((<i32>(low << 11)) >> 11));
    }
    case 0x67:
      return predictRegister(m, pc, (insn >>> 7) & 31, (insn >>> 15) & 31, 4);
  }
  return NO_TARGET;
}

function predictCompressed(m: usize, pc: u64, insn: u32, cycle: u64): u64 {
  const kind = (insn & 3) | ((insn >>> 11) & 28);
  if (kind == 0x15) {
    const low = bits(insn, 5, 3, 1) | bits(insn, 11, 11, 4) | bits(insn, 2, 2, 5) | bits(insn, 7, 7, 6);
    const high = bits(insn, 6, 6, 7) | bits(insn, 10, 9, 8) | bits(insn, 8, 8, 10) | bits(insn, 12, 12, 11);
    return pc + <u64>(<i64>((<i32>((low | high) << 20)) >> 20));
  }
  if (kind == 0x19 || kind == 0x1d) {
    const low = bits(insn, 4, 3, 1) | bits(insn, 11, 10, 3) | bits(insn, 2, 2, 5);
    const high = bits(insn, 6, 5, 6) | bits(insn, 12, 12, 8);
    const distance = <i64>((<i32>((low | high) << 23)) >> 23);
    return branchTaken(m, pc, cycle, distance < 0) ? pc + <u64>distance : NO_TARGET;
  }
  if ((insn & 0xe07f) == 0x8002 && (insn & 0xf80) != 0) {
    return predictRegister(m, pc, (insn >>> 12) & 1, (insn >>> 7) & 31, 2);
  }
  return NO_TARGET;
}

function predictRegister(m: usize, pc: u64, rd: u32, rs1: u32, length: u64): u64 {
  const call = isLink(rd);
  const back = isLink(rs1) && rs1 != rd && !(call && length == 2);
  const predicted = back ? pop(m, call) : indirectTarget(m, pc);
  if (call) push(m, pc + length, back);
  return predicted;
}

/** Whether a compressed instruction is a branch or a jump to a register. */
function isBranchOrJump(half: u32): bool {
  return (half & 0xc003) == 0xc001 || ((half & 0xe07f) == 0x8002 && (half & 0xf80) != 0);
}

/** What `followPath` does, from memory where that is allowed and knows the path. */
export function wrongPath(h: usize, m: usize, va: u64, request: u64, kill: u64, behind: bool): void {
  if (parameter(PIPELINE_ICACHESETS) == 0 || parameter(PIPELINE_PREDICTOR) != 2) {
    if (noting) straightOn(h, m, va, request, kill);
    return;
  }
  if (remembering && followsPath(h, m, behind ? va | 1 : va, request, kill)) return;
  followPath(h, m, va, request, kill, behind);
  endPath(m);
}

/**
 * Fetches from `va`, whose word is asked for at `request`, until `kill`. A miss that was sent keeps the cache busy until its answer,
 * and fills only when that comes before the kill. `behind` tells that a transfer stands before `va` in its word.
 */
function followPath(h: usize, m: usize, va: u64, request: u64, kill: u64, behind: bool): void {
  const room = parameter(PIPELINE_FETCHQUEUE);
  if (!(va & 2)) request = later(request, load<u64>(m, TIMING_ICACHEFREE));
  let count: u64 = 0;
  let line = ~(<u64>0);
  let pending: u32 = 0;
  let hasPending = false;
  // One more than the queue holds waits in the decoder.
  while (request + 1 < kill && count <= room) {
    const address = addressOf(h, m, va & ~3);
    if (!isMemory(address, 4)) return;
    let scan = request + 2;
    const next = address >> parameter(PIPELINE_LINEBITS);
    if (next != line) {
      line = next;
      if (recording) notePathLine(line);
      if (!icacheHas(m, line)) {
        if (recording) spoilPath();
        countEvent(m, EVENT_ICACHE_MISS);
        const answer = request + 1 + parameter(PIPELINE_ICACHEMISS) + parameter(PIPELINE_MEMORYLATENCY);
        store<u64>(m, answer + 1, TIMING_ICACHEFREE);
        if (answer >= kill) return;
        icacheFill(m, line);
        scan = answer + 1;
      }
    }
    if (scan > kill) return;
    const word = <u32>readMemory(address, 4);
    if (recording) notePathWord(address, word);
    let target = NO_TARGET;
    frozen = behind;
    behind = false;
    // An instruction that began in the word before ends in this one.
    if (hasPending) {
      const insn = pending | (word << 16);
      target = predict(m, va - 2, insn, scan - 1);
      frozen = (insn & 0x7f) == 0x63 || (insn & 0x7f) == 0x67;
      if (noting) traceKilled(h, va - 2, insn, request + 2, scan, kill + 1, kill);
      hasPending = false;
      va += 2;
      count++;
    }
    while (target == NO_TARGET) {
      const at = va;
      let half = word >>> (<u32>(va & 2) * 8);
      if ((half & 3) != 3) {
        half &= 0xffff;
        target = predict(m, va, half, scan);
        frozen = isBranchOrJump(half);
        va += 2;
      } else if (va & 2) {
        pending = half & 0xffff;
        hasPending = true;
        va += 2;
        break;
      } else {
        target = predict(m, va, half, scan);
        va += 4;
      }
      if (noting) traceKilled(h, at, half, request + 2, scan, kill + 1, kill);
      count++;
      if ((va & 3) == 0) break;
    }
    if (target != NO_TARGET) {
      va = target;
      request = scan;
      hasPending = false;
    } else request = scan - 1;
    request = later(request, load<u64>(m, TIMING_ICACHEFREE));
  }
}

/**
 * Where neither a cache nor a prediction remembers what is fetched in vain, it matters to traces alone: instructions follow
 * the one that issued last, a cycle apart, as far as the queue lets them.
 */
function straightOn(h: usize, m: usize, va: u64, request: u64, kill: u64): void {
  // An instruction has its place in the queue, or the one of the stage before issue, when the one before it issues.
  const ahead = parameter(PIPELINE_FETCHQUEUE);
  let scan = request + 2;
  let before = load<u64>(m, TIMING_ISSUE);
  for (;;) {
    scan = later(scan, before > ahead ? before - ahead : 0);
    const address = addressOf(h, m, va);
    if (scan > kill || !isMemory(address, 4)) return;
    const word = <u32>readMemory(address, 4);
    const wide = (word & 3) == 3;
    before++;
    traceKilled(h, va, wide ? word : word & 0xffff, scan, scan, before, kill);
    va += wide ? 4 : 2;
    scan++;
  }
}

/** The same behind the last scanned instruction, which ends at `sequel` and flushes the pipeline at `kill`. */
export function behindFlush(h: usize, m: usize, sequel: u64, kill: u64): void {
  const scanned = load<u64>(m, TIMING_FETCHAT);
  wrongPath(h, m, sequel, sequel & 2 ? scanned - 2 : scanned - 1, kill, false);
}
