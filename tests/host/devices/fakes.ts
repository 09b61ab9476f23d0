/** What device tests use in place of a machine: a clock, wires, memory, and a random driver. */
import fc from "fast-check";
import type { Clock, Timer } from "../../../host/clock.ts";
import type { AccessSize, Device, GuestMemory, IrqLine, Placement } from "../../../host/devices/device.ts";
import { HartbeatError } from "../../../host/errors.ts";

/** Guest time that stands still until it is advanced. */
export class FakeClock implements Clock {
  private time = 0;
  private events: { at: number; fire: () => void }[] = [];

  now(): number {
    return this.time;
  }

  schedule(at: number, fire: () => void): Timer {
    const event = { at, fire };
    this.events.push(event);
    return {
      cancel: () => {
        this.events = this.events.filter((other) => other !== event);
      },
    };
  }

  get pending(): number {
    return this.events.length;
  }

  /** Lets time pass to `cycle`, with every event at its own moment. */
  advanceTo(cycle: number): void {
    for (;;) {
      const next = this.events
        .filter(({ at }) => at <= cycle)
        .reduce<{ at: number; fire: () => void } | undefined>(
          (a, b) => (a && a.at <= b.at ? a : b),
          undefined,
        );
      if (!next) break;
      this.events = this.events.filter((event) => event !== next);
      this.time = Math.max(this.time, next.at);
      next.fire();
    }
    this.time = cycle;
  }
}

export class FakeLine implements IrqLine {
  level = false;

  set(level: boolean): void {
    this.level = level;
  }
}

export const lines = (count: number): FakeLine[] => Array.from({ length: count }, () => new FakeLine());

/** A small main memory. */
export class FakeMemory implements GuestMemory {
  readonly base: number;
  readonly bytes: Uint8Array;

  constructor(base: number, length: number) {
    this.base = base;
    this.bytes = new Uint8Array(length);
  }

  view(address: number, length: number): Uint8Array {
    const offset = address - this.base;
    if (!(offset >= 0 && offset + length <= this.bytes.length)) {
      throw new HartbeatError(`0x${address.toString(16)} is not in memory`);
    }
    return this.bytes.subarray(offset, offset + length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.view(address, bytes.length).set(bytes);
  }
}

export const PLACEMENT: Placement = {
  base: 0x1000_0000,
  size: 0x1000,
  irq: 5,
  plicPhandle: 9,
  hartPhandles: [2, 4],
};

/** Bombards a device with accesses of any width at any offset: it neither throws nor answers outside the width. */
export function expectSafeAccesses(size: number, make: () => Device): void {
  const access = fc.record({
    write: fc.boolean(),
    offset: fc.oneof(fc.nat(size - 1), fc.nat(Math.min(size, 0x200) - 1)),
    width: fc.constantFrom<AccessSize>(1, 2, 4),
    value: fc.oneof(fc.nat(0xff), fc.nat(0xffff_ffff)),
  });
  fc.assert(
    fc.property(fc.array(access, { maxLength: 100 }), (accesses) => {
      const device = make();
      const fresh = JSON.stringify(device.state());
      for (const { write, offset, width, value } of accesses) {
        if (write) device.write(offset, width, value);
        const read = device.read(offset, width);
        if (!Number.isInteger(read) || read < 0 || read >= 2 ** (8 * width)) {
          throw new Error(`read ${read} from ${offset}, width ${width}`);
        }
      }
      device.reset();
      if (JSON.stringify(device.state()) !== fresh)
        throw new Error("reset does not lead back to the first state");
    }),
  );
}

/** The end of a line or a cable where nobody is. */
export const VIRTIO_PORT = { connect: (): void => {}, output: (): void => {}, send: (): void => {} };
