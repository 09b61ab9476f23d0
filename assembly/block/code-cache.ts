/**
 * The decoded pages. A page of RAM that is executed gets a decoded page: a slot for each halfword, decoded
 * when first reached, and a sentinel that leads to the next page. The pages are physical, so address spaces
 * and harts share them.
 *
 * Invariant: no TLB holds a write entry for a RAM page that has a decoded page. So every store to
 * code takes the slow path, which comes to `storedToCode`, and ordinary stores pay nothing.
 */
import {
  CODE_OWNERS,
  CODE_PAGE_BYTES,
  CODE_PAGES,
  CODE_POOL,
  CODE_TABLE,
  MACHINE,
  MACHINE_CODEPAGES,
  MACHINE_FREECODEPAGE,
  RAM,
} from "../generated/layout";
import { decode } from "../generated/decoder";
import { OP_BREAK, OP_NEXT_PAGE, OP_STRADDLE, OP_UNDECODED } from "../generated/ops";
import { flushAllFetchTlbs, flushAllWriteTlbs } from "../mmu/tlb";
import { breakpointAtOffset } from "../debug/breakpoints";
import { triggerAtOffset } from "../debug/triggers";
import { forgetMemo, forgetSegments } from "../timing/memo/segment";
import { SLOT_BYTES, fill } from "./slot";

/** Stores to a decoded page, without a decode in between, after which it counts as data again. */
const STORES_BEFORE_DROP: u32 = 256;
/** Bytes of an owner record: {u32 RAM page, u16 stores since the last decode, u16 marked}. */
const OWNER_BYTES: usize = 8;
const OWNER_STORES: usize = 4;
/** Not 0: it is reached from a virtual page that has breakpoints. */
const OWNER_MARKED: usize = 6;

// @ts-ignore: decorator
@inline
function tableEntry(ramPage: u32): usize {
  return CODE_TABLE + ((<usize>ramPage) << 2);
}

// @ts-ignore: decorator
@inline
function ownerOf(codePage: usize): usize {
  return CODE_OWNERS + ((codePage - CODE_POOL) / CODE_PAGE_BYTES) * OWNER_BYTES;
}

/** The decoded page of a RAM page, 0 when it has none. */
export function findCodePage(ramPage: u32): usize {
  return <usize>load<u32>(tableEntry(ramPage));
}

/** The decoded page of a RAM page, made when it has none. */
export function codePageFor(ramPage: u32): usize {
  const found = findCodePage(ramPage);
  if (found) return found;
  const page = takeFreePage();
  store<u32>(ownerOf(page), ramPage);
  store<u16>(ownerOf(page), 0, OWNER_STORES);
  store<u16>(ownerOf(page), 0, OWNER_MARKED);
  store<u32>(tableEntry(ramPage), <u32>page);
  fill(page + 2048 * SLOT_BYTES, OP_NEXT_PAGE, 0, 0, 0, 0);
  flushAllWriteTlbs();
  return page;
}

/** Freed pages are a list through their first word; a page that was never used is clean already. */
function takeFreePage(): usize {
  const free = <usize>load<u32>(MACHINE, MACHINE_FREECODEPAGE);
  if (free) {
    store<u32>(MACHINE, load<u32>(free), MACHINE_FREECODEPAGE);
    memory.fill(free, 0, CODE_PAGE_BYTES);
    return free;
  }
  if (load<u32>(MACHINE, MACHINE_CODEPAGES) == CODE_PAGES) dropAllCode();
  const used = load<u32>(MACHINE, MACHINE_CODEPAGES);
  store<u32>(MACHINE, used + 1, MACHINE_CODEPAGES);
  return CODE_POOL + <usize>used * CODE_PAGE_BYTES;
}

/** Forgets all decoded pages. Slots in use become dangling: only between instructions. */
export function dropAllCode(): void {
  forgetMemo();
  const used = load<u32>(MACHINE, MACHINE_CODEPAGES);
  for (let i: u32 = 0; i < used; i++) {
    store<u32>(tableEntry(load<u32>(CODE_OWNERS + <usize>i * OWNER_BYTES)), 0);
  }
  memory.fill(CODE_POOL, 0, <usize>used * CODE_PAGE_BYTES);
  store<u32>(MACHINE, 0, MACHINE_CODEPAGES);
  store<u32>(MACHINE, 0, MACHINE_FREECODEPAGE);
  flushAllFetchTlbs();
}

