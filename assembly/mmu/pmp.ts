/** Physical memory protection (privileged manual, section 3.7): which bytes a privilege level may touch. */
import { PRIV_M } from "../generated/riscv";
import { HART_PMPADDR, HART_PMPCFG } from "../generated/layout";

const PMP_ENTRIES: u32 = 16;
export const PMP_R: u32 = 1;
export const PMP_W: u32 = 2;
export const PMP_X: u32 = 4;
export const PMP_LOCK: u32 = 0x80;
/** Address matching, field A of a configuration byte. */
const MODE_OFF: u32 = 0;
const MODE_TOR: u32 = 1;
const MODE_NA4: u32 = 2;

/** Addresses are 56 bits wide: pmpaddr registers hold bits 55:2. */
const END_OF_MEMORY: u64 = 1 << 56;

export function pmpConfig(h: usize, entry: u32): u32 {
  return <u32>load<u8>(h + <usize>entry, HART_PMPCFG);
}

// @ts-ignore: decorator
@inline
export function pmpMode(config: u32): u32 {
  return (config >> 3) & 3;
}

function address(h: usize, entry: u32): u64 {
  return load<u64>(h + ((<usize>entry) << 3), HART_PMPADDR);
}

/** First byte that an active entry matches. */
function regionStart(h: usize, entry: u32, mode: u32): u64 {
  const own = address(h, entry);
  if (mode == MODE_TOR) return entry == 0 ? 0 : address(h, entry - 1) << 2;
  if (mode == MODE_NA4) return own << 2;
  return (own & (own + 1)) << 2;
}

/** First byte after it. NAPOT: the number of trailing ones gives the size. */
function regionEnd(h: usize, entry: u32, mode: u32): u64 {
  const own = address(h, entry);
  if (mode == MODE_TOR) return own << 2;
  if (mode == MODE_NA4) return (own << 2) + 4;
  return ((own | (own + 1)) + 1) << 2;
}

/**
 * Whether `permission` (PMP_R, PMP_W, PMP_X) is granted to level `priv` for all of [start, start+size).
 * "The lowest-numbered PMP entry that matches any byte of an access determines whether that access succeeds
 * or fails"; it must match all bytes.
 */
export function pmpAllows(h: usize, start: u64, size: u64, permission: u32, priv: u32): bool {
  const end = start + size;
  for (let entry: u32 = 0; entry < PMP_ENTRIES; entry++) {
    const config = pmpConfig(h, entry);
    const mode = pmpMode(config);
    if (mode == MODE_OFF) continue;
    const from = regionStart(h, entry, mode);
    const to = regionEnd(h, entry, mode);
    if (from >= end || to <= start) continue;
    if (from > start || to < end) return false;
    if (priv == PRIV_M && !(config & PMP_LOCK)) return true;
    return (config & permission) == permission;
  }
  return priv == PRIV_M;
}

/** Whether no entry has an edge inside the page at `page`, so that what holds for one byte holds for all. */
export function pmpUniform(h: usize, page: u64): bool {
  for (let entry: u32 = 0; entry < PMP_ENTRIES; entry++) {
    const mode = pmpMode(pmpConfig(h, entry));
    if (mode == MODE_OFF) continue;
    const from = min<u64>(regionStart(h, entry, mode), END_OF_MEMORY);
    const to = min<u64>(regionEnd(h, entry, mode), END_OF_MEMORY);
    if ((from > page && from < page + 4096) || (to > page && to < page + 4096)) return false;
  }
  return true;
}
