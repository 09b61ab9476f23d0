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
  PIPELINE_ALULATENCY,
  PIPELINE_DIVIDEBITLATENCY,
  PIPELINE_DIVIDELATENCY,
  PIPELINE_DIVIDEZEROLATENCY,
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
  TIMING_FETCHAT,
  TIMING_FIXEDFREE,
  TIMING_MULTIPLIERFREE,
} from "../generated/layout";
import { SLOT_IMM, SLOT_RD, SLOT_RS1 } from "../block/slot";
import { fetched, redirect } from "./fetch";
import { commit, COMMIT_EITHER, issue, operands, result } from "./issue";
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
const PREDICT_TABLES: u64 = 2;

export function retireAlu(h: usize, m: usize, slot: usize, pc: u64, length: u64): i32 {
  countEvent(m, EVENT_INTEGER);
  const at = issue(
    m,
    later(later(fetched(h, m, pc, length), operands(m, slot)), load<u64>(m, TIMING_FIXEDFREE)),
  );
  const done = at + parameter(PIPELINE_ALULATENCY);
  result(m, slot, stamp(done, STALL_ALU));
  return commit(m, done + 1, COMMIT_EITHER, STALL_STRUCTURAL);
}

export function retireMultiply(h: usize, m: usize, slot: usize, pc: u64, length: u64): i32 {
  countEvent(m, EVENT_INTEGER);
  const free = load<u64>(m, TIMING_MULTIPLIERFREE);
  const at = issue(m, later(later(fetched(h, m, pc, length), operands(m, slot)), free));
  const done = at + parameter(PIPELINE_MULTIPLYLATENCY);
  result(m, slot, stamp(done, STALL_MULTIPLY));
  store<u64>(m, stamp(at + parameter(PIPELINE_MULTIPLYBLOCKS), STALL_STRUCTURAL), TIMING_FIXEDFREE);
  return commit(m, done + 1, COMMIT_EITHER, STALL_MULTIPLY);
}

/** Bits by which the divisor is shifted before dividing; -1 when the quotient is known at once. */
function divideShift(a: u64, b: u64, isSigned: bool, isWord: bool): i64 {
  if (isWord) {
    a = isSigned ? <u64>(<i64>(<i32>a)) : <u64>(<u32>a);
    b = isSigned ? <u64>(<i64>(<i32>b)) : <u64>(<u32>b);
  }
  if (b == 0 || (isSigned && <i64>b == -1)) return -1;
  const left = isSigned && <i64>a < 0 ? (~a << 1) | 1 : a;
  const right = isSigned && <i64>b < 0 ? ~b : b;
  return <i64>clz<u64>(right) - <i64>clz<u64>(left);
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
  const at = issue(m, later(later(fetched(h, m, pc, length), operands(m, slot)), free));
  const shift = divideShift(a, b, isSigned, isWord);
  let done = at;
  if (shift < 0) done += parameter(PIPELINE_DIVIDEZEROLATENCY);
  else done += parameter(PIPELINE_DIVIDELATENCY) + <u64>shift * parameter(PIPELINE_DIVIDEBITLATENCY);
  result(m, slot, stamp(done, STALL_DIVIDE));
  store<u64>(m, stamp(done + 1, STALL_DIVIDE), TIMING_FIXEDFREE);
  store<u64>(m, stamp(done + 1, STALL_DIVIDE), TIMING_MULTIPLIERFREE);
  return commit(m, done + 1, COMMIT_EITHER, STALL_DIVIDE);
}

/**
 * Resolves a transfer that issued at `at` and was scanned at `scanned`: fetching goes on at `next`. `predicted` is where the
 * front end went, NO_TARGET if just on to `sequel`.
 */