function dropPage(page: usize): void {
  forgetSegments(page);
  store<u32>(tableEntry(load<u32>(ownerOf(page))), 0);
  store<u32>(page, load<u32>(MACHINE, MACHINE_FREECODEPAGE));
  store<u32>(MACHINE, <u32>page, MACHINE_FREECODEPAGE);
  flushAllFetchTlbs();
}

/**
 * Forgets what was decoded from `size` bytes of RAM at `offset` (from RAM's start), on one page.
 *
 * The slot before the first halfword goes too: it may be a 4-byte instruction that ends there. An
 * instruction that began on the page before is decoded anew each time (OP_STRADDLE).
 */
export function forgetCode(offset: usize, size: usize): void {
  const page = findCodePage(<u32>(offset >>> 12));
  if (page == 0) return;
  forgetSegments(page);
  const first = (offset & 0xfff) >>> 1;
  const last = ((offset & 0xfff) + size - 1) >>> 1;
  for (let half: usize = first == 0 ? 0 : first - 1; half <= last; half++) {
    store<u16>(page + half * SLOT_BYTES, <u16>OP_UNDECODED);
  }
}

/**
 * The same for a store, which is counted: a page that is only written is data again. Returns true when the whole
 * page was dropped, so that a slot pointer into it is dangling.
 */
export function storedToCode(offset: usize, size: usize): bool {
  const page = findCodePage(<u32>(offset >>> 12));
  if (page == 0) return false;
  const owner = ownerOf(page);
  const stores = <u32>load<u16>(owner, OWNER_STORES) + 1;
  if (stores >= STORES_BEFORE_DROP) {
    dropPage(page);
    return true;
  }
  store<u16>(owner, <u16>stores, OWNER_STORES);
  forgetCode(offset, size);
  return false;
}

/** Forgets the slots at byte offset `offset` of every page, because a breakpoint or trigger there came or went. */
export function redecodeOffset(offset: u32): void {
  forgetMemo();
  const used = load<u32>(MACHINE, MACHINE_CODEPAGES);
  for (let i: u32 = 0; i < used; i++) {
    const page = CODE_POOL + <usize>i * CODE_PAGE_BYTES;
    const owned = findCodePage(load<u32>(ownerOf(page))) == page;
    if (owned) store<u16>(page + <usize>(offset >>> 1) * SLOT_BYTES, <u16>OP_UNDECODED);
  }
}

/** Has a decoded page look for breakpoints from now on. */
export function markCodePage(page: usize): void {
  const owner = ownerOf(page);
  if (load<u16>(owner, OWNER_MARKED)) return;
  store<u16>(owner, 1, OWNER_MARKED);
  forgetCode((<usize>load<u32>(owner)) << 12, 4096);
}

/** Where in linear memory the instruction of a slot on a decoded page lies. */
export function codeOf(slot: usize): usize {
  const page = CODE_POOL + ((slot - CODE_POOL) / CODE_PAGE_BYTES) * CODE_PAGE_BYTES;
  return RAM + ((<usize>load<u32>(ownerOf(page))) << 12) + ((slot - page) >>> 3);
}

/** Decodes the slot of a page that was reached for the first time. */
export function decodeSlot(slot: usize): void {
  const index = (slot - CODE_POOL) / CODE_PAGE_BYTES;
  const page = CODE_POOL + index * CODE_PAGE_BYTES;
  const owner = ownerOf(page);
  store<u16>(owner, 0, OWNER_STORES);
  const offset = (<u32>(slot - page)) >>> 3;
  if ((load<u16>(owner, OWNER_MARKED) != 0 && breakpointAtOffset(offset)) || triggerAtOffset(offset)) {
    fill(slot, OP_BREAK, 0, 0, 0, 0);
    return;
  }
  const host = RAM + ((<usize>load<u32>(owner)) << 12) + <usize>offset;
  const low = <u32>load<u16>(host);
  if ((low & 3) != 3) decode(slot, low, <i32>offset);
  else if (offset == 0xffe) fill(slot, OP_STRADDLE, 0, 0, 0, 0);
  else decode(slot, load<u32>(host), <i32>offset);
}
