/** Code of M-mode and S-mode that their own interrupts may interrupt, at any instruction. */
import { MSTATUS_BIT } from "../../../spec/riscv.ts";
import { TIMER_ENABLE } from "../clock.ts";
import type { Context } from "../context.ts";
import { MSIP } from "../map.ts";
import { changingCode } from "./code.ts";
import { floats } from "./float.ts";
import { branches, integers, jumps, loop } from "./integer.ts";
import { atomics, loadsAndStores } from "./memory.ts";
import { reservations } from "./reservations.ts";

/** M-mode's software interrupt; its handler disables all interrupts. */
function softwareInterrupt(context: Context): void {
  const { a, reserved } = context;
  context.csr("csrrsi", "mie", { zimm: 8 });
  a.li(reserved.t0, MSIP).li(reserved.t1, 1).op("sw", { rs1: reserved.t0, rs2: reserved.t1 });
  integers(context);
  a.op("sw", { rs1: reserved.t0, rs2: 0 });
}

const BODIES = [
  integers,
  integers,
  floats,
  branches,
  loop,
  jumps,
  loadsAndStores,
  atomics,
  reservations,
  changingCode,
];

/** Interrupts are let in, for a while. */
export function interruptible(context: Context): void {
  const { random, a, mode } = context;
  if (!context.clocked || mode === "u") return;
  const { t1 } = context.reserved;
  const machine = mode === "m";
  const [status, enable] = machine
    ? (["mstatus", 1 << MSTATUS_BIT.MIE] as const)
    : (["sstatus", 1 << MSTATUS_BIT.SIE] as const);
  if (machine) {
    a.li(t1, TIMER_ENABLE);
    context.csr("csrrs", "mie", { rs1: t1 });
  }
  context.csr("csrrsi", status, { zimm: enable });
  for (let n = random.int(1, 4); n > 0; n--) random.pick(BODIES)(context);
  if (machine && random.chance(0.3)) softwareInterrupt(context);
  context.csr("csrrci", status, { zimm: enable });
  if (!machine) return;
  a.li(t1, TIMER_ENABLE);
  context.csr("csrrc", "mie", { rs1: t1 });
}
