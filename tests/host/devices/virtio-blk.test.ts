/** The virtio block device, driven through its transport. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BlockBackend,
  MemoryBackend,
  REQUEST_CYCLES,
  SECTOR_CYCLES,
  VirtioBlk,
} from "../../../host/devices/virtio-blk.ts";
import { VirtioMmio } from "../../../host/devices/virtio-mmio.ts";
import { HartbeatError } from "../../../host/errors.ts";
import { FakeClock, FakeLine, FakeMemory } from "./fakes.ts";
import { NEEDS_RESET, REGISTER, VirtioDriver } from "./virtio-driver.ts";

const BASE = 0x8000_0000;
const HEADER = BASE + 0x4000;
const STATUS = BASE + 0x4100;
const DATA = BASE + 0x5000;
const FOREVER = 1e9;

function make(
  backend: BlockBackend = new MemoryBackend(Uint8Array.from({ length: 4096 }, (_, i) => i >> 4)),
) {
  const clock = new FakeClock();
  const irq = new FakeLine();
  const memory = new FakeMemory(BASE, 0x1_0000);
  const plugged = new VirtioBlk({ clock, backend, serial: "hartbeat-0" });
  const device = new VirtioMmio({ name: "virtio-mmio 0", irq, memory, plugged });
  const driver = new VirtioDriver(device, memory);
  const header = (type: number, sector: bigint, at = HEADER): void => {
    const view = new DataView(memory.bytes.buffer, at - BASE);
    view.setUint32(0, type, true);
    view.setBigUint64(8, sector, true);
  };
  /** Sends one request with the usual three descriptors and lets it finish. */
  const request = (type: number, sector: bigint, length: number, toDevice = false): number => {
    header(type, sector);
    memory.bytes[STATUS - BASE] = 0xee;
    const data: [number, number][] = length > 0 ? [[DATA, length]] : [];
    driver.writeChain(0, [[HEADER, 16], ...(toDevice ? data : [])], [...(toDevice ? [] : data), [STATUS, 1]]);
    driver.makeAvailable(0);
    driver.notify();
    clock.advanceTo(clock.now() + FOREVER);
    return memory.bytes[STATUS - BASE] as number;
  };
  return { clock, irq, memory, device, driver, header, request, backend };
}

describe("requests", () => {
  test("IN reads sectors", () => {
    const { driver, request, memory } = make();
    driver.start();
    expect(request(0, 1n, 1024)).toBe(0);
    expect([...memory.view(DATA, 1024)]).toEqual(Array.from({ length: 1024 }, (_, i) => (512 + i) >> 4));
    expect(driver.usedEntries()).toEqual([{ head: 0, written: 1025 }]);
  });

  test("OUT writes sectors, FLUSH succeeds", () => {
    const { driver, request, memory, backend } = make();
    driver.start(1 << 9);
    memory.view(DATA, 512).fill(0xab);
    expect(request(1, 7n, 512, true)).toBe(0);
    expect(request(4, 0n, 0)).toBe(0);
    const read = new Uint8Array(512);
    backend.read(7, read);
    expect(read).toEqual(new Uint8Array(512).fill(0xab));
    expect(driver.usedEntries()).toEqual([
      { head: 0, written: 1 },
      { head: 0, written: 1 },
    ]);
  });

  test("GET_ID tells the serial number, as much as there is room for", () => {
    const { driver, request, memory } = make();
    driver.start();
    expect(request(8, 0n, 20)).toBe(0);
    expect(new TextDecoder().decode(memory.view(DATA, 11))).toBe("hartbeat-0\0");
    expect(request(8, 0n, 4)).toBe(0);
  });

  test.each([
    ["behind the end", 0, 8n, 512, false, 1],
    ["across the end", 0, 7n, 1024, false, 1],
    ["at a monstrous sector", 0, 2n ** 64n - 1n, 512, false, 1],
    ["of half a sector", 0, 0n, 100, false, 1],
    ["written behind the end", 1, 8n, 512, true, 1],
    ["of unknown type", 99, 0n, 512, false, 2],
  ])("a request %s fails with its status", (_, type, sector, length, toDevice, status) => {
    const { driver, request } = make();
    driver.start();
    expect(request(type, sector, length, toDevice)).toBe(status);
    expect(driver.get(REGISTER.status) & NEEDS_RESET).toBe(0);
  });

  test("a read-only disk says so and refuses writes", () => {
    const { driver, request } = make(new MemoryBackend(new Uint8Array(512), true));
    expect(driver.get(REGISTER.deviceFeatures) & (1 << 5)).not.toBe(0);
    driver.start();
    expect(request(1, 0n, 512, true)).toBe(1);
  });

  test("a medium that fails gives an I/O error", () => {
    const broken: BlockBackend = {
      sectors: 8,
      readOnly: false,
      read: () => {
        throw new HartbeatError("The disk is gone.");
      },
      write: () => {},
      flush: () => {},
      state: () => ({}),
    };
    const { driver, request } = make(broken);
    driver.start();
    expect(request(0, 0n, 512)).toBe(1);
  });

  test("buffers may be cut anywhere", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(cuts, (lengths) => {
        const { driver, header, memory, clock } = make();
        driver.start();
        header(0, 0n);
        const room = 1024 + 1;
        const writable: [number, number][] = [];
        let at = 0;
        for (const length of [...lengths, room]) {
          const piece = Math.min(length, room - at);
          if (piece > 0) writable.push([DATA + at, piece]);
          at += piece;
        }
        driver.writeChain(
          0,
          [
            [HEADER, 5],
            [HEADER + 5, 11],
          ],
          writable,
        );
        driver.makeAvailable(0);
        driver.notify();
        clock.advanceTo(FOREVER);
        expect([...memory.view(DATA, 1025)]).toEqual([...Array.from({ length: 1024 }, (_, i) => i >> 4), 0]);
        expect(driver.usedEntries()).toEqual([{ head: 0, written: 1025 }]);
      }),
    );
  });
});

