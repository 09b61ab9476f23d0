/**
 * The stepwise interpreter: has the functional one execute a single instruction at a time, tells the pipeline model of it, and
 * the trace. It is what the faster ways to keep time are measured by, and takes over where they do not know their way.
 */
import {
  HART_CYCLE,
  HART_FUEL,
  HART_INSTRET,
  HART_PC,
  HART_TIMED,
  HART_TRAPPED,
  MACHINE,
  MACHINE_STOPREASON,
  MACHINE_WATCHHIT,
  STOP_BREAKPOINT,
} from "./generated/layout";
import { OP_BREAK, OP_STRADDLE, OP_UNDECODED } from "./generated/ops";
import { execute, left } from "./generated/interpreter";
import { decodeSlot } from "./block/code-cache";
import { breakHere, decodeAlone, enter, findFast } from "./block/fetch";
import { SLOT_RS1, SLOT_RS2 } from "./block/slot";
import { timingOf } from "./timing/model";
import { goesOn, interrupted } from "./timing/system";
import { classOf, isToldBefore, tell, tellBefore, tellTrap } from "./timing/tell";
import { noting } from "./trace/notes";
import { traceEntry, traceInstruction, traceLeaving } from "./trace/record";

/** Whether the last step came to something that makes the hart look around before it goes on. */
export let stepLeft: bool = false;

/** Runs hart `h` for `fuel` cycles, or until it waits or must stop. Returns the fuel left, negative when the last instruction took more. */
export function interpretStepwise(h: usize, fuel: i32): i32 {
  const timed = load<u32>(h, HART_TIMED) != 0;
  while (fuel > 0) {
    store<i32>(h, fuel, HART_FUEL);
    const from = load<u64>(h, HART_PC);
    let slot = enter(h);
    fuel = load<i32>(h, HART_FUEL);
    if (timed) goesOn(h, timingOf(h), from);
    if (noting) traceEntry(h, from);
    if (slot == 0 && !load<u32>(h, HART_TRAPPED)) return fuel;
    while (slot != 0 && fuel > 0) {
      fuel -= step(h, slot, fuel);
      slot = stepLeft ? 0 : findFast(h);
    }
    if (load<u32>(MACHINE, MACHINE_STOPREASON) == STOP_BREAKPOINT) return fuel;
  }
  return fuel;
}

/** The slot that is executed for the one at the hart's pc; 0 after a trap or at a breakpoint, with the fuel in the hart's record. */
function resolve(h: usize, slot: usize): usize {
  if (load<u16>(slot) == OP_UNDECODED) decodeSlot(slot);
  const op = load<u16>(slot);
  if (op == OP_BREAK) return breakHere(h, load<u64>(h, HART_PC));
  if (op != OP_STRADDLE) return slot;
  const alone = decodeAlone(h, load<u64>(h, HART_PC));
  if (!alone) store<u32>(h, load<u32>(h, HART_FUEL) - 1, HART_FUEL);
  return alone;
}

/** Executes the instruction at the hart's pc, whose slot is given, with `fuel` cycles left. Returns the cycles it took. */
export function step(h: usize, slot: usize, fuel: i32): i32 {
  const timed = load<u32>(h, HART_TIMED) != 0;
  const m = timingOf(h);
  const pc = load<u64>(h, HART_PC);
  store<i32>(h, fuel, HART_FUEL);
  slot = resolve(h, slot);
  if (slot == 0) {
    stepLeft = true;
    if (timed && load<u32>(h, HART_TRAPPED)) interrupted(m, load<u64>(h, HART_PC));
    if (noting) traceLeaving(h, 0, pc, load<i32>(h, HART_FUEL));
    return fuel - load<i32>(h, HART_FUEL);
  }
  const before = isToldBefore(classOf(slot));
  const a = load<u64>(h + <usize>load<u16>(slot, SLOT_RS1));
  const b = load<u64>(h + <usize>load<u16>(slot, SLOT_RS2));
  let cycles: i32 = timed ? 0 : 1;
  if (timed && before) cycles = tellBefore(h, m, slot, pc);
  if (noting && before) traceInstruction(h, slot, pc, fuel - cycles);
  executeOne(h, slot, fuel, cycles);
  stepLeft = left;
  const next = load<u64>(h, HART_PC);
  if (stepLeft && load<u32>(MACHINE, MACHINE_WATCHHIT)) return cycles;
  if (timed) {
    if (load<u32>(h, HART_TRAPPED)) cycles += tellTrap(h, m, slot, pc, next);
    else if (!before) cycles += tell(h, m, slot, pc, next, a, b);
  }
  if (!noting) return cycles;
  if (stepLeft) traceLeaving(h, slot, pc, fuel - cycles);
  else if (!before) traceInstruction(h, slot, pc, fuel - cycles);
  return cycles;
}

/** The instruction sees the time at which `cycles` of `fuel` have passed, and what had retired by then. */
function executeOne(h: usize, slot: usize, fuel: i32, cycles: i32): void {
  const ahead = <u64>(<i64>(fuel - cycles));
  // In timed runs instret does not run ahead.
  const granted = load<u32>(h, HART_TIMED) ? 0 : ahead;
  store<u64>(h, load<u64>(h, HART_CYCLE) - ahead, HART_CYCLE);
  store<u64>(h, load<u64>(h, HART_INSTRET) - granted, HART_INSTRET);
  execute(h, slot, 1);
  store<u64>(h, load<u64>(h, HART_CYCLE) + ahead, HART_CYCLE);
  store<u64>(h, load<u64>(h, HART_INSTRET) + granted, HART_INSTRET);
  store<i32>(h, fuel - cycles, HART_FUEL);
}
