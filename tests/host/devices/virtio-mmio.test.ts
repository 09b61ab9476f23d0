/** The virtio transport: its registers, the handshake, and drivers that break the rules. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryBackend, VirtioBlk } from "../../../host/devices/virtio-blk.ts";
import { VirtioMmio } from "../../../host/devices/virtio-mmio.ts";
import { expectSafeAccesses, FakeClock, FakeLine, FakeMemory } from "./fakes.ts";
import { NEEDS_RESET, REGISTER, STATUS_READY, VirtioDriver } from "./virtio-driver.ts";

const BASE = 0x8000_0000;

function make() {
  const clock = new FakeClock();
  const irq = new FakeLine();
  const memory = new FakeMemory(BASE, 0x1_0000);
  const plugged = new VirtioBlk({ clock, backend: new MemoryBackend(new Uint8Array(4096)), serial: "x" });
  const device = new VirtioMmio({ name: "virtio-mmio 0", irq, memory, plugged });
  return { clock, irq, memory, device, driver: new VirtioDriver(device, memory) };
}

test("identity", () => {
  const { driver } = make();
  expect(driver.get(REGISTER.magic)).toBe(0x74726976);
  expect(driver.get(REGISTER.version)).toBe(2);
  expect(driver.get(REGISTER.deviceId)).toBe(2);
});

test("an empty slot has device ID 0 and stays silent", () => {
  const empty = new VirtioMmio({ name: "empty", irq: new FakeLine(), memory: new FakeMemory(BASE, 16) });
  expect(empty.read(REGISTER.magic, 4)).toBe(0x74726976);
  expect(empty.read(REGISTER.deviceId, 4)).toBe(0);
  empty.write(REGISTER.status, 4, 3);
  expect(empty.read(REGISTER.status, 4)).toBe(0);
});

describe("handshake", () => {
  test("a good one ends with a live queue", () => {
    const { driver } = make();
    driver.start();
    expect(driver.get(REGISTER.status)).toBe(STATUS_READY);
    expect(driver.get(REGISTER.queueReady)).toBe(1);
    expect(driver.get(REGISTER.queueNumMax)).toBe(256);
  });

  test("VERSION_1 is offered and must be taken", () => {
    const { driver } = make();
    driver.put(REGISTER.deviceFeaturesSel, 1);
    expect(driver.get(REGISTER.deviceFeatures)).toBe(1);
    driver.put(REGISTER.deviceFeaturesSel, 2);
    expect(driver.get(REGISTER.deviceFeatures)).toBe(0);
    driver.put(REGISTER.status, 11);
    expect(driver.get(REGISTER.status)).toBe(3);
  });

  test("a feature that was not offered is not granted", () => {
    const { driver } = make();
    driver.start(1 << 28);
    expect(driver.get(REGISTER.status) & 8).toBe(0);
  });

  test("a queue that does not exist has size 0", () => {
    const { driver } = make();
    driver.put(REGISTER.queueSel, 1);
    expect(driver.get(REGISTER.queueNumMax)).toBe(0);
    driver.put(REGISTER.queueReady, 1);
    expect(driver.get(REGISTER.queueReady)).toBe(0);
  });
});

describe("a driver that breaks the rules makes the device need a reset", () => {
  const HEADER = BASE + 0x4000;
  type Rig = ReturnType<typeof make>;

  const broken: [string, (rig: Rig) => void][] = [
    ["descriptor outside the table", ({ driver }) => driver.makeAvailable(8)],
    [
      "next outside the table",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 16, flags: 1, next: 99 });
        driver.makeAvailable(0);
      },
    ],
    [
      "a chain that bites its tail",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 16, flags: 1, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "a buffer outside memory",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: 0x1000n, length: 16, flags: 0, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "a buffer that runs out of memory",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 0xffff_ffff, flags: 0, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "a buffer at the end of the address space",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: 2n ** 64n - 1n, length: 16, flags: 0, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "an empty buffer",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 0, flags: 0, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "an indirect descriptor",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 16, flags: 4, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    [
      "readable after writable",
      ({ driver }) => {
        driver.writeDescriptor(0, { address: BigInt(HEADER), length: 16, flags: 3, next: 1 });
        driver.writeDescriptor(1, { address: BigInt(HEADER), length: 16, flags: 0, next: 0 });
        driver.makeAvailable(0);
      },
    ],
    ["more requests than the queue holds", ({ driver }) => driver.setAvailableIndex(9)],
    [
      "no status byte",
      ({ driver }) => {
        driver.writeChain(0, [[HEADER, 16]], []);
        driver.makeAvailable(0);
      },
    ],
    [
      "half a header",
      ({ driver }) => {
        driver.writeChain(0, [[HEADER, 8]], [[HEADER, 1]]);
        driver.makeAvailable(0);
      },
    ],
    [
      "a queue taken down while it works",
      ({ driver }) => {
        driver.writeChain(0, [[HEADER, 16]], [[HEADER, 1]]);
        driver.makeAvailable(0);
        driver.notify();
        driver.put(REGISTER.queueReady, 0);
      },
    ],
  ];

  test.each(broken)("%s", (_, misbehave) => {
    const rig = make();
    const { driver, clock, irq } = rig;
    driver.start();
    misbehave(rig);
    driver.notify();
    clock.advanceTo(1e9);
    expect(driver.get(REGISTER.status) & NEEDS_RESET).toBe(NEEDS_RESET);
    expect([driver.get(REGISTER.interruptStatus) & 2, irq.level]).toEqual([2, true]);
    driver.start();
    expect([driver.get(REGISTER.status), irq.level]).toEqual([STATUS_READY, false]);
  });

  test.each([
    ["size 0", REGISTER.queueNum, 0],
    ["size 3", REGISTER.queueNum, 3],
    ["size above the maximum", REGISTER.queueNum, 512],
    ["table off its alignment", REGISTER.queueDescLow, BASE + 8],
    ["table outside memory", REGISTER.queueDescLow, 0],
    ["table far outside memory", REGISTER.queueDescHigh, 0xffff_ffff],
    ["ring across the end of memory", REGISTER.queueDeviceLow, BASE + 0x1_0000 - 16],
  ])("queue with %s", (_, register, value) => {
    const { driver } = make();
    driver.start();
    driver.put(REGISTER.queueReady, 0);
    driver.put(REGISTER.queueNum, 8);
    driver.put(REGISTER.queueDescLow, driver.desc);
    driver.put(REGISTER.queueDriverLow, driver.avail);
    driver.put(REGISTER.queueDeviceLow, driver.used);
    driver.put(register, value);
    driver.put(REGISTER.queueReady, 1);
    expect(driver.get(REGISTER.queueReady)).toBe(0);
    expect(driver.get(REGISTER.status) & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  test("random queue memory never does worse", () => {
    const garbage = fc.uint8Array({ minLength: 0x3000, maxLength: 0x3000 });
    fc.assert(
      fc.property(garbage, fc.array(fc.nat(7), { maxLength: 8 }), (bytes, heads) => {
        const { driver, memory, clock } = make();
        driver.start();
        memory.write(BASE + 0x1000, bytes);
        driver.setAvailableIndex(0);
        for (const head of heads) driver.makeAvailable(head);
        driver.notify();
        clock.advanceTo(1e9);
      }),
      { numRuns: 50 },
    );
  });

  test("random descriptors with plausible addresses never do worse", () => {
    const descriptor = fc.record({
      address: fc.oneof(
        fc.integer({ min: BASE, max: BASE + 0x1_0000 }).map(BigInt),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      ),
      length: fc.oneof(fc.nat(2048), fc.nat(0xffff_ffff)),
      flags: fc.nat(7),
      next: fc.nat(9),
    });
    const table = fc.array(descriptor, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }), (descriptors, heads) => {
        const { driver, clock } = make();
        driver.start();
        descriptors.forEach((spec, index) => {
          driver.writeDescriptor(index, spec);
        });
        for (const head of heads) driver.makeAvailable(head);
        driver.notify();
        clock.advanceTo(1e9);
      }),
      { numRuns: 1000 },
    );
  });
});

test("any access is safe", () => {
  expectSafeAccesses(0x1000, () => make().device);
});
