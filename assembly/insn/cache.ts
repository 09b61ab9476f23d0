/**
 * Cache-block operations. There are no caches: clean, flush and invalidate are checked and do nothing, zero stores zeros.
 * menvcfg says what S-mode may do, and with senvcfg what U-mode may.
 */
import {
  CACHE_BLOCK_BYTES,
  CAUSE_STORE_ACCESS_FAULT,
  MENVCFG_CBCFE_BIT,
  MENVCFG_CBIE_BIT,
  MENVCFG_CBZE_BIT,
  PRIV_M,
  PRIV_U,
} from "../generated/riscv";
import { HART_MENVCFG, HART_PC, HART_PRIV, HART_SENVCFG, WATCH_WRITE } from "../generated/layout";
import { SLOT_IMM, SLOT_RS1 } from "../block/slot";
import { heldBack } from "../debug/watchpoints";
import { illegalInstruction, takeTrap } from "../hart/trap";
import { isRam, writeRam } from "../mmu/physical";
import { NO_ADDRESS, translateBlock } from "../mmu/translate";
import { ACCESS_LOAD, ACCESS_STORE } from "../mmu/walk";

/** Whether the present mode may execute what the bits `mask` of the envcfg registers enable. */
function enabled(h: usize, mask: u64): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv != PRIV_M && !(load<u64>(h, HART_MENVCFG) & mask)) return false;
  return priv != PRIV_U || (load<u64>(h, HART_SENVCFG) & mask) != 0;
}

function illegal(h: usize, slot: usize): bool {
  illegalInstruction(h, load<u64>(slot, SLOT_IMM));
  return true;
}

function address(h: usize, slot: usize): u64 {
  return load<u64>(h + <usize>load<u16>(slot, SLOT_RS1));
}

/** Needs permission to load or to store, which implies the other: faults are those of stores. */
function manage(h: usize, slot: usize, mask: u64): bool {
  if (!enabled(h, mask)) return illegal(h, slot);
  return translateBlock(h, address(h, slot), ACCESS_LOAD, CACHE_BLOCK_BYTES) == NO_ADDRESS;
}

/** CBIE = 01 makes it a flush, 11 an invalidation; both do nothing here. */
export function cboInval(h: usize, slot: usize): bool {
  return manage(h, slot, (<u64>3) << MENVCFG_CBIE_BIT);
}

export function cboClean(h: usize, slot: usize): bool {
  return manage(h, slot, (<u64>1) << MENVCFG_CBCFE_BIT);
}

export function cboFlush(h: usize, slot: usize): bool {
  return manage(h, slot, (<u64>1) << MENVCFG_CBCFE_BIT);
}

export function cboZero(h: usize, slot: usize): bool {
  if (!enabled(h, (<u64>1) << MENVCFG_CBZE_BIT)) return illegal(h, slot);
  const va = address(h, slot);
  const block = <u32>CACHE_BLOCK_BYTES;
  if (heldBack(h, va & ~(<u64>(block - 1)), block, WATCH_WRITE)) return true;
  const physical = translateBlock(h, va, ACCESS_STORE, CACHE_BLOCK_BYTES);
  if (physical == NO_ADDRESS) return true;
  if (!isRam(physical, CACHE_BLOCK_BYTES)) {
    takeTrap(h, CAUSE_STORE_ACCESS_FAULT, va);
    return true;
  }
  for (let at: u64 = 0; at < CACHE_BLOCK_BYTES; at += 8) writeRam(physical + at, 0, 8);
  // The decoded page that this instruction is on may be gone.
  store<u64>(h, load<u64>(h, HART_PC) + 4, HART_PC);
  return true;
}
