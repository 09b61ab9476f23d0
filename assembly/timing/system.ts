/** CSR instructions, fences, traps: what drains or flushes the pipeline. And the model's reset. */
import {
  EVENT_EXCEPTION,
  EVENT_EXCEPTION_RETURN,
  EVENT_ITLB_FLUSH,
  HART_CYCLE,
  HART_FUEL,
  HART_PC,
  PIPELINE_CSRLATENCY,
  PIPELINE_FLUSHTOSCAN,
  PIPELINE_ICACHEFLUSH,
  TIMING_ICACHEFREE,
  PIPELINE_TRAPFORGETS,
  PIPELINE_TRAPECALL,
  PIPELINE_TRAPILLEGAL,
  PIPELINE_TRAPMEMORY,
  STALL_CSR,
  STALL_FENCE,
  STALL_TRAP,
  TIMING_COMMIT,
  TIMING_FIXEDFREE,
} from "../generated/layout";
import { OP_WFI } from "../generated/ops";
import { SLOT_IMM } from "../block/slot";
import { icacheClear } from "./cache";
import { fetched, redirect } from "./fetch";
import { commit, COMMIT_ALONE, issue, operands, result } from "./issue";
import { storesDone } from "./memory";
import { resumeAt } from "./model";
import { forgetPredictions } from "./predict";
import { countEvent, later, parameter, stamp } from "./stamp";
import { behindFlush } from "./wrong-path";
import { flushTlbs, forgetPages, noteMode } from "./tlb";

/** Kinds of instruction that flush. */
export const FLUSH_FENCE: u32 = 0;
export const FLUSH_FENCE_I: u32 = 1;
export const FLUSH_SFENCE: u32 = 2;

/** A CSR instruction, told before it is executed, so that it reads the time of its own commit. */
export function retireCsr(h: usize, m: usize, slot: usize, pc: u64, flushes: bool): i32 {
  const free = load<u64>(m, TIMING_FIXEDFREE);
  const at = issue(m, fetched(h, m, pc, 4), operands(m, slot), free);
  const cycles = commit(m, at + parameter(PIPELINE_CSRLATENCY), COMMIT_ALONE, STALL_CSR);
  const committed = load<u64>(m, TIMING_COMMIT);
  result(m, slot, stamp(committed + 1, STALL_CSR));
  store<u64>(m, stamp(committed, STALL_CSR), TIMING_FIXEDFREE);
  if (flushes) {
    behindFlush(h, m, pc + 4, committed);
    redirect(m, pc + 4, committed + parameter(PIPELINE_FLUSHTOSCAN), STALL_CSR);
    forgetPages(m);
  }
  return cycles;
}

/** fence, fence.i and sfence.vma wait for the stores, then flush. */
export function retireFence(h: usize, m: usize, slot: usize, pc: u64, kind: u32): i32 {
  const free = load<u64>(m, TIMING_FIXEDFREE);
  const at = issue(m, fetched(h, m, pc, 4), operands(m, slot), free);
  const ready = later(at + parameter(PIPELINE_CSRLATENCY), load<u64>(m, TIMING_COMMIT) + 1);
  const cycles = commit(m, storesDone(m, ready), COMMIT_ALONE, STALL_FENCE);
  const committed = load<u64>(m, TIMING_COMMIT);
  store<u64>(m, stamp(committed, STALL_FENCE), TIMING_FIXEDFREE);
  behindFlush(h, m, pc + 4, committed);
  let scan = committed + parameter(PIPELINE_FLUSHTOSCAN);
  // The cache clears itself when it has taken the answer that it waits for.
  if (kind == FLUSH_FENCE_I) scan = later(scan, load<u64>(m, TIMING_ICACHEFREE) + 2);
  if (kind == FLUSH_FENCE_I) {
    icacheClear(m);
    scan += parameter(PIPELINE_ICACHEFLUSH);
  } else if (kind == FLUSH_SFENCE) {
    countEvent(m, EVENT_ITLB_FLUSH);
    flushTlbs(m);
  }
  redirect(m, pc + 4, scan, STALL_FENCE);
  return cycles;
}

/** mret, sret and wfi: `next` is where the hart goes on. */
export function retireReturn(h: usize, m: usize, slot: usize, pc: u64, next: u64): i32 {
  if (load<u16>(slot) != OP_WFI) countEvent(m, EVENT_EXCEPTION_RETURN);
  const at = issue(m, fetched(h, m, pc, 4), 0, load<u64>(m, TIMING_FIXEDFREE));
  const cycles = commit(m, at + parameter(PIPELINE_CSRLATENCY), COMMIT_ALONE, STALL_TRAP);
  // mret and sret are scanned as jumps to themselves (instr_scan.sv), so nothing behind them is fetched.
  enterHandler(m, next);
  return cycles;
}

function enterHandler(m: usize, next: u64): void {
  if (parameter(PIPELINE_TRAPFORGETS) != 0) forgetPredictions(m);
  const committed = load<u64>(m, TIMING_COMMIT);
  store<u64>(m, stamp(committed, STALL_TRAP), TIMING_FIXEDFREE);
  redirect(m, next, committed + parameter(PIPELINE_FLUSHTOSCAN), STALL_TRAP);
  forgetPages(m);
}

/** How an exception comes about. */
export const TRAP_ECALL: u32 = 0;
export const TRAP_ILLEGAL: u32 = 1;
export const TRAP_MEMORY: u32 = 2;

/** The instruction at `pc` raised an exception; the handler is at `next`. */
export function trapped(h: usize, m: usize, slot: usize, pc: u64, next: u64, kind: u32): i32 {
  countEvent(m, EVENT_EXCEPTION);
  const at = issue(m, fetched(h, m, pc, 4), 0, 0);
  let delay = parameter(PIPELINE_TRAPECALL);
  if (kind == TRAP_ILLEGAL) delay = parameter(PIPELINE_TRAPILLEGAL);
  if (kind == TRAP_MEMORY) delay = parameter(PIPELINE_TRAPMEMORY);
  const cycles = commit(m, at + delay, COMMIT_ALONE, STALL_TRAP);
  behindFlush(h, m, pc + 4, load<u64>(m, TIMING_COMMIT));
  enterHandler(m, next);
  return cycles;
}

/** An interrupt, or a fetch that failed, leads to `next`. */
export function interrupted(m: usize, next: u64): void {
  countEvent(m, EVENT_EXCEPTION);
  enterHandler(m, next);
}

/** Cycles that the CSR instruction takes, and whether its write flushes the pipeline (csr_regfile.sv, flush_o). */
export function csrFlushes(slot: usize): bool {
  const insn = load<u32>(slot, SLOT_IMM);
  const writes = ((insn >> 12) & 3) == 1 || ((insn >> 15) & 31) != 0;
  if (!writes) return false;
  const address = insn >> 20;
  if (address >= 1 && address <= 3) return true;
  return address == 0x100 || address == 0x180 || address == 0x300 || (address >= 0x3a0 && address <= 0x3ef);
}

/** The interpreter goes on after `enter`, having stood at `from`: there may have been a wait or an interrupt. */
export function goesOn(h: usize, m: usize, from: u64): void {
  const pc = load<u64>(h, HART_PC);
  const now = load<u64>(h, HART_CYCLE) - <u64>(<i64>load<i32>(h, HART_FUEL));
  if (now > load<u64>(m, TIMING_COMMIT)) resumeAt(m, from, now);
  if (pc != from) interrupted(m, pc);
  noteMode(h, m);
}
