/** A split virtqueue as its device sees it (Virtual I/O Device 1.2, chapter 2.7). Nothing the driver wrote is trusted. */
import type { GuestMemory } from "./device.ts";
import { booleanIn, numberIn, type SavedFields } from "./saved-state.ts";

const DESCRIPTOR_BYTES = 16;
const DESC_F_NEXT = 1;
const DESC_F_WRITE = 2;
const DESC_F_INDIRECT = 4;

const AVAIL_F_NO_INTERRUPT = 1;

/** Both rings open with 16 bits of flags and the 16-bit running index. */
const RING_FLAGS = 0;
const RING_INDEX = 2;
const RING_ENTRIES = 4;
const AVAIL_ENTRY_BYTES = 2;
const USED_ENTRY_BYTES = 8;

/** Alignment of descriptor table, available and used ring. */
const DESC_ALIGNMENT = 16;
const DRIVER_ALIGNMENT = 2;
const DEVICE_ALIGNMENT = 4;

/** The driver broke the rules of virtio: the device stops with DEVICE_NEEDS_RESET. */
export class VirtioFault extends Error {
  override readonly name = "VirtioFault";
}

/** Memory of the guest that a request reads or writes. */
export interface Buffer {
  readonly address: number;
  readonly length: number;
}

/** One request of the driver. */
export interface Chain {
  /** Index of the first descriptor: the request's identity. */
  readonly head: number;
  readonly readable: readonly Buffer[];
  readonly writable: readonly Buffer[];
}

export const totalLength = (buffers: readonly Buffer[]): number =>
  buffers.reduce((sum, { length }) => sum + length, 0);

/** The buffers from byte `start` up to byte `end` of `buffers` laid end to end. */
export function sliceBuffers(buffers: readonly Buffer[], start: number, end: number): Buffer[] {
  const slices: Buffer[] = [];
  let position = 0;
  for (const { address, length } of buffers) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, length);
    if (from < to) slices.push({ address: address + from, length: to - from });
    position += length;
  }
  return slices;
}

/** Copies all of `buffers` out of guest memory. */
export function gather(memory: GuestMemory, buffers: readonly Buffer[]): Uint8Array {
  const bytes = new Uint8Array(totalLength(buffers));
  let position = 0;
  for (const { address, length } of buffers) {
    bytes.set(memory.view(address, length), position);
    position += length;
  }
  return bytes;
}

/** Copies `bytes` into guest memory, into as much of `buffers` as they fill. */
export function scatter(memory: GuestMemory, buffers: readonly Buffer[], bytes: Uint8Array): void {
  let position = 0;
  for (const { address, length } of sliceBuffers(buffers, 0, bytes.length)) {
    memory.write(address, bytes.subarray(position, position + length));
    position += length;
  }
}

export class Virtqueue {
  readonly maxSize: number;
  private readonly memory: GuestMemory;
  /** What the driver sets up through the transport while the queue is not ready. */
  size = 0;
  descAddress = 0;
  driverAddress = 0;
  deviceAddress = 0;
  ready = false;
  /** Running indices of the next request to take and of the next to return. */
  private nextAvailable = 0;
  private nextUsed = 0;
  private inFlight = 0;

  constructor(memory: GuestMemory, maxSize: number) {
    this.memory = memory;
    this.maxSize = maxSize;
  }

  reset(): void {
    this.size = 0;
    this.descAddress = 0;
    this.driverAddress = 0;
    this.deviceAddress = 0;
    this.ready = false;
    this.nextAvailable = 0;
    this.nextUsed = 0;
    this.inFlight = 0;
  }

  /** Checks what the driver set up and makes the queue live. */
  enable(): void {
    const { size } = this;
    if (size === 0 || size > this.maxSize || (size & (size - 1)) !== 0) {
      throw new VirtioFault(`queue size ${size} is no power of two up to ${this.maxSize}`);
    }
    const areas: [number, number, number][] = [
      [this.descAddress, size * DESCRIPTOR_BYTES, DESC_ALIGNMENT],
      [this.driverAddress, RING_ENTRIES + size * AVAIL_ENTRY_BYTES, DRIVER_ALIGNMENT],
      [this.deviceAddress, RING_ENTRIES + size * USED_ENTRY_BYTES, DEVICE_ALIGNMENT],
    ];
    for (const [address, length, alignment] of areas) {
      if (address % alignment !== 0) {
        throw new VirtioFault(`queue area at 0x${address.toString(16)} is not aligned to ${alignment}`);
      }
      this.memory.view(address, length);
    }
    this.ready = true;
  }

