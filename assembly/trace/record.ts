/** Writes trace records (spec/trace-layout.ts): one for each instruction, trap and change of task while a trace is open. */
import {
  CODE_POOL,
  HARTS,
  HART_BYTES,
  HART_CYCLE,
  HART_FUEL,
  HART_MCAUSE,
  HART_MEPC,
  HART_PC,
  HART_PRIV,
  HART_SATP,
  HART_SCAUSE,
  HART_SEPC,
  HART_SSCRATCH,
  HART_TIMED,
  HART_TRAPPED,
  MACHINE,
  MACHINE_TRACECOUNT,
  MACHINE_TRACEFROM,
  MACHINE_TRACEOPEN,
  MACHINE_TRACESPACES,
  MACHINE_TRACETASKS,
  MACHINE_TRACETO,
  MACHINE_WATCHHIT,
  TRACE,
  TRACED_EXCEPTION,
  TRACED_INSTRUCTION,
  TRACED_INTERRUPT,
  TRACED_KILLED,
  TRACED_TASK,
  TRACE_ASKED,
  TRACE_BYTES,
  TRACE_CAUSE_SHIFT,
  TRACE_CYCLE,
  TRACE_DONE,
  TRACE_HART_SHIFT,
  TRACE_INFO,
  TRACE_INSN,
  TRACE_ISSUED,
  TRACE_PC,
  TRACE_PRIVILEGE_SHIFT,
  TRACE_RECORDS,
  TRACE_SCANNED,
  TRACE_STALL,
} from "../generated/layout";
import { PRIV_M, PRIV_S } from "../generated/riscv";
import { codeOf } from "../block/code-cache";
import { classOf, isToldBefore } from "../timing/tell";
import { SCRATCH_INSTRUCTION } from "../block/slot";
import { takeTrace } from "../host";
import { asked, done, issued, notePlain, scanned, stalled } from "./notes";

/** Byte offset of tp in a hart record. */
const TP: usize = 4 << 3;

/** Whether instructions are traced at cycle `now`. */
export function isTraced(now: u64): bool {
  return (
    load<u32>(MACHINE, MACHINE_TRACEOPEN) != 0 &&
    now >= load<u64>(MACHINE, MACHINE_TRACEFROM) &&
    now < load<u64>(MACHINE, MACHINE_TRACETO)
  );
}

/** `grant` cycles from `now` on, or fewer, so that all of them are traced or none. */
export function grantToEdge(now: u64, grant: u64): u64 {
  if (!load<u32>(MACHINE, MACHINE_TRACEOPEN)) return grant;
  const from = load<u64>(MACHINE, MACHINE_TRACEFROM);
  const to = load<u64>(MACHINE, MACHINE_TRACETO);
  if (now < from) return min<u64>(grant, from - now);
  return now < to ? min<u64>(grant, to - now) : grant;
}

function indexOf(h: usize): u32 {
  return <u32>((h - HARTS) / HART_BYTES);
}

/** Guest time of a hart whose fuel is in its record. */
function now(h: usize): u64 {
  return load<u64>(h, HART_CYCLE) - <u64>(<i64>load<i32>(h, HART_FUEL));
}

function append(h: usize, kind: u32, pc: u64, cycle: u64, insn: u32): usize {
  if (load<u32>(MACHINE, MACHINE_TRACECOUNT) == TRACE_RECORDS) takeTrace();
  const count = load<u32>(MACHINE, MACHINE_TRACECOUNT);
  const at = TRACE + <usize>count * TRACE_BYTES;
  store<u32>(MACHINE, count + 1, MACHINE_TRACECOUNT);
  const info = kind | (indexOf(h) << TRACE_HART_SHIFT) | (load<u32>(h, HART_PRIV) << TRACE_PRIVILEGE_SHIFT);
  store<u64>(at, pc, TRACE_PC);
  store<u64>(at, cycle, TRACE_CYCLE);
  store<u32>(at, insn, TRACE_INSN);
  store<u32>(at, info, TRACE_INFO);
  return at;
}

/** The instruction that `slot` was decoded from. */
function instructionAt(slot: usize): u32 {
  if (slot < CODE_POOL) return load<u32>(SCRATCH_INSTRUCTION);
  const code = codeOf(slot);
  const low = <u32>load<u16>(code);
  return (low & 3) == 3 ? load<u32>(code) : low;
}

