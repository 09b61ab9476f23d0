/** Tells the pipeline model of an instruction, whatever its class. */
import {
  CLASS_CONDITION,
  CLASS_FLOAT,
  CLASS_KIND,
  CLASS_LATENCY,
  CLASS_LENGTH,
  CLASS_NEAR,
  CLASS_SIGNED,
  CLASS_SIZE,
  CLASS_WORD,
  KIND_ALU,
  KIND_ATOMIC,
  KIND_BRANCH,
  KIND_CSR,
  KIND_DIVIDE,
  KIND_FENCE,
  KIND_FENCE_I,
  KIND_FLOAT,
  KIND_FLOAT_DIVIDE,
  KIND_FUSED,
  KIND_INDIRECT,
  KIND_JUMP,
  KIND_LOAD,
  KIND_MULTIPLY,
  KIND_RETURN,
  KIND_SFENCE,
  KIND_STORE,
  KIND_TRAP,
  TIMING_CLASSES,
} from "../generated/timing-classes";
import { SLOT_IMM } from "../block/slot";
import { retireFloat, retireFloatDivide, retireFused } from "./float";
import { rehearsing } from "./outcome";
import { retireAtomic, retireLoad, retireStore } from "./memory";
import { retireAlu, retireBranch, retireDivide, retireIndirect, retireJump, retireMultiply } from "./retire";
import {
  csrFlushes,
  FLUSH_FENCE,
  FLUSH_FENCE_I,
  FLUSH_SFENCE,
  interrupted,
  retireCsr,
  retireFence,
  retireReturn,
  trapped,
  TRAP_ECALL,
  TRAP_ILLEGAL,
  TRAP_MEMORY,
} from "./system";

/** The class of an op. */
// @ts-ignore: decorator
@inline
export function classOf(slot: usize): u32 {
  return load<u32>(TIMING_CLASSES + ((<usize>load<u16>(slot)) << 2));
}

// @ts-ignore: decorator
@inline
export function kindOf(what: u32): u32 {
  return (what >> CLASS_KIND) & 31;
}

/** Bytes to the next instruction. */
// @ts-ignore: decorator
@inline
export function lengthOf(what: u32): u32 {
  return (what >> CLASS_LENGTH) & 7;
}

/** Whether it is a transfer within its page, so that its slot holds eight times the distance. */
// @ts-ignore: decorator
@inline
export function isNear(what: u32): bool {
  return ((what >> CLASS_NEAR) & 1) != 0;
}

/** The address that a load or store adds up, or an atomic finds in its register `a`. */
function addressOf(slot: usize, what: u32, a: u64): u64 {
  if (kindOf(what) == KIND_ATOMIC) return a;
  return a + ((what >> CLASS_FLOAT) & 1 ? <u64>load<i32>(slot, SLOT_IMM) : load<u64>(slot, SLOT_IMM));
}

/** Where a branch goes when it is taken. */
export function targetOf(slot: usize, what: u32, pc: u64): u64 {
  const distance = load<i64>(slot, SLOT_IMM);
  return pc + <u64>(isNear(what) ? distance >> 3 : distance);
}

/** Whether a branch is taken that compares `a` and `b`. */
function takes(what: u32, a: u64, b: u64): bool {
  const condition = (what >> CLASS_CONDITION) & 7;
  let holds = a == b;
  if (condition >= 6) holds = a < b;
  else if (condition >= 4) holds = <i64>a < <i64>b;
  return holds != ((condition & 1) != 0);
}

/** A CSR instruction is told before it is executed, so that it reads the time of its own commit. */
export function isToldBefore(what: u32): bool {
  return kindOf(what) == KIND_CSR;
}

export function tellBefore(h: usize, m: usize, slot: usize, pc: u64): i32 {
  return retireCsr(h, m, slot, pc, csrFlushes(slot));
}

/**
 * The instruction at `slot` and `pc` was executed; its operands were `a` and `b`, and the hart goes on at `next`. Returns the
 * cycles that guest time advances.
 */
export function tell(h: usize, m: usize, slot: usize, pc: u64, next: u64, a: u64, b: u64): i32 {
  const what = classOf(slot);
  const length = <u64>lengthOf(what);
  switch (kindOf(what)) {
    case KIND_MULTIPLY:
      return retireMultiply(h, m, slot, pc, length);
    case KIND_FLOAT:
      return retireFloat(h, m, slot, pc, length, <usize>(what >> CLASS_LATENCY));
    case KIND_FUSED:
      return retireFused(h, m, slot, pc, length, <usize>(what >> CLASS_LATENCY));
    case KIND_FLOAT_DIVIDE:
      return retireFloatDivide(h, m, slot, pc, length, <usize>(what >> CLASS_LATENCY));
    case KIND_LOAD:
      return retireLoad(h, m, slot, pc, length, addressOf(slot, what, a));
    case KIND_STORE:
      return retireStore(h, m, slot, pc, length, addressOf(slot, what, a), (what >> CLASS_SIZE) & 15);
    case KIND_BRANCH:
      return retireBranch(
        h,
        m,
        slot,
        pc,
        length,
        targetOf(slot, what, pc),
        rehearsing ? next != pc + length : takes(what, a, b),
      );
    case KIND_JUMP:
      return retireJump(h, m, slot, pc, length, next);
    case KIND_INDIRECT:
      return retireIndirect(h, m, slot, pc, length, next);
    case KIND_DIVIDE: {
      const isSigned = ((what >> CLASS_SIGNED) & 1) != 0;
      return retireDivide(h, m, slot, pc, length, a, b, isSigned, ((what >> CLASS_WORD) & 1) != 0);
    }
    case KIND_ATOMIC:
      return retireAtomic(h, m, slot, pc, length, a);
    case KIND_FENCE:
      return retireFence(h, m, slot, pc, FLUSH_FENCE);
    case KIND_FENCE_I:
      return retireFence(h, m, slot, pc, FLUSH_FENCE_I);
    case KIND_SFENCE:
      return retireFence(h, m, slot, pc, FLUSH_SFENCE);
    case KIND_RETURN:
      return retireReturn(h, m, slot, pc, next);
    default:
      return retireAlu(h, m, slot, pc, length);
  }
}

/** The instruction at `slot` and `pc` trapped; the handler is at `next`. */
export function tellTrap(h: usize, m: usize, slot: usize, pc: u64, next: u64): i32 {
  switch (kindOf(classOf(slot))) {
    case KIND_CSR: {
      interrupted(m, next);
      return 0;
    }
    case KIND_LOAD:
    case KIND_STORE:
    case KIND_ATOMIC:
      return trapped(h, m, slot, pc, next, TRAP_MEMORY);
    case KIND_TRAP:
      return trapped(h, m, slot, pc, next, TRAP_ECALL);
    default:
      return trapped(h, m, slot, pc, next, TRAP_ILLEGAL);
  }
}
