/**
 * Guest memory as a debugger sees it: by virtual address of a hart, without side effects on devices.
 *
 * Where the hart has no translation for an address, others stand in: while the firmware runs, that of the kernel which
 * called it; before the kernel turns paging on, the link map of the loaded ELF files, so that a symbol can be read
 * at any time.
 */

import { PRIVILEGE } from "../../spec/riscv.ts";
import { walkPages } from "../inspect/page-walk.ts";
import type { Machine } from "../machine.ts";

/** Main memory and ROM by physical address. */
export interface PhysicalMemory {
  /** The bytes themselves, or undefined unless the whole range is memory. */
  view(address: number, length: number): Uint8Array | undefined;
  /** Writes a range that `view` gives, and drops what was decoded from it; false where it is read-only. */
  write(address: number, bytes: Uint8Array): boolean;
}

export interface AddressMaps {
  /** The hart's present translation, permissions aside. */
  translate(hart: number, address: bigint): number | undefined;
  /** What supervisor mode would make of it while the hart is in machine mode. */
  translateBelow(hart: number, address: bigint): number | undefined;
  /** Where the loader put what is linked at the address. */
  loadAddress(address: bigint): number | undefined;
}

interface Piece {
  readonly physical: number;
  readonly view: Uint8Array;
}

const PAGE = 4096;

export class VirtualMemory {
  readonly #physical: PhysicalMemory;
  readonly #maps: AddressMaps;

  constructor(physical: PhysicalMemory, maps: AddressMaps) {
    this.#physical = physical;
    this.#maps = maps;
  }

  /** Up to `length` bytes; fewer where memory ends. */
  read(hart: number, address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const piece = this.#piece(hart, address + BigInt(done), length - done);
      if (piece === undefined) break;
      bytes.set(piece.view, done);
      done += piece.view.length;
    }
    return bytes.subarray(0, done);
  }

  /** All of `bytes` or nothing. */
  write(hart: number, address: bigint, bytes: Uint8Array): boolean {
    const places: number[] = [];
    for (let done = 0; done < bytes.length; ) {
      const piece = this.#piece(hart, address + BigInt(done), bytes.length - done);
      if (piece === undefined) return false;
      places.push(piece.physical);
      done += piece.view.length;
    }
    let done = 0;
    return places.every((physical) => {
      const length = Math.min(bytes.length - done, PAGE - (physical % PAGE));
      const ok = this.#physical.write(physical, bytes.subarray(done, done + length));
      done += length;
      return ok;
    });
  }

  /** What lies at `address` up to the end of its page. */
  #piece(hart: number, address: bigint, most: number): Piece | undefined {
    const va = BigInt.asUintN(64, address);
    const length = Math.min(most, PAGE - Number(va % BigInt(PAGE)));
    const maps = this.#maps;
    const pieceAt = (physical: number | undefined): Piece | undefined => {
      const view = physical === undefined ? undefined : this.#physical.view(physical, length);
      return physical === undefined || view === undefined ? undefined : { physical, view };
    };
    return (
      pieceAt(maps.translate(hart, va)) ??
      pieceAt(maps.translateBelow(hart, va)) ??
      pieceAt(maps.loadAddress(va))
    );
  }
}

/** That of a machine; what is written is kept for replays. */
export function machineMemory(machine: Machine): VirtualMemory {
  const { core, symbols } = machine;
  return new VirtualMemory(
    {
      view: (address, length) => core.view(address, length),
      write: (address, bytes) => machine.enter({ kind: "memory", address, bytes: bytes.slice() }),
    },
    {
      translate: (hart, address) => core.translate(hart, address),
      translateBelow: (hart, address) => translateBelow(machine, hart, address),
      loadAddress: (address) => symbols.loadAddress(address),
    },
  );
}

/** The firmware works for a kernel: addresses that are nowhere in machine mode are the kernel's. */
function translateBelow(machine: Machine, hart: number, address: bigint): number | undefined {
  const satp = machine.core.readCsr(hart, "satp") ?? 0n;
  if (machine.core.hart(hart).get("priv") !== BigInt(PRIVILEGE.M) || satp === 0n) return undefined;
  const { physical } = walkPages(satp, address, (place) => {
    const bytes = machine.core.view(place, 8);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  });
  return physical === undefined ? undefined : Number(physical);
}
