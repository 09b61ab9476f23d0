/** Floating-point arithmetic: a pipelined unit, and a divider beside it that takes one operation at a time. */
import {
  EVENT_FLOATING_POINT,
  PIPELINE_FLOATDIVIDEOVERLAP,
  STALL_FLOAT,
  TIMING_FLOATFREE,
  TIMING_READY,
} from "../generated/layout";
import { HART_F } from "../generated/layout";
import { rawInstruction } from "../block/slot";
import { fetched } from "./fetch";
import { commit, COMMIT_EITHER, issue, operands, result } from "./issue";
import { countEvent, later, parameter, stamp } from "./stamp";

function complete(m: usize, slot: usize, done: u64): i32 {
  countEvent(m, EVENT_FLOATING_POINT);
  result(m, slot, stamp(done, STALL_FLOAT));
  return commit(m, done + 1, COMMIT_EITHER, STALL_FLOAT);
}

/** `latency` is the offset of the parameter that tells it. */
export function retireFloat(h: usize, m: usize, slot: usize, pc: u64, length: u64, latency: usize): i32 {
  const at = issue(m, fetched(h, m, pc, length), operands(m, slot), 0);
  return complete(m, slot, at + parameter(latency));
}

/** Multiply-add, whose third operand's number is in the instruction. */
export function retireFused(h: usize, m: usize, slot: usize, pc: u64, length: u64, latency: usize): i32 {
  const third = load<u64>(m + TIMING_READY + HART_F + <usize>((rawInstruction(slot) >>> 24) & 0xf8));
  const at = issue(m, fetched(h, m, pc, length), later(operands(m, slot), third), 0);
  return complete(m, slot, at + parameter(latency));
}

/** Division and square root. */
export function retireFloatDivide(
  h: usize,
  m: usize,
  slot: usize,
  pc: u64,
  length: u64,
  latency: usize,
): i32 {
  const at = issue(m, fetched(h, m, pc, length), operands(m, slot), load<u64>(m, TIMING_FLOATFREE));
  const done = at + parameter(latency);
  store<u64>(m, stamp(done - parameter(PIPELINE_FLOATDIVIDEOVERLAP), STALL_FLOAT), TIMING_FLOATFREE);
  return complete(m, slot, done);
}
