/** The split virtqueue by itself: cutting buffers, and the order of requests. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  gather,
  scatter,
  sliceBuffers,
  totalLength,
  VirtioFault,
  Virtqueue,
} from "../../../host/devices/virtio-queue.ts";
import { FakeMemory } from "./fakes.ts";

const BASE = 0x8000_0000;

const buffersArbitrary = fc
  .array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 50 })), { maxLength: 6 })
  .map((list) => list.map(([offset, length]) => ({ address: BASE + offset, length })));

test("a slice of buffers holds the bytes that a slice of their bytes holds", () => {
  fc.assert(
    fc.property(buffersArbitrary, fc.nat(120), fc.nat(120), (buffers, a, b) => {
      const memory = new FakeMemory(BASE, 1100);
      memory.bytes.forEach((_, index) => {
        memory.bytes[index] = index;
      });
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      expect(gather(memory, sliceBuffers(buffers, start, end))).toEqual(
        gather(memory, buffers).slice(start, end),
      );
    }),
  );
});

test("scatter writes all that fits and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
      fc.nat(120),
      (lengths, count) => {
        const memory = new FakeMemory(BASE, 256);
        // Back to back with gaps of one byte.
        let at = BASE;
        const buffers = lengths.map((length) => {
          const buffer = { address: at, length };
          at += length + 1;
          return buffer;
        });
        const bytes = new Uint8Array(count).fill(7);
        scatter(memory, buffers, bytes);
        const written = Math.min(count, totalLength(buffers));
        expect(gather(memory, buffers).filter((byte) => byte === 7).length).toBe(written);
        expect(memory.bytes.filter((byte) => byte === 7).length).toBe(written);
      },
    ),
  );
});

test("an index that runs ahead by more than the queue holds gives no request at all", () => {
  const memory = new FakeMemory(BASE, 0x1000);
  const queue = new Virtqueue(memory, 8);
  Object.assign(queue, {
    size: 4,
    descAddress: BASE,
    driverAddress: BASE + 0x100,
    deviceAddress: BASE + 0x200,
  });
  queue.enable();
  memory.write(BASE, Uint8Array.of(0, 0, 0, 0x80, 0, 0, 0, 0, 1));
  memory.write(BASE + 0x102, Uint8Array.of(5));
  expect(() => queue.pop()).toThrow(VirtioFault);
  memory.write(BASE + 0x102, Uint8Array.of(4));
  expect([1, 2, 3, 4].map(() => queue.pop()?.head)).toEqual([0, 0, 0, 0]);
  expect(queue.pop()).toBeUndefined();
});
