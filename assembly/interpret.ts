/** The functional interpreter: runs of instructions, and what happens between them. */
import { HART_FUEL, HART_TRAPPED, MACHINE, MACHINE_STOPREASON, STOP_BREAKPOINT } from "./generated/layout";
import { execute } from "./generated/interpreter";
import { enter } from "./block/fetch";

/** Runs hart `h` for `fuel` cycles, or until it waits or must stop. Returns the fuel left. On return the hart's pc is current. */
export function interpret(h: usize, fuel: u32): u32 {
  while (fuel != 0) {
    store<u32>(h, fuel, HART_FUEL);
    const slot = enter(h);
    fuel = load<u32>(h, HART_FUEL);
    if (slot == 0) {
      if (load<u32>(h, HART_TRAPPED)) continue;
      break;
    }
    fuel = execute(h, slot, fuel);
    if (load<u32>(MACHINE, MACHINE_STOPREASON) == STOP_BREAKPOINT) break;
  }
  return fuel;
}
