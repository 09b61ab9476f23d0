/** Loads, stores and atomics that miss the TLB, are misaligned, or reach a device. All may trap (HART_TRAPPED). */
import {
  CAUSE_LOAD_ACCESS_FAULT,
  CAUSE_LOAD_ADDRESS_MISALIGNED,
  CAUSE_STORE_ACCESS_FAULT,
  CAUSE_STORE_ADDRESS_MISALIGNED,
  RAM_BASE,
} from "../generated/riscv";
import {
  HART_PC,
  HART_RESERVATION,
  HART_WRITETLB,
  MACHINE,
  MACHINE_BUSFAULT,
  WATCH_READ,
  WATCH_WRITE,
} from "../generated/layout";
import { forgetCode } from "../block/code-cache";
import { heldBack } from "../debug/watchpoints";
import { takeTrap } from "../hart/trap";
import {
  hostAddress,
  isMemory,
  isRam,
  markDirty,
  readDevice,
  readMemory,
  writeDevice,
  writeRam,
} from "./physical";
import { TLB_ADDEND, tlbIndex } from "./tlb";
import { NO_ADDRESS, translate } from "./translate";
import { ACCESS_LOAD, ACCESS_STORE } from "./walk";

function crossesPage(va: u64, size: u32): bool {
  return (va & 0xfff) + <u64>size > 4096;
}

/** Loads `size` bytes, zero-extended. Misaligned loads of memory work; of devices they are access faults. */
export function loadSlow(h: usize, va: u64, size: u32): u64 {
  if (heldBack(h, va, size, WATCH_READ)) return 0;
  if (crossesPage(va, size)) return loadCrossing(h, va, size);
  const address = translate(h, va, ACCESS_LOAD, size);
  if (address == NO_ADDRESS) return 0;
  if (isMemory(address, size)) return readMemory(address, size);
  if (!(address & (<u64>(size - 1)))) {
    const value = readDevice(address, size);
    if (!load<u32>(MACHINE, MACHINE_BUSFAULT)) return value;
  }
  takeTrap(h, CAUSE_LOAD_ACCESS_FAULT, va);
  return 0;
}

/** Both pages are translated before either is read. A fault on the second reports its first byte. */
function loadCrossing(h: usize, va: u64, size: u32): u64 {
  const firstSize: u32 = 4096 - ((<u32>va) & 0xfff);
  const second = va + <u64>firstSize;
  const a = translate(h, va, ACCESS_LOAD, firstSize);
  if (a == NO_ADDRESS) return 0;
  const b = translate(h, second, ACCESS_LOAD, size - firstSize);
  if (b == NO_ADDRESS) return 0;
  if (!isMemory(a, firstSize) || !isMemory(b, size - firstSize)) {
    takeTrap(h, CAUSE_LOAD_ACCESS_FAULT, va);
    return 0;
  }
  let value: u64 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const byte = i < firstSize ? readMemory(a + <u64>i, 1) : readMemory(b + <u64>(i - firstSize), 1);
    const shift = <u64>(8 * i);
    value |= byte << shift;
  }
  return value;
}

/**
 * Stores `size` bytes. Returns true when the interpreter must look around before it goes on: after a trap,
 * a device access, or when decoded code was dropped. Except after a trap the pc is then set to the
 * next instruction, `length` bytes on.
 */
export function storeSlow(h: usize, va: u64, value: u64, size: u32, length: u32): bool {
  if (heldBack(h, va, size, WATCH_WRITE)) return true;
  if (crossesPage(va, size)) return storeCrossing(h, va, value, size, length);
  const address = translate(h, va, ACCESS_STORE, size);
  if (address == NO_ADDRESS) return true;
  if (isRam(address, size)) return writeRam(address, value, size) ? lookAround(h, length) : false;
  if (!isMemory(address, size) && !(address & (<u64>(size - 1)))) {
    writeDevice(address, value, size);
    if (!load<u32>(MACHINE, MACHINE_BUSFAULT)) return lookAround(h, length);
  }
  takeTrap(h, CAUSE_STORE_ACCESS_FAULT, va);
  return true;
}