function resolve(h: usize, m: usize, next: u64, at: u64, scanned: u64, predicted: u64, sequel: u64): void {
  if (predicted == next) {
    redirect(m, next, scanned + parameter(PIPELINE_TAKENBUBBLE), STALL_FETCH);
    return;
  }
  countEvent(m, EVENT_MISPREDICT);
  const kill = at + 1;
  // The sequel may stand in the word that was just scanned.
  if (predicted == NO_TARGET) wrongPath(h, m, sequel, sequel & 2 ? scanned - 2 : scanned - 1, kill);
  else wrongPath(h, m, predicted, scanned, kill);
  redirect(m, next, kill + parameter(PIPELINE_REDIRECTTOSCAN), STALL_MISPREDICT);
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
  const at = issue(m, later(later(ready, operands(m, slot)), load<u64>(m, TIMING_FIXEDFREE)));
  const sequel = pc + length;
  const next = taken ? target : sequel;
  const predictor = parameter(PIPELINE_PREDICTOR);
  if (predictor == PREDICT_TABLES) {
    const predicted = predictTaken(m, pc, scanned, load<i64>(slot, SLOT_IMM) < 0);
    learn(m, pc, taken, at + 2);
    if (predicted || taken) resolve(h, m, next, at, scanned, predicted ? target : NO_TARGET, sequel);
  } else if (taken) {
    resolve(h, m, next, at, scanned, predictor == PREDICT_NEVER ? NO_TARGET : target, sequel);
  }
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}

// @ts-ignore: decorator
@inline
function isLink(register: usize): bool {
  return register == 1 << 3 || register == 5 << 3;
}

/** jal. */
export function retireJump(h: usize, m: usize, slot: usize, pc: u64, length: u64, target: u64): i32 {
  countEvent(m, EVENT_BRANCH);
  const ready = fetched(h, m, pc, length);
  const scanned = load<u64>(m, TIMING_FETCHAT);
  const at = issue(m, later(ready, load<u64>(m, TIMING_FIXEDFREE)));
  result(m, slot, stamp(at + parameter(PIPELINE_ALULATENCY), STALL_ALU));
  if (isLink(<usize>load<u16>(slot, SLOT_RD))) {
    countEvent(m, EVENT_CALL);
    pushReturn(m, pc + length, false);
  }
  if (parameter(PIPELINE_PREDICTOR) == PREDICT_NEVER) {
    resolve(h, m, target, at, scanned, NO_TARGET, pc + length);
  } else redirect(m, target, scanned + parameter(PIPELINE_TAKENBUBBLE), STALL_FETCH);
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}

/** jalr. `rd` and `rs1` tell calls and returns (unprivileged manual, section 2.5). */
export function retireIndirect(h: usize, m: usize, slot: usize, pc: u64, length: u64, target: u64): i32 {
  countEvent(m, EVENT_BRANCH);
  const ready = fetched(h, m, pc, length);
  const scanned = load<u64>(m, TIMING_FETCHAT);
  const at = issue(m, later(later(ready, operands(m, slot)), load<u64>(m, TIMING_FIXEDFREE)));
  result(m, slot, stamp(at + parameter(PIPELINE_ALULATENCY), STALL_ALU));
  const rd = <usize>load<u16>(slot, SLOT_RD);
  const rs1 = <usize>load<u16>(slot, SLOT_RS1);
  const call = isLink(rd);
  // c.jalr is a call only; the longer form with another link register returns, too.
  const back = isLink(rs1) && rs1 != rd && !(call && length == 2);
  const sequel = pc + length;
  const predictor = parameter(PIPELINE_PREDICTOR);
  let predicted = predictor == PREDICT_NEVER ? NO_TARGET : target;
  if (predictor == PREDICT_TABLES) {
    predicted = back ? popReturn(m, call) : predictIndirect(m, pc);
    if (call) pushReturn(m, sequel, back);
    if (!back && predicted != target) learnIndirect(m, pc, target);
  }
  if (call) countEvent(m, EVENT_CALL);
  if (back) countEvent(m, EVENT_RETURN);
  resolve(h, m, target, at, scanned, predicted, sequel);
  return commit(m, at + 2, COMMIT_EITHER, STALL_STRUCTURAL);
}
