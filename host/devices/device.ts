/** The interface between the bus and a device: offsets, interrupt lines, guest memory. No device knows more. */
import type { FdtNode } from "../boot/fdt-writer.ts";

/** Width of a bus access in bytes. The core splits an 8-byte access into two, low half first. */
export type AccessSize = 1 | 2 | 4;

/** A level-sensitive wire, to an interrupt controller or to a hart's pending bit. */
export interface IrqLine {
  set(level: boolean): void;
}

/** Main memory as a DMA master sees it. Physical addresses; both throw HartbeatError outside RAM. */
export interface GuestMemory {
  /** A view (not a copy) of `length` bytes; valid until control returns to the core. */
  view(address: number, length: number): Uint8Array;
  /** Copies `bytes` into memory and tells the core that code there may have changed. */
  write(address: number, bytes: Uint8Array): void;
}

/** How a device's place on the board reaches its device-tree node. */
export interface Placement {
  readonly base: number;
  readonly size: number;
  /** PLIC source, 0 when the device has none. */
  readonly irq: number;
  /** phandle of the PLIC, for `interrupt-parent`. */
  readonly plicPhandle: number;
  /** phandles of the harts' own interrupt controllers, in hart order. */
  readonly hartPhandles: readonly number[];
}

/** A memory-mapped device. `offset` counts bytes from its base; values are unsigned, low-order aligned. */
export interface Device {
  readonly name: string;
  read(offset: number, size: AccessSize): number;
  write(offset: number, size: AccessSize, value: number): void;
  /** Back to the state after power-on. */
  reset(): void;
  /** Adds the device's own node to the `soc` node of the device tree. */
  describe(soc: FdtNode, at: Placement): void;
  /** The whole state as named fields of JSON-safe values (bytes as Uint8Array), for the state hash and snapshots. */
  state(): Record<string, unknown>;
  /**
   * Takes over what `state()` gave. Drives its lines to where they were, and schedules what was due; memory and harts
   * have been restored before. Throws HartbeatError when fields are missing or of another kind.
   */
  restore(state: Record<string, unknown>): void;
}
