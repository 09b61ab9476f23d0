/** The system bus: finds the device that a physical address belongs to. RAM is not on it; the core holds RAM itself. */
import type { MapRow } from "../spec/machine-map.ts";
import type { AccessSize, Device } from "./devices/device.ts";

/** A device at its place in the physical address space, with its PLIC source (0 for none). */
export interface PlacedDevice {
  readonly device: Device;
  readonly base: number;
  readonly size: number;
  readonly irq: number;
}

/** Places `device` as instance number `instance` of a row of the machine map. */
export function placeDevice(row: MapRow, device: Device, instance = 0): PlacedDevice {
  return {
    device,
    base: row.base + instance * row.size,
    size: row.size,
    irq: row.irq === undefined ? 0 : row.irq + instance,
  };
}

/** Undefined from `read` and false from `write` mean an access fault: no device answers there. */
export class Bus {
  /** In order of address. */
  readonly devices: readonly PlacedDevice[];
  /** The device of the last access: accesses come in runs. */
  private last: PlacedDevice | undefined;

  constructor(devices: readonly PlacedDevice[]) {
    this.devices = [...devices].sort((a, b) => a.base - b.base);
    for (const [index, { device, base, size }] of this.devices.entries()) {
      const next = this.devices[index + 1];
      if (next && next.base < base + size) {
        throw new Error(`${device.name} and ${next.device.name} overlap at 0x${next.base.toString(16)}`);
      }
    }
  }

  read(address: number, size: AccessSize): number | undefined {
    const placed = this.find(address, size);
    return placed?.device.read(address - placed.base, size);
  }

  write(address: number, size: AccessSize, value: number): boolean {
    const placed = this.find(address, size);
    placed?.device.write(address - placed.base, size, value);
    return placed !== undefined;
  }

  /** The device that holds all `size` bytes at `address`. */
  private find(address: number, size: number): PlacedDevice | undefined {
    const holds = ({ base, size: extent }: PlacedDevice): boolean =>
      address >= base && address + size <= base + extent;
    if (this.last && holds(this.last)) return this.last;
    const found = this.devices.find(holds);
    if (found) this.last = found;
    return found;
  }
}
