/** Pending interrupts and when they are taken (privileged manual, sections 3.1.9 and 11.1.3). */
import {
  IRQ_MEI,
  IRQ_MSI,
  IRQ_MTI,
  IRQ_SEI,
  IRQ_SSI,
  MSTATUS_MIE_BIT,
  MSTATUS_SIE_BIT,
  PRIV_M,
  PRIV_S,
} from "../generated/riscv";
import {
  HART_LINES,
  HART_MIDELEG,
  HART_MIE,
  HART_MIP,
  HART_MSTATUS,
  HART_PRIV,
  HART_TRAPPED,
  HART_WAITING,
} from "../generated/layout";
import { CAUSE_INTERRUPT, takeTrap } from "./trap";

/** mip: what software set, or what the interrupt controllers drive. */
export function pendingBits(h: usize): u64 {
  return load<u64>(h, HART_MIP) | (<u64>load<u32>(h, HART_LINES));
}

/** Whether a hart in wfi goes on: an enabled interrupt is pending, whether or not it can be taken. */
export function wakes(h: usize): bool {
  return (pendingBits(h) & load<u64>(h, HART_MIE)) != 0;
}

/** "MEI, MSI, MTI, SEI, SSI, STI" in decreasing order of priority. */
function mostUrgent(pending: u64): u64 {
  if (pending & ((<u64>1) << IRQ_MEI)) return IRQ_MEI;
  if (pending & ((<u64>1) << IRQ_MSI)) return IRQ_MSI;
  if (pending & ((<u64>1) << IRQ_MTI)) return IRQ_MTI;
  if (pending & ((<u64>1) << IRQ_SEI)) return IRQ_SEI;
  if (pending & ((<u64>1) << IRQ_SSI)) return IRQ_SSI;
  return ctz(pending);
}

/** Wakes the hart if it may, then takes the most urgent interrupt that is enabled. The pc is the handler's then. */
export function takePendingInterrupt(h: usize): void {
  const pending = pendingBits(h) & load<u64>(h, HART_MIE);
  if (pending == 0) return;
  store<u32>(h, 0, HART_WAITING);
  const priv = load<u32>(h, HART_PRIV);
  const mstatus = load<u64>(h, HART_MSTATUS);
  const mideleg = load<u64>(h, HART_MIDELEG);
  let enabled: u64 = 0;
  if (priv < PRIV_M || (mstatus >> MSTATUS_MIE_BIT) & 1) enabled = pending & ~mideleg;
  if (enabled == 0 && (priv < PRIV_S || (priv == PRIV_S && (mstatus >> MSTATUS_SIE_BIT) & 1))) {
    enabled = pending & mideleg;
  }
  if (enabled == 0) return;
  takeTrap(h, CAUSE_INTERRUPT | mostUrgent(enabled), 0);
  store<u32>(h, 0, HART_TRAPPED);
}