function lookAround(h: usize, length: u32): bool {
  store<u64>(h, load<u64>(h, HART_PC) + <u64>length, HART_PC);
  return true;
}

function storeCrossing(h: usize, va: u64, value: u64, size: u32, length: u32): bool {
  const firstSize: u32 = 4096 - ((<u32>va) & 0xfff);
  const a = translate(h, va, ACCESS_STORE, firstSize);
  if (a == NO_ADDRESS) return true;
  const b = translate(h, va + <u64>firstSize, ACCESS_STORE, size - firstSize);
  if (b == NO_ADDRESS) return true;
  if (!isRam(a, firstSize) || !isRam(b, size - firstSize)) {
    takeTrap(h, CAUSE_STORE_ACCESS_FAULT, va);
    return true;
  }
  let dropped = false;
  for (let i: u32 = 0; i < size; i++) {
    const shift = <u64>(8 * i);
    const byte = (value >> shift) & 0xff;
    const to = i < firstSize ? a + <u64>i : b + <u64>(i - firstSize);
    if (writeRam(to, byte, 1)) dropped = true;
  }
  return dropped ? lookAround(h, length) : false;
}

/**
 * Where an AMO finds its operand, in linear memory; 0 after a trap. AMOs need store permission and natural
 * alignment, and reach memory only (PMA AMONone elsewhere).
 */
export function amoAddress(h: usize, va: u64, size: u32): usize {
  const entry = <usize>load<u32>(h, HART_WRITETLB) + tlbIndex(va);
  if (load<u64>(entry) == (va & (~0xfff | (<u64>(size - 1)))))
    return <usize>va + <usize>load<u32>(entry, TLB_ADDEND);
  if (heldBack(h, va, size, WATCH_READ | WATCH_WRITE)) return 0;
  if (va & (<u64>(size - 1))) {
    takeTrap(h, CAUSE_STORE_ADDRESS_MISALIGNED, va);
    return 0;
  }
  const address = translate(h, va, ACCESS_STORE, size);
  if (address == NO_ADDRESS) return 0;
  if (!isRam(address, size)) {
    takeTrap(h, CAUSE_STORE_ACCESS_FAULT, va);
    return 0;
  }
  markDirty(address);
  forgetCode(<usize>(address - RAM_BASE), <usize>size);
  return hostAddress(address);
}

/** lr: loads, sign-extended, and reserves the address. */
export function loadReserved(h: usize, va: u64, size: u32): u64 {
  if (heldBack(h, va, size, WATCH_READ)) return 0;
  if (va & (<u64>(size - 1))) {
    takeTrap(h, CAUSE_LOAD_ADDRESS_MISALIGNED, va);
    return 0;
  }
  const address = translate(h, va, ACCESS_LOAD, size);
  if (address == NO_ADDRESS) return 0;
  if (!isMemory(address, size)) {
    takeTrap(h, CAUSE_LOAD_ACCESS_FAULT, va);
    return 0;
  }
  store<u64>(h, va, HART_RESERVATION);
  const value = readMemory(address, size);
  return size == 4 ? <u64>(<i64>(<i32>value)) : value;
}

/**
 * sc: stores and returns 0 when the reservation still holds, else returns 1. Other harts run only between
 * turns, and another address space comes in only by satp or sfence.vma; all of these drop the reservation. So the
 * virtual address alone tells.
 */
export function storeConditional(h: usize, va: u64, value: u64, size: u32): u64 {
  const reserved = load<u64>(h, HART_RESERVATION);
  if (reserved == va && heldBack(h, va, size, WATCH_WRITE)) return 0;
  if (va & (<u64>(size - 1))) {
    takeTrap(h, CAUSE_STORE_ADDRESS_MISALIGNED, va);
    return 0;
  }
  store<u64>(h, NO_ADDRESS, HART_RESERVATION);
  if (reserved != va) return 1;
  const host = amoAddress(h, va, size);
  if (host == 0) return 0;
  if (size == 4) store<u32>(host, <u32>value);
  else store<u64>(host, value);
  return 0;
}
