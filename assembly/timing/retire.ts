/**
 * What the timed interpreter calls: one function for each timing class, with what retired. Each returns how many cycles guest
 * time advances: the distance between commits.
 */
import {
  EVENT_BRANCH,
  EVENT_CALL,
  EVENT_INTEGER,
  EVENT_MISPREDICT,
  EVENT_RETURN,
  HART_SINK,
  PIPELINE_ALULATENCY,
  PIPELINE_DIVIDEBITLATENCY,
  PIPELINE_DIVIDELATENCY,
  PIPELINE_DIVIDEZEROLATENCY,
  PIPELINE_FLUSHTOSCAN,
  PIPELINE_MULTIPLYBLOCKS,
  PIPELINE_MULTIPLYLATENCY,
  PIPELINE_PREDICTOR,
  PIPELINE_REDIRECTTOSCAN,
  PIPELINE_TAKENBUBBLE,
  STALL_ALU,
  STALL_DIVIDE,
  STALL_FETCH,
  STALL_MISPREDICT,
  STALL_MULTIPLY,
  STALL_STRUCTURAL,
  TIMING_BRANCHISSUE,
  TIMING_FETCHAT,
  TIMING_FETCHPUSHED,
  TIMING_FIXEDFREE,
  TIMING_ICACHEFREE,
  TIMING_ISSUE,
  TIMING_MULTIPLIERFREE,
} from "../generated/layout";
import { SLOT_IMM, SLOT_RD, SLOT_RS1 } from "../block/slot";
import { fetched, MOST_PUSHED, pushTarget, redirect } from "./fetch";
import { commit, COMMIT_EITHER, issue, operands, result } from "./issue";
import { couldMeet, decided, givenOutcome, rehearsing, storesMet } from "./outcome";
import {
  learn,
  learnIndirect,
  NO_TARGET,
  popReturn,
  predictIndirect,
  predictTaken,
  pushReturn,
} from "./predict";
import { countEvent, later, parameter, stamp } from "./stamp";
import { wrongPath } from "./wrong-path";

const PREDICT_NEVER: u64 = 1;
export const PREDICT_TABLES: u64 = 2;

export function retireAlu(h: usize, m: usize, slot: usize, pc: u64, length: u64): i32 {
  countEvent(m, EVENT_INTEGER);
  const at = issue(m, fetched(h, m, pc, length), operands(m, slot), load<u64>(m, TIMING_FIXEDFREE));
  const done = at + parameter(PIPELINE_ALULATENCY);
  result(m, slot, stamp(done, STALL_ALU));
  return commit(m, done + 1, COMMIT_EITHER, STALL_STRUCTURAL);
}

export function retireMultiply(h: usize, m: usize, slot: usize, pc: u64, length: u64): i32 {
  countEvent(m, EVENT_INTEGER);
  const free = load<u64>(m, TIMING_MULTIPLIERFREE);
  const at = issue(m, fetched(h, m, pc, length), operands(m, slot), free);
  const done = at + parameter(PIPELINE_MULTIPLYLATENCY);
  result(m, slot, stamp(done, STALL_MULTIPLY));
  store<u64>(m, stamp(at + parameter(PIPELINE_MULTIPLYBLOCKS), STALL_STRUCTURAL), TIMING_FIXEDFREE);
  return commit(m, done + 1, COMMIT_EITHER, STALL_MULTIPLY);
}

/** What operands mean for a division: 1 plus the bits by which the divisor is shifted before, 0 when the quotient is known at once. */
export function divideOutcome(a: u64, b: u64, isSigned: bool, isWord: bool): u64 {
  if (isWord) {
    a = isSigned ? <u64>(<i64>(<i32>a)) : <u64>(<u32>a);
    b = isSigned ? <u64>(<i64>(<i32>b)) : <u64>(<u32>b);
  }
  if (b == 0 || (isSigned && <i64>b == -1)) return 0;
  const left = isSigned && <i64>a < 0 ? (~a << 1) | 1 : a;
  const right = isSigned && <i64>b < 0 ? ~b : b;
  const shift = <i64>clz<u64>(right) - <i64>clz<u64>(left);
  return shift < 0 ? 0 : <u64>shift + 1;
}

/** `a` and `b` are the operands. */
export function retireDivide(
  h: usize,
  m: usize,
  slot: usize,
  pc: u64,
  length: u64,
  a: u64,
  b: u64,
  isSigned: bool,
  isWord: bool,
): i32 {
  countEvent(m, EVENT_INTEGER);
  const free = load<u64>(m, TIMING_MULTIPLIERFREE);
  const at = issue(m, fetched(h, m, pc, length), operands(m, slot), free);
  const outcome = rehearsing ? givenOutcome : divideOutcome(a, b, isSigned, isWord);
  let done = at;
  if (outcome == 0) done += parameter(PIPELINE_DIVIDEZEROLATENCY);
  else done += parameter(PIPELINE_DIVIDELATENCY) + (outcome - 1) * parameter(PIPELINE_DIVIDEBITLATENCY);
  result(m, slot, stamp(done, STALL_DIVIDE));
  store<u64>(m, stamp(done + 1, STALL_DIVIDE), TIMING_FIXEDFREE);
  store<u64>(m, stamp(done + 1, STALL_DIVIDE), TIMING_MULTIPLIERFREE);
  return commit(m, done + 1, COMMIT_EITHER, STALL_DIVIDE);
}

