/**
 * Timed runs: the memoising interpreter wherever the model remembers what comes, else one instruction by the plain model.
 * Both give the same cycles and counts, and leave the model's record true.
 */
import {
  CODE_POOL,
  HART_CYCLE,
  HART_FUEL,
  HART_PC,
  HART_TRAPPED,
  MACHINE,
  MACHINE_STOPREASON,
  MACHINE_WATCHHIT,
  STOP_BREAKPOINT,
  TIMING_COMMIT,
  TIMING_COUNT,
  TIMING_ISSUE,
  TIMING_MEMOGONE,
} from "../../generated/layout";
import { executeMemo, memoPc, memoSegment, memoSlot } from "../../generated/memo-interpreter";
import { enter, findFast } from "../../block/fetch";
import { step, stepLeft } from "../../stepwise";
import { timingOf } from "../model";
import { endRehearsal, rehearse } from "../outcome";
import { goesOn } from "../system";
import { tellTrap } from "../tell";
import { APART, begin, countNow, GONE, isReady, issueNow, segmentAt } from "./edges";
import { addressFrom, canBegin, emptied, full, tellRun } from "./rehearse";
import { EDGE_STATE, forgetMemo, noteUnsettled, SEGMENT_STATE, slotOf } from "./segment";
import { stateOf, takeUp } from "./state";

/** Runs hart `h` for `fuel` cycles, or until it waits or must stop. Returns the fuel left, negative when the last instruction took more. */
export function interpretTimed(h: usize, fuel: i32): i32 {
  const m = timingOf(h);
  while (fuel > 0) {
    store<i32>(h, fuel, HART_FUEL);
    const from = load<u64>(h, HART_PC);
    let slot = enter(h);
    fuel = load<i32>(h, HART_FUEL);
    goesOn(h, m, from);
    if (slot == 0 && !load<u32>(h, HART_TRAPPED)) return fuel;
    while (slot != 0 && fuel > 0) {
      if (slot >= CODE_POOL && canBegin(slot)) {
        const left = advance(h, m, slot);
        fuel = <i32>(load<u64>(h, HART_CYCLE) - load<u64>(m, TIMING_COMMIT));
        if (left || fuel <= 0) break;
        slot = findFast(h);
        if (slot == 0) break;
      }
      fuel -= step(h, slot, fuel);
      slot = stepLeft ? 0 : findFast(h);
    }
    if (load<u32>(MACHINE, MACHINE_STOPREASON) == STOP_BREAKPOINT) return fuel;
  }
  return fuel;
}

/** Goes on from `slot`, that of the pc, as far as the model remembers. Returns whether the hart must look around. */
function advance(h: usize, m: usize, slot: usize): bool {
  const pc = load<u64>(h, HART_PC);
  if (full) {
    forgetMemo();
    emptied();
  }
  const state = stateOf(m, pc);
  if (state == 0) return false;
  const issue = load<u64>(m, TIMING_ISSUE);
  const count = load<u64>(m, TIMING_COUNT);
  begin(h, m, issue, count, load<u64>(h, HART_CYCLE) - issue);
  const segment = segmentAt(h, m, slot, pc, state);
  const ready = segment != 0 && isReady(h, m, segment, slot, pc);
  store<u64>(m, count, TIMING_COUNT);
  if (!ready) {
    takeUp(m, state, issue, pc);
    return false;
  }
  const end = executeMemo(h, m, slot, segment);
  noteUnsettled(load<u64>(m, TIMING_MEMOGONE) & 0xffff_ffff);
  return arrive(h, m, end);
}

/** Makes the model's record true where the memoising interpreter has ended. */
function arrive(h: usize, m: usize, end: usize): bool {
  const issue = issueNow(m);
  if (end > GONE) {
    store<u64>(m, countNow(m), TIMING_COUNT);
    takeUp(m, <usize>load<u32>(end, EDGE_STATE), issue, memoPc);
  } else if (end == APART || end == GONE) {
    const first = slotOf(memoSegment);
    const firstPc = addressFrom(memoPc, memoSlot, first);
    store<u64>(m, countNow(m), TIMING_COUNT);
    takeUp(m, <usize>load<u32>(memoSegment, SEGMENT_STATE), issue, firstPc);
    rehearse(0);
    tellRun(h, m, first, memoSlot, firstPc);
    endRehearsal();
  }
  if (end != GONE) {
    store<u64>(h, memoPc, HART_PC);
    return false;
  }
  if (!load<u32>(MACHINE, MACHINE_WATCHHIT)) tellTrap(h, m, memoSlot, memoPc, load<u64>(h, HART_PC));
  return true;
}