  /** Takes the queue down, which the driver must not do before it has its requests back. */
  disable(): void {
    if (this.inFlight > 0) throw new VirtioFault("a queue is disabled with requests in flight");
    this.reset();
  }

  /** The next request that the driver made available. */
  pop(): Chain | undefined {
    const waiting = (this.u16(this.driverAddress + RING_INDEX) - this.nextAvailable) & 0xffff;
    if (waiting === 0) return undefined;
    if (waiting > this.size || this.inFlight === this.size) {
      throw new VirtioFault("more requests are available than the queue holds");
    }
    const slot = this.nextAvailable % this.size;
    const head = this.u16(this.driverAddress + RING_ENTRIES + slot * AVAIL_ENTRY_BYTES);
    const chain = this.readChain(head);
    this.nextAvailable = (this.nextAvailable + 1) & 0xffff;
    this.inFlight += 1;
    return chain;
  }

  /** Hands a request back with the number of bytes written into its writable buffers. */
  push(chain: Chain, written: number): void {
    const entry = new Uint8Array(USED_ENTRY_BYTES);
    const view = new DataView(entry.buffer);
    view.setUint32(0, chain.head, true);
    view.setUint32(4, written, true);
    const slot = this.nextUsed % this.size;
    this.memory.write(this.deviceAddress + RING_ENTRIES + slot * USED_ENTRY_BYTES, entry);
    // The entry has to be in memory before the index that publishes it.
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
    this.memory.write(
      this.deviceAddress + RING_INDEX,
      Uint8Array.of(this.nextUsed & 0xff, this.nextUsed >> 8),
    );
    this.inFlight -= 1;
  }

  /** Whether the driver wants to be interrupted for used buffers. */
  get wantsInterrupt(): boolean {
    return (this.u16(this.driverAddress + RING_FLAGS) & AVAIL_F_NO_INTERRUPT) === 0;
  }

  state(): Record<string, unknown> {
    return {
      size: this.size,
      descAddress: this.descAddress,
      driverAddress: this.driverAddress,
      deviceAddress: this.deviceAddress,
      ready: this.ready,
      nextAvailable: this.nextAvailable,
      nextUsed: this.nextUsed,
      inFlight: this.inFlight,
    };
  }

  restore(state: SavedFields): void {
    this.size = numberIn(state, "size");
    this.descAddress = numberIn(state, "descAddress");
    this.driverAddress = numberIn(state, "driverAddress");
    this.deviceAddress = numberIn(state, "deviceAddress");
    this.ready = booleanIn(state, "ready");
    this.nextAvailable = numberIn(state, "nextAvailable");
    this.nextUsed = numberIn(state, "nextUsed");
    this.inFlight = numberIn(state, "inFlight");
  }

  private u16(address: number): number {
    const view = this.memory.view(address, 2);
    return (view[0] as number) | ((view[1] as number) << 8);
  }

  private readChain(head: number): Chain {
    const readable: Buffer[] = [];
    const writable: Buffer[] = [];
    let index = head;
    for (let count = 0; ; count += 1) {
      if (index >= this.size) throw new VirtioFault(`descriptor ${index} lies outside the table`);
      if (count === this.size) throw new VirtioFault(`the chain of descriptor ${head} has no end`);
      const bytes = this.memory.view(this.descAddress + index * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
      const descriptor = new DataView(bytes.buffer, bytes.byteOffset, DESCRIPTOR_BYTES);
      const flags = descriptor.getUint16(12, true);
      if (flags & DESC_F_INDIRECT)
        throw new VirtioFault(`descriptor ${index} is indirect, which was not offered`);
      const buffer = {
        address: Number(descriptor.getBigUint64(0, true)),
        length: descriptor.getUint32(8, true),
      };
      if (buffer.length === 0) throw new VirtioFault(`descriptor ${index} is empty`);
      this.memory.view(buffer.address, buffer.length);
      if (flags & DESC_F_WRITE) writable.push(buffer);
      else if (writable.length > 0)
        throw new VirtioFault(`readable descriptor ${index} follows a writable one`);
      else readable.push(buffer);
      if ((flags & DESC_F_NEXT) === 0) return { head, readable, writable };
      index = descriptor.getUint16(14, true);
    }
  }
}