/** Outcomes of transfers: on to the sequel as predicted, to another place as predicted, elsewhere than predicted. */
const SEQUEL: u64 = 0;
export const PREDICTED: u64 = 1;
/** With a bit for a taken branch, and shifted left over that how long a wrong fetch keeps the instruction cache from what comes next, in cycles. */
const MISPREDICTED: u64 = 2;
const TAKEN: u64 = 4;
const BUSY: u64 = 3;

/**
 * Compares where the front end went (`predicted`, NO_TARGET if just on to `sequel`) with `next`, to which a transfer that was
 * scanned at `scanned` and issued at `at` leads.
 */
function resolve(h: usize, m: usize, next: u64, at: u64, scanned: u64, predicted: u64, sequel: u64): u64 {
  if (predicted == next) return PREDICTED;
  countEvent(m, EVENT_MISPREDICT);
  const kill = at + 1;
  // The sequel may stand in the word that was just scanned.
  const isNear = (sequel & 2) != 0;
  if (predicted == NO_TARGET) wrongPath(h, m, sequel, isNear ? scanned - 2 : scanned - 1, kill, isNear);
  else wrongPath(h, m, predicted, scanned, kill, false);
  const free = load<u64>(m, TIMING_ICACHEFREE) + 3;
  const scan = kill + soonestScan();
  return MISPREDICTED | (free > scan ? (free - scan) << BUSY : 0);
}

/** Cycles from a kill to the next scan, be it of the right word or of an interrupt's handler. */
function soonestScan(): u64 {
  return min<u64>(parameter(PIPELINE_REDIRECTTOSCAN), parameter(PIPELINE_FLUSHTOSCAN));
}

/** Fetching goes on at `next`, if it does not just go on. */
function transfer(m: usize, outcome: u64, next: u64, at: u64, scanned: u64): void {
  if (outcome == SEQUEL) return;
  if (outcome == PREDICTED) {
    redirect(m, next, pushTarget(m, scanned) + parameter(PIPELINE_TAKENBUBBLE), STALL_FETCH);
    return;
  }
  const kill = at + 1;
  if (rehearsing && outcome >> BUSY > 0) {
    store<u64>(m, kill + soonestScan() - 3 + (outcome >> BUSY), TIMING_ICACHEFREE);
  }
  redirect(m, next, kill + parameter(PIPELINE_REDIRECTTOSCAN), STALL_MISPREDICT);
}

/** The outcome of the branch at `pc` that was scanned at `scanned` and issued at `at`. */
export function branchOutcome(
  h: usize,
  m: usize,
  slot: usize,
  pc: u64,
  length: u64,
  target: u64,
  taken: bool,
  at: u64,
  scanned: u64,
): u64 {
  const sequel = pc + length;
  const predictor = parameter(PIPELINE_PREDICTOR);
  if (predictor == PREDICT_TABLES) {
    // One that lies across two words is predicted as the second one comes in, a cycle before its scan (frontend.sv, bht_q).
    const asked = scanned - (length == 4 ? (pc >> 1) & 1 : 0);
    const predicted = predictTaken(m, pc, asked, load<i64>(slot, SLOT_IMM) < 0);
    learn(m, pc, taken, scanned, at + 2);
    if (!predicted && !taken) return SEQUEL;
    const outcome = resolve(
      h,
      m,
      taken ? target : sequel,
      at,
      scanned,
      predicted ? target : NO_TARGET,
      sequel,
    );
    return taken && outcome != PREDICTED ? outcome | TAKEN : outcome;
  }
  if (!taken) return SEQUEL;
  return resolve(h, m, target, at, scanned, predictor == PREDICT_NEVER ? NO_TARGET : target, sequel);
}

/** A conditional branch to `target`. */
export function retireBranch(
  h: usize,
  m: usize,
  slot: usize,
  pc: u64,
  length: u64,
  target: u64,
  taken: bool,
): i32 {
  countEvent(m, EVENT_BRANCH);
  const ready = fetched(h, m, pc, length);
  const scanned = load<u64>(m, TIMING_FETCHAT);
  const at = issue(m, ready, operands(m, slot), load<u64>(m, TIMING_FIXEDFREE));
  decided(at, scanned);
  const outcome = rehearsing
    ? givenOutcome
    : branchOutcome(h, m, slot, pc, length, target, taken, at, scanned);
  transfer(m, outcome, taken ? target : pc + length, at, scanned);
  if (outcome == SEQUEL) store<u64>(m, at, TIMING_BRANCHISSUE);
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}

