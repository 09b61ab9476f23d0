/**
 * Breakpoints by virtual address. A decoded slot at the page offset of one becomes OP_BREAK, which compares the
 * whole pc; other code runs as if there were none.
 *
 * Decoded pages are physical, and code comes to a page through a fetch TLB only. So a page is marked when a TLB leads to it from
 * a virtual page with breakpoints, and in pages without a mark nothing becomes OP_BREAK: code elsewhere that lies at
 * the same offset pays nothing, either.
 */
import {
  BREAKPOINT_TABLE,
  HARTS,
  HART_BYTES,
  HART_RESUMEPC,
  MACHINE,
  MACHINE_BREAKPOINTS,
  MACHINE_HARTS,
  MAX_BREAKPOINTS,
  TLB_CONTEXTS,
} from "../generated/layout";
import { markCodePage, redecodeOffset } from "../block/code-cache";
import { TLB_ADDEND, TLB_FETCH, tlbArray, tlbIndex } from "../mmu/tlb";

// @ts-ignore: decorator
@inline
function place(index: u32): usize {
  return BREAKPOINT_TABLE + ((<usize>index) << 3);
}

function find(va: u64): i32 {
  const count = load<u32>(MACHINE, MACHINE_BREAKPOINTS);
  for (let i: u32 = 0; i < count; i++) if (load<u64>(place(i)) == va) return <i32>i;
  return -1;
}

export function hasBreakpoint(va: u64): bool {
  return find(va) >= 0;
}

/** Whether some breakpoint is on the page of `va`. */
export function breakpointOnPage(va: u64): bool {
  const count = load<u32>(MACHINE, MACHINE_BREAKPOINTS);
  for (let i: u32 = 0; i < count; i++) if (load<u64>(place(i)) >> 12 == va >> 12) return true;
  return false;
}

/** Whether some breakpoint has this offset on its page. */
export function breakpointAtOffset(offset: u32): bool {
  const count = load<u32>(MACHINE, MACHINE_BREAKPOINTS);
  for (let i: u32 = 0; i < count; i++) if ((load<u32>(place(i)) & 0xfff) == offset) return true;
  return false;
}

/** Adds a breakpoint; false when the table is full. */
export function addBreakpoint(va: u64): bool {
  const count = load<u32>(MACHINE, MACHINE_BREAKPOINTS);
  if (hasBreakpoint(va)) return true;
  if (count == MAX_BREAKPOINTS) return false;
  store<u64>(place(count), va);
  store<u32>(MACHINE, count + 1, MACHINE_BREAKPOINTS);
  markReached(va);
  redecodeOffset((<u32>va) & 0xffe);
  return true;
}

/** Marks the decoded pages to which a TLB leads from the page of `va` already. */
function markReached(va: u64): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) {
    const h = HARTS + <usize>i * HART_BYTES;
    for (let context: u32 = 0; context < TLB_CONTEXTS; context++) {
      const entry = tlbArray(h, TLB_FETCH, context) + tlbIndex(va);
      if (load<u64>(entry) == (va & ~0xfff)) markCodePage(<usize>load<u32>(entry, TLB_ADDEND));
    }
  }
}

/** Removes a breakpoint, if there is one. */
export function removeBreakpoint(va: u64): void {
  const index = find(va);
  if (index < 0) return;
  const last = load<u32>(MACHINE, MACHINE_BREAKPOINTS) - 1;
  store<u64>(place(<u32>index), load<u64>(place(last)));
  store<u32>(MACHINE, last, MACHINE_BREAKPOINTS);
  redecodeOffset((<u32>va) & 0xffe);
  forgetResume(va);
}

/** A hart that was to pass the breakpoint must not pass the next one that is put there. */
function forgetResume(va: u64): void {
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) {
    const h = HARTS + <usize>i * HART_BYTES;
    if (load<u64>(h, HART_RESUMEPC) == va) store<u64>(h, ~0, HART_RESUMEPC);
  }
}
