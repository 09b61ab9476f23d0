/** A virtio driver for the tests: it sets up one queue of a transport in fake memory and sends requests. */
import type { VirtioMmio } from "../../../host/devices/virtio-mmio.ts";
import type { FakeMemory } from "./fakes.ts";

export const REGISTER = {
  magic: 0x000,
  version: 0x004,
  deviceId: 0x008,
  deviceFeatures: 0x010,
  deviceFeaturesSel: 0x014,
  driverFeatures: 0x020,
  driverFeaturesSel: 0x024,
  queueSel: 0x030,
  queueNumMax: 0x034,
  queueNum: 0x038,
  queueReady: 0x044,
  queueNotify: 0x050,
  interruptStatus: 0x060,
  interruptAck: 0x064,
  status: 0x070,
  queueDescLow: 0x080,
  queueDescHigh: 0x084,
  queueDriverLow: 0x090,
  queueDeviceLow: 0x0a0,
  config: 0x100,
} as const;

export const STATUS_READY = 1 | 2 | 8 | 4;
export const NEEDS_RESET = 64;

const NEXT = 1;
const WRITE = 2;

export interface DescriptorSpec {
  address: bigint;
  length: number;
  flags: number;
  next: number;
}

export class VirtioDriver {
  readonly desc: number;
  readonly avail: number;
  readonly used: number;
  readonly size: number;
  private readonly device: VirtioMmio;
  private readonly memory: FakeMemory;
  private readonly queue: number;
  private available = 0;

  constructor(device: VirtioMmio, memory: FakeMemory, size = 8, queue = 0) {
    this.queue = queue;
    this.device = device;
    this.memory = memory;
    this.size = size;
    this.desc = memory.base + 0x1000;
    this.avail = memory.base + 0x2000;
    this.used = memory.base + 0x3000;
  }

  put(register: number, value: number): void {
    this.device.write(register, 4, value);
  }

  get(register: number): number {
    return this.device.read(register, 4);
  }

  /** The handshake of chapter 3.1.1 with the feature bits `low` and VERSION_1. */
  start(low = 0): void {
    this.put(REGISTER.status, 0);
    this.put(REGISTER.status, 3);
    this.put(REGISTER.driverFeaturesSel, 0);
    this.put(REGISTER.driverFeatures, low);
    this.put(REGISTER.driverFeaturesSel, 1);
    this.put(REGISTER.driverFeatures, 1);
    this.put(REGISTER.status, 11);
    this.put(REGISTER.queueSel, this.queue);
    this.put(REGISTER.queueNum, this.size);
    this.put(REGISTER.queueDescLow, this.desc);
    this.put(REGISTER.queueDriverLow, this.avail);
    this.put(REGISTER.queueDeviceLow, this.used);
    this.put(REGISTER.queueReady, 1);
    this.put(REGISTER.status, STATUS_READY);
    this.available = 0;
  }

  private data(address: number, length: number): DataView {
    const bytes = this.memory.view(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  writeDescriptor(index: number, { address, length, flags, next }: DescriptorSpec): void {
    const view = this.data(this.desc + 16 * index, 16);
    view.setBigUint64(0, address, true);
    view.setUint32(8, length, true);
    view.setUint16(12, flags, true);
    view.setUint16(14, next, true);
  }

  /** Puts a chain into the table from descriptor `first` on. */
  writeChain(first: number, readable: [number, number][], writable: [number, number][]): void {
    const all = [
      ...readable.map((buffer) => [...buffer, 0]),
      ...writable.map((buffer) => [...buffer, WRITE]),
    ];
    all.forEach(([address, length, write], index) => {
      const last = index === all.length - 1;
      this.writeDescriptor(first + index, {
        address: BigInt(address as number),
        length: length as number,
        flags: (write as number) | (last ? 0 : NEXT),
        next: last ? 0 : first + index + 1,
      });
    });
  }

  makeAvailable(head: number): void {
    this.data(this.avail + 4 + 2 * (this.available % this.size), 2).setUint16(0, head, true);
    this.setAvailableIndex(this.available + 1);
  }

  setAvailableIndex(index: number): void {
    this.available = index & 0xffff;
    this.data(this.avail + 2, 2).setUint16(0, this.available, true);
  }

  setAvailableFlags(flags: number): void {
    this.data(this.avail, 2).setUint16(0, flags, true);
  }

  notify(): void {
    this.put(REGISTER.queueNotify, this.queue);
  }

  /** All entries of the used ring so far (at most `size`). */
  usedEntries(): { head: number; written: number }[] {
    const count = this.data(this.used + 2, 2).getUint16(0, true);
    return Array.from({ length: count }, (_, index) => {
      const entry = this.data(this.used + 4 + 8 * (index % this.size), 8);
      return { head: entry.getUint32(0, true), written: entry.getUint32(4, true) };
    });
  }
}