/**
 * Whether a jump at `pc`, just fetched, leaves the return stack alone: it is the second instruction of its word, and the first is a branch that
 * was not predicted taken (frontend.sv: the lower one decides about push and pop).
 */
function standsBehindBranch(m: usize, pc: u64): bool {
  return (
    (pc & 2) != 0 &&
    load<u32>(m, TIMING_FETCHPUSHED) == MOST_PUSHED &&
    load<u64>(m, TIMING_BRANCHISSUE) == load<u64>(m, TIMING_ISSUE)
  );
}

// @ts-ignore: decorator
@inline
function isLink(register: usize): bool {
  return register == 1 << 3 || register == 5 << 3;
}

/** A direct jump that keeps its return address enters it into the return stack. */
// @ts-ignore: decorator
@inline
export function pushDirect(m: usize, slot: usize, sequel: u64): void {
  if (isLink(<usize>load<u16>(slot, SLOT_RD))) pushReturn(m, sequel, false);
}

/** jal. */
export function retireJump(h: usize, m: usize, slot: usize, pc: u64, length: u64, target: u64): i32 {
  countEvent(m, EVENT_BRANCH);
  const ready = fetched(h, m, pc, length);
  const scanned = load<u64>(m, TIMING_FETCHAT);
  const at = issue(m, ready, 0, load<u64>(m, TIMING_FIXEDFREE));
  result(m, slot, stamp(at + parameter(PIPELINE_ALULATENCY), STALL_ALU));
  if (isLink(<usize>load<u16>(slot, SLOT_RD))) countEvent(m, EVENT_CALL);
  if (!rehearsing) pushDirect(m, slot, pc + length);
  let outcome = PREDICTED;
  if (parameter(PIPELINE_PREDICTOR) == PREDICT_NEVER) {
    outcome = resolve(h, m, target, at, scanned, NO_TARGET, pc + length);
  }
  transfer(m, outcome, target, at, scanned);
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}

/** Whether a jalr pushes its return address, and whether it pops one (unprivileged manual, section 2.5). */
function isCall(slot: usize): bool {
  return isLink(<usize>load<u16>(slot, SLOT_RD));
}

function isReturn(slot: usize, length: u64): bool {
  const rd = <usize>load<u16>(slot, SLOT_RD);
  const rs1 = <usize>load<u16>(slot, SLOT_RS1);
  // c.jalr is a call only; the longer form with another link register returns, too.
  return isLink(rs1) && rs1 != rd && !(isLink(rd) && length == 2);
}

/** The outcome of the jalr at `pc` that was scanned at `scanned` and issued at `at`; with `frozen` the return stack stays as it is. */
export function indirectOutcome(
  h: usize,
  m: usize,
  slot: usize,
  pc: u64,
  length: u64,
  target: u64,
  at: u64,
  scanned: u64,
  frozen: bool,
): u64 {
  const sequel = pc + length;
  const predictor = parameter(PIPELINE_PREDICTOR);
  let predicted = predictor == PREDICT_NEVER ? NO_TARGET : target;
  if (predictor == PREDICT_TABLES) {
    const call = isCall(slot);
    const back = isReturn(slot, length);
    predicted = back ? popReturn(m, call || frozen) : predictIndirect(m, pc);
    if (call && !frozen) pushReturn(m, sequel, back);
    if (!back && predicted != target) learnIndirect(m, pc, target);
  }
  return resolve(h, m, target, at, scanned, predicted, sequel);
}

/** jalr. */
export function retireIndirect(h: usize, m: usize, slot: usize, pc: u64, length: u64, target: u64): i32 {
  countEvent(m, EVENT_BRANCH);
  const ready = fetched(h, m, pc, length);
  const scanned = load<u64>(m, TIMING_FETCHAT);
  couldMeet(standsBehindBranch(m, pc) ? 1 : 0, 0);
  const at = issue(m, ready, operands(m, slot), load<u64>(m, TIMING_FIXEDFREE));
  result(m, slot, stamp(at + parameter(PIPELINE_ALULATENCY), STALL_ALU));
  if (isCall(slot)) countEvent(m, EVENT_CALL);
  // Every jump to a register that keeps no return address counts (perf_counters.sv).
  if (<usize>load<u16>(slot, SLOT_RD) == HART_SINK) countEvent(m, EVENT_RETURN);
  decided(at, scanned);
  const outcome = rehearsing
    ? givenOutcome
    : indirectOutcome(h, m, slot, pc, length, target, at, scanned, storesMet != 0);
  transfer(m, outcome, target, at, scanned);
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}