test("a request takes its time, and requests are served one by one", () => {
  const { driver, header, clock, irq } = make();
  driver.start();
  header(0, 0n);
  driver.writeChain(
    0,
    [[HEADER, 16]],
    [
      [DATA, 512],
      [STATUS, 1],
    ],
  );
  driver.writeChain(
    3,
    [[HEADER, 16]],
    [
      [DATA, 1024],
      [STATUS, 1],
    ],
  );
  driver.makeAvailable(0);
  driver.makeAvailable(3);
  driver.notify();
  const first = REQUEST_CYCLES + SECTOR_CYCLES;
  const second = first + REQUEST_CYCLES + 2 * SECTOR_CYCLES;
  clock.advanceTo(first - 1);
  expect([driver.usedEntries().length, irq.level]).toEqual([0, false]);
  clock.advanceTo(first);
  expect([driver.usedEntries().length, irq.level]).toEqual([1, true]);
  driver.put(REGISTER.interruptAck, 1);
  clock.advanceTo(second - 1);
  expect([driver.usedEntries().length, irq.level]).toEqual([1, false]);
  clock.advanceTo(second);
  expect(driver.usedEntries().map(({ head }) => head)).toEqual([0, 3]);
});

test("no interrupt when the driver wants none", () => {
  const { driver, request, irq } = make();
  driver.start();
  driver.setAvailableFlags(1);
  expect(request(0, 0n, 512)).toBe(0);
  expect([irq.level, driver.usedEntries().length]).toEqual([false, 1]);
});

test("a reset forgets requests in flight", () => {
  const { driver, header, clock, memory } = make();
  driver.start();
  header(0, 0n);
  memory.bytes[STATUS - BASE] = 0xee;
  driver.writeChain(
    0,
    [[HEADER, 16]],
    [
      [DATA, 512],
      [STATUS, 1],
    ],
  );
  driver.makeAvailable(0);
  driver.notify();
  driver.put(REGISTER.status, 0);
  expect(clock.pending).toBe(0);
  clock.advanceTo(FOREVER);
  expect(memory.bytes[STATUS - BASE]).toBe(0xee);
});

test("the ring indices wrap", () => {
  const { driver, request } = make();
  driver.start();
  for (let count = 0; count < 70_000; count += 1) {
    if (request(4, 0n, 0) !== 0) throw new Error(`request ${count} failed`);
  }
  expect(driver.usedEntries().length).toBe(70_000 - 65_536);
});

test("the state tells disks of different contents apart", () => {
  const stateOf = (byte: number) =>
    JSON.stringify(make(new MemoryBackend(Uint8Array.of(byte))).device.state());
  expect(stateOf(1)).toBe(stateOf(1));
  expect(stateOf(1)).not.toBe(stateOf(2));
});

test("capacity is in the configuration space", () => {
  const { device } = make(new MemoryBackend(new Uint8Array(1000)));
  expect(device.read(REGISTER.config, 4)).toBe(2);
  expect(device.read(REGISTER.config + 20, 4)).toBe(512);
});
