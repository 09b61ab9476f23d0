/**
 * Instructions behind an atomic that issue before it flushes them: nothing of them stays, but the cycles in which one waits for an
 * operand are counted. The code is read from memory, as on wrong paths. Those behind a branch or another flush are left out.
 */
import { EVENT_ISSUE_STALL, HART_SINK, PIPELINE_SCOREBOARD } from "../generated/layout";
import { decode } from "../generated/decoder";
import { OP_ILLEGAL } from "../generated/ops";
import { KIND_ATOMIC, KIND_DIVIDE, KIND_LOAD, KIND_STORE } from "../generated/timing-classes";
import { OFF_PAGE, SLOT_RD, SLOT_RS1, SLOT_RS2 } from "../block/slot";
import { isMemory, readMemory } from "../mmu/physical";
import { countEvents, parameter } from "./stamp";
import { classOf, kindOf, lengthOf } from "./tell";
import { addressOf } from "./wrong-path";

/** The instruction under way, decoded. */
const INSTRUCTION: usize = memory.data(32);

/** A register of a slot as a bit; no bit for none. */
// @ts-ignore: decorator
@inline
function register(slot: usize, field: usize): u64 {
  const offset = <u64>load<u16>(slot + field);
  return offset == 0 || offset == HART_SINK ? 0 : (<u64>1) << (offset >> 3);
}

/** Instructions from `va` on issue behind the atomic in `slot`, which issued at `issued` and flushes them at `kill`. */
export function waitInShadow(h: usize, m: usize, slot: usize, va: u64, issued: u64, kill: u64): void {
  const entries = parameter(PIPELINE_SCOREBOARD);
  let awaited = register(slot, SLOT_RD);
  for (let ahead: u64 = 1; ahead < entries && issued + ahead < kill; ahead++) {
    const address = addressOf(h, m, va);
    const next = addressOf(h, m, va + 2);
    if (!isMemory(address, 2) || !isMemory(next, 2)) return;
    const insn = (<u32>readMemory(address, 2)) | ((<u32>readMemory(next, 2)) << 16);
    decode(INSTRUCTION, (insn & 3) == 3 ? insn : insn & 0xffff, OFF_PAGE);
    if (load<u16>(INSTRUCTION) <= <u16>OP_ILLEGAL) return;
    if (awaited & (register(INSTRUCTION, SLOT_RS1) | register(INSTRUCTION, SLOT_RS2))) {
      countEvents(m, EVENT_ISSUE_STALL, kill - issued - ahead);
      return;
    }
    const what = classOf(INSTRUCTION);
    const kind = kindOf(what);
    const result = register(INSTRUCTION, SLOT_RD);
    // The load/store unit is the atomic's until it commits.
    if (kind == KIND_LOAD || kind == KIND_ATOMIC) awaited |= result;
    else if (kind < KIND_LOAD || kind == KIND_DIVIDE) awaited &= ~result;
    else if (kind != KIND_STORE) return;
    va += <u64>lengthOf(what);
  }
}
