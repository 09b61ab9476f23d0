/**
 * A decoded instruction: 16 bytes, {u16 op, u16 rd, u16 rs1, u16 rs2, i64 imm}. Registers are byte offsets
 * in the hart record, so that one decoded page serves all harts; rd of x0 points at the sink.
 */
import { HART_SINK, SCRATCH } from "../generated/layout";

export const SLOT_RD: usize = 2;
export const SLOT_RS1: usize = 4;
export const SLOT_RS2: usize = 6;
export const SLOT_IMM: usize = 8;
/** Bytes of a slot. Slots stand for halfwords, so a 4-byte instruction covers two. */
export const SLOT_BYTES: usize = 16;
/** Page offset for instructions outside decoded pages: a branch from there never stays on its page, so it gets no near form. */
export const OFF_PAGE: i32 = -0x1000_0000;

/** Makes `slot` the operation `op`. Registers are numbers 0..31. */
export function fill(slot: usize, op: i32, rd: u32, rs1: u32, rs2: u32, imm: i64): void {
  store<u16>(slot, <u16>op);
  store<u16>(slot, rd == 0 ? <u16>HART_SINK : <u16>(rd << 3), SLOT_RD);
  store<u16>(slot, <u16>(rs1 << 3), SLOT_RS1);
  store<u16>(slot, <u16>(rs2 << 3), SLOT_RS2);
  store<i64>(slot, imm, SLOT_IMM);
}

/**
 * The same for a branch or jump by `imm` bytes from page offset `offset`. When the target is on the same
 * page the slot becomes the near form, whose id follows, and holds the distance in bytes of slots.
 */
export function fillTransfer(slot: usize, op: i32, rd: u32, rs1: u32, rs2: u32, imm: i64, offset: i32): void {
  const near = <u32>(offset + <i32>imm) < 4096;
  fill(slot, near ? op + 1 : op, rd, rs1, rs2, near ? imm << 3 : imm);
}

/**
 * The immediate of a floating-point slot: the low half is its immediate, the high half the instruction, which tells rounding
 * mode and third operand, and what mtval gets when mstatus.FS is Off.
 */
// @ts-ignore: decorator
@inline
export function withInstruction(insn: u32, imm: i64): i64 {
  return ((<i64>insn) << 32) | (imm & 0xffff_ffff);
}

/** The instruction that a floating-point slot was made from. */
// @ts-ignore: decorator
@inline
export function rawInstruction(slot: usize): u32 {
  return load<u32>(slot, SLOT_IMM + 4);
}

/** Where the scratch slots keep the instruction that they were decoded from. */
export const SCRATCH_INSTRUCTION: usize = SCRATCH + 3 * SLOT_BYTES;
