/** The bus: who answers where, and who answers nowhere. */
import { expect, test } from "vitest";
import { Bus, type PlacedDevice, placeDevice } from "../../host/bus.ts";
import type { Device } from "../../host/devices/device.ts";
import { MACHINE_MAP, type MapRow } from "../../spec/machine-map.ts";

/** Remembers accesses as text. */
class Recorder implements Device {
  readonly log: string[] = [];
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  read(offset: number, size: number): number {
    this.log.push(`r${size}@${offset}`);
    return offset;
  }

  write(offset: number, size: number, value: number): void {
    this.log.push(`w${size}@${offset}=${value}`);
  }

  reset(): void {}
  describe(): void {}
  state(): Record<string, unknown> {
    return {};
  }

  restore(): void {}
}

function placed(device: Device, base: number, size: number): PlacedDevice {
  return { device, base, size, irq: 0 };
}

test("an access reaches its device with the offset in it", () => {
  const one = new Recorder("one");
  const two = new Recorder("two");
  const bus = new Bus([placed(two, 0x2000, 0x100), placed(one, 0x1000, 0x1000)]);
  expect(bus.read(0x1ffc, 4)).toBe(0xffc);
  expect(bus.read(0x2000, 1)).toBe(0);
  expect(bus.write(0x1004, 2, 7)).toBe(true);
  expect(one.log).toEqual(["r4@4092", "w2@4=7"]);
  expect(two.log).toEqual(["r1@0"]);
});

test("an access that no device holds entirely is a fault", () => {
  const bus = new Bus([
    placed(new Recorder("one"), 0x1000, 0x1000),
    placed(new Recorder("two"), 0x2000, 0x100),
  ]);
  for (const [address, size] of [
    [0xfff, 1],
    [0xffe, 4],
    [0x1ffe, 4],
    [0x20fe, 4],
    [0x2100, 1],
    [0, 4],
    [0xffff_fffc, 4],
  ] as const) {
    expect(bus.read(address, size)).toBeUndefined();
    expect(bus.write(address, size, 0)).toBe(false);
  }
});

test("devices that overlap are a mistake in the machine", () => {
  const one = placed(new Recorder("one"), 0x1000, 0x1001);
  expect(() => new Bus([placed(new Recorder("two"), 0x2000, 4), one])).toThrow(
    "one and two overlap at 0x2000",
  );
});

test("the machine map has no overlaps, and instances follow each other", () => {
  const rows: MapRow[] = Object.values(MACHINE_MAP);
  const devices = rows.flatMap((row) =>
    Array.from({ length: row.count ?? 1 }, (_, n) => placeDevice(row, new Recorder(`${row.name} ${n}`), n)),
  );
  const bus = new Bus(devices);
  expect(bus.devices.length).toBe(devices.length);
  const last = bus.devices.find(({ device }) => device.name === "virtio-mmio 7");
  expect(last).toMatchObject({ base: 0x1000_8000, irq: 8 });
});
