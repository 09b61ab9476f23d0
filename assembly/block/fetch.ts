/** Finding the decoded slot of an address: through the fetch TLB, or one instruction at a time. */
import { CAUSE_INSTRUCTION_ACCESS_FAULT } from "../generated/riscv";
import {
  HART_CYCLE,
  HART_FETCHTLB,
  HART_FUEL,
  HART_INSTRET,
  HART_PC,
  HART_RESUMEPC,
  HART_TIMED,
  HART_TRAPPED,
  HART_WAITING,
  MACHINE,
  MACHINE_ROUNDEND,
  MACHINE_STOPREASON,
  MACHINE_STOPREQUEST,
  SCRATCH,
  STOP_BREAKPOINT,
} from "../generated/layout";
import { decode } from "../generated/decoder";
import { OP_NEXT_PAGE } from "../generated/ops";
import { hasBreakpoint } from "../debug/breakpoints";
import { fetchTriggered } from "../debug/triggers";
import { takePendingInterrupt } from "../hart/interrupt";
import { takeTrap } from "../hart/trap";
import { isMemory, readMemory } from "../mmu/physical";
import { NO_ADDRESS, fetchCodePage, translate } from "../mmu/translate";
import { ACCESS_FETCH } from "../mmu/walk";
import { TLB_ADDEND, tlbIndex } from "../mmu/tlb";
import { OFF_PAGE, SCRATCH_INSTRUCTION, SLOT_BYTES, fill } from "./slot";

/**
 * What happens between instructions when the interpreter left its fast path: the quantum may have been
 * cut, the host may want to stop, an interrupt may be due. Then finds the slot of the pc. Returns 0 when there
 * is none: the hart waits, must stop, or (HART_TRAPPED) took a trap on the fetch.
 */
export function enter(h: usize): usize {
  store<u32>(h, 0, HART_TRAPPED);
  trimQuantum(h);
  if (load<u32>(MACHINE, MACHINE_STOPREQUEST) | (<u32>(load<u32>(h, HART_FUEL) == 0))) return 0;
  takePendingInterrupt(h);
  if (load<u32>(h, HART_WAITING)) return 0;
  return find(h, load<u64>(h, HART_PC));
}

/** A device may have asked for an event before the end of the quantum that was granted. */
function trimQuantum(h: usize): void {
  const granted = load<u64>(h, HART_CYCLE);
  const end = load<u64>(MACHINE, MACHINE_ROUNDEND);
  if (granted <= end) return;
  const fuel = load<u32>(h, HART_FUEL);
  const excess = min<u64>(granted - end, fuel);
  store<u32>(h, fuel - <u32>excess, HART_FUEL);
  store<u64>(h, granted - excess, HART_CYCLE);
  if (load<u32>(h, HART_TIMED)) return;
  store<u64>(h, load<u64>(h, HART_INSTRET) - excess, HART_INSTRET);
}

/** The slot of the pc when the TLB knows its page, else 0. */
export function findFast(h: usize): usize {
  const pc = load<u64>(h, HART_PC);
  const entry = <usize>load<u32>(h, HART_FETCHTLB) + tlbIndex(pc);
  if (load<u64>(entry) != (pc & ~0xfff)) return 0;
  return <usize>load<u32>(entry, TLB_ADDEND) + (((<usize>pc) & 0xffe) << 3);
}

function find(h: usize, pc: u64): usize {
  const entry = <usize>load<u32>(h, HART_FETCHTLB) + tlbIndex(pc);
  let page: usize;
  if (load<u64>(entry) == (pc & ~0xfff)) {
    page = <usize>load<u32>(entry, TLB_ADDEND);
  } else {
    if (fetchTriggered(h, pc)) return fetchFault(h);
    page = fetchCodePage(h, pc);
    if (load<u32>(h, HART_TRAPPED)) return fetchFault(h);
    if (page == 0) {
      const slot = decodeAlone(h, pc);
      return slot != 0 ? slot : fetchFault(h);
    }
  }
  return page + (((<usize>pc) & 0xffe) << 3);
}

/** A fetch that failed takes its cycle, so that a hart that traps for ever does not stop time. */
function fetchFault(h: usize): usize {
  store<u32>(h, load<u32>(h, HART_FUEL) - 1, HART_FUEL);
  return 0;
}

/** Stops at a breakpoint, or takes the trap of a trigger: returns 0; or goes on with the instruction beneath it. */
export function breakHere(h: usize, pc: u64): usize {
  if (hasBreakpoint(pc) && load<u64>(h, HART_RESUMEPC) != pc) {
    store<u32>(MACHINE, STOP_BREAKPOINT, MACHINE_STOPREASON);
    return 0;
  }
  store<u64>(h, NO_ADDRESS, HART_RESUMEPC);
  const slot = fetchTriggered(h, pc) ? <usize>0 : decodeAlone(h, pc);
  return slot != 0 ? slot : fetchFault(h);
}

/**
 * Fetches and decodes the one instruction at `pc` into the scratch slots, which lead on to the pc after it.
 * Returns 0 after a trap.
 */
export function decodeAlone(h: usize, pc: u64): usize {
  const low = fetchHalf(h, pc, pc);
  if (load<u32>(h, HART_TRAPPED)) return 0;
  let insn = low;
  if ((low & 3) == 3) {
    insn |= fetchHalf(h, pc, pc + 2) << 16;
    if (load<u32>(h, HART_TRAPPED)) return 0;
  }
  fill(SCRATCH + SLOT_BYTES, OP_NEXT_PAGE, 0, 0, 0, 0);
  fill(SCRATCH + 2 * SLOT_BYTES, OP_NEXT_PAGE, 0, 0, 0, 0);
  store<u32>(SCRATCH_INSTRUCTION, insn);
  decode(SCRATCH, insn, OFF_PAGE);
  return SCRATCH;
}

/** Fetches two bytes. A fault reports the address of the part that failed; the pc stays that of the instruction. */
function fetchHalf(h: usize, pc: u64, va: u64): u32 {
  store<u64>(h, pc, HART_PC);
  const address = translate(h, va, ACCESS_FETCH, 2);
  if (address == NO_ADDRESS) return 0;
  if (!isMemory(address, 2)) {
    takeTrap(h, CAUSE_INSTRUCTION_ACCESS_FAULT, va);
    return 0;
  }
  return <u32>readMemory(address, 2);
}