/**
 * The kernel keeps its current task in tp, and in sscratch while it does not run: during its first and last instructions
 * around user mode only the other one of the two is an address of the kernel's.
 */
function traceTask(h: usize, cycle: u64): void {
  const priv = load<u32>(h, HART_PRIV);
  if (priv == PRIV_M) return;
  let task = load<u64>(h, HART_SSCRATCH);
  if (priv == PRIV_S && <i64>load<u64>(h, TP) < 0) task = load<u64>(h, TP);
  if (<i64>task >= 0) return;
  const index = (<usize>indexOf(h)) << 3;
  const space = load<u64>(h, HART_SATP);
  const same = task == load<u64>(MACHINE + MACHINE_TRACETASKS + index);
  if (same && (priv == PRIV_S || space == load<u64>(MACHINE + MACHINE_TRACESPACES + index))) return;
  store<u64>(MACHINE + MACHINE_TRACETASKS + index, task);
  if (priv != PRIV_S) store<u64>(MACHINE + MACHINE_TRACESPACES + index, space);
  append(h, TRACED_TASK, task, cycle, <u32>space);
  // Memory tells now who that is.
  takeTrace();
}

/** The instruction at `slot` was executed; its cycles have been taken from `fuel`. */
export function traceInstruction(h: usize, slot: usize, pc: u64, fuel: i32): void {
  // Whoever takes the records may ask for the time.
  store<u32>(h, fuel, HART_FUEL);
  const cycle = now(h);
  if (!load<u32>(h, HART_TIMED)) notePlain(cycle);
  traceTask(h, cycle);
  const at = append(h, TRACED_INSTRUCTION, pc, cycle, instructionAt(slot));
  store<u32>(at, load<u32>(at, TRACE_INFO) | ((<u32>(stalled & 31)) << TRACE_CAUSE_SHIFT), TRACE_INFO);
  store<u32>(at, <u32>(cycle - asked), TRACE_ASKED);
  store<u32>(at, <u32>(cycle - scanned), TRACE_SCANNED);
  store<u32>(at, <u32>(cycle - issued), TRACE_ISSUED);
  store<u32>(at, <u32>(cycle - done), TRACE_DONE);
  store<u32>(at, <u32>(stalled >> 5), TRACE_STALL);
}

/**
 * `insn` at `pc` was asked for and scanned at those cycles, and killed. It issued at `issuedAt`, or never when that is
 * behind the kill.
 */
export function traceKilled(
  h: usize,
  pc: u64,
  insn: u32,
  askedAt: u64,
  scannedAt: u64,
  issuedAt: u64,
  kill: u64,
): void {
  const at = append(h, TRACED_KILLED, pc, kill, insn);
  store<u32>(at, <u32>(kill - askedAt), TRACE_ASKED);
  store<u32>(at, <u32>(kill - scannedAt), TRACE_SCANNED);
  store<u32>(at, <u32>(kill - issuedAt), TRACE_ISSUED);
  store<u32>(at, <u32>-1, TRACE_DONE);
  store<u32>(at, 0, TRACE_STALL);
}

/** The hart has just taken a trap: its registers tell which. */
function traceTrap(h: usize): void {
  const machine = load<u32>(h, HART_PRIV) == PRIV_M;
  const cause = machine ? load<u64>(h, HART_MCAUSE) : load<u64>(h, HART_SCAUSE);
  const epc = machine ? load<u64>(h, HART_MEPC) : load<u64>(h, HART_SEPC);
  append(h, <i64>cause < 0 ? TRACED_INTERRUPT : TRACED_EXCEPTION, epc, now(h), <u32>cause);
}

/** The instruction at `slot` left the interpreter's fast path; 0 when none could be fetched. */
export function traceLeaving(h: usize, slot: usize, pc: u64, fuel: i32): void {
  if (load<u32>(MACHINE, MACHINE_WATCHHIT)) return;
  // CSR instructions are told before they are executed.
  const told = slot != 0 && isToldBefore(classOf(slot));
  if (slot != 0 && !told) traceInstruction(h, slot, pc, fuel);
  store<u32>(h, fuel, HART_FUEL);
  if (load<u32>(h, HART_TRAPPED)) traceTrap(h);
}

/** The interpreter came through `enter`, having stood at `from`: there may have been a trap. */
export function traceEntry(h: usize, from: u64): void {
  if (load<u32>(h, HART_TRAPPED) || load<u64>(h, HART_PC) != from) traceTrap(h);
}
