/** Physical addresses: main memory and boot ROM lie in linear memory, everything else is the bus's. */
import { mmioRead, mmioWrite } from "../host";
import { BOOT_ROM_BASE, BOOT_ROM_SIZE, RAM_BASE } from "../generated/riscv";
import { BOOT_ROM, DIRTY_PAGES, MACHINE, MACHINE_BUSFAULT, MACHINE_RAMBYTES, RAM } from "../generated/layout";
import { storedToCode } from "../block/code-cache";

// @ts-ignore: decorator
@inline
export function isRam(address: u64, size: u64): bool {
  return address >= RAM_BASE && address - RAM_BASE + size <= <u64>load<u32>(MACHINE, MACHINE_RAMBYTES);
}

// @ts-ignore: decorator
@inline
function isRom(address: u64, size: u64): bool {
  return address >= BOOT_ROM_BASE && address - BOOT_ROM_BASE + size <= BOOT_ROM_SIZE;
}

/** Whether [address, address+size) is RAM or ROM. */
export function isMemory(address: u64, size: u64): bool {
  return isRam(address, size) || isRom(address, size);
}

/** Offset in linear memory of an address in RAM or ROM. */
export function hostAddress(address: u64): usize {
  return address >= RAM_BASE
    ? RAM + <usize>(address - RAM_BASE)
    : BOOT_ROM + <usize>(address - BOOT_ROM_BASE);
}

function loadSized(host: usize, size: u32): u64 {
  switch (size) {
    case 1:
      return load<u8>(host);
    case 2:
      return load<u16>(host);
    case 4:
      return load<u32>(host);
    default:
      return load<u64>(host);
  }
}

function storeSized(host: usize, value: u64, size: u32): void {
  switch (size) {
    case 1:
      store<u8>(host, <u8>value);
      break;
    case 2:
      store<u16>(host, <u16>value);
      break;
    case 4:
      store<u32>(host, <u32>value);
      break;
    default:
      store<u64>(host, value);
  }
}

/** Address of what is at `host` in linear memory, in RAM. */
// @ts-ignore: decorator
@inline
export function ramAddress(host: usize): u64 {
  return <u64>(host - RAM) + RAM_BASE;
}

/** Notes a write to the RAM page of `address`, before it or before a TLB entry that lets writes through unseen. */
export function markDirty(address: u64): void {
  store<u8>(DIRTY_PAGES + <usize>((address - RAM_BASE) >> 12), 1);
}

/** Reads RAM or ROM, zero-extended. */
export function readMemory(address: u64, size: u32): u64 {
  return loadSized(hostAddress(address), size);
}

/** Writes RAM, on one page. Returns true when the decoded page that the address had was dropped. */
export function writeRam(address: u64, value: u64, size: u32): bool {
  markDirty(address);
  storeSized(hostAddress(address), value, size);
  return storedToCode(<usize>(address - RAM_BASE), <usize>size);
}

/** Reads a device; MACHINE_BUSFAULT tells whether there was one. The bus is 32 bits wide, low half first. */
export function readDevice(address: u64, size: u32): u64 {
  store<u32>(MACHINE, 0, MACHINE_BUSFAULT);
  if (address + <u64>size > 0xffff_ffff) {
    store<u32>(MACHINE, 1, MACHINE_BUSFAULT);
    return 0;
  }
  if (size < 8) return <u64>mmioRead(<u32>address, size);
  const low = <u64>mmioRead(<u32>address, 4);
  return low | ((<u64>mmioRead(<u32>address + 4, 4)) << 32);
}

/** Writes a device; MACHINE_BUSFAULT tells whether there was one. */
export function writeDevice(address: u64, value: u64, size: u32): void {
  store<u32>(MACHINE, 0, MACHINE_BUSFAULT);
  if (address + <u64>size > 0xffff_ffff) {
    store<u32>(MACHINE, 1, MACHINE_BUSFAULT);
    return;
  }
  mmioWrite(<u32>address, min<u32>(size, 4), <u32>value);
  if (size == 8) mmioWrite(<u32>address + 4, 4, <u32>(value >> 32));
}
