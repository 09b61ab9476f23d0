/** A machine with every device, saved in the middle of a boot and restored into another, goes on as the first does. */
import { expect, test } from "vitest";
import { Machine, MemoryDisk } from "../../../host/node/index.ts";
import { VIRTIO_PORT } from "./fakes.ts";

const SECTOR = 512;

const make = () =>
  Machine.create({
    harts: 2,
    ramBytes: 64 * 2 ** 20,
    drives: [new MemoryDisk(new Uint8Array(64 * SECTOR))],
    virtio: [
      { device: "rng", seed: 5 },
      { device: "net", port: VIRTIO_PORT },
      { device: "console", port: VIRTIO_PORT },
    ],
  });

test("saved while the kernel boots", async () => {
  const first = await make();
  first.run({ cycles: 10_000_000 });
  first.enter({ kind: "virtio", index: 2, bytes: Uint8Array.of(1, 2, 3) });
  const second = await make();
  await second.restore(await first.snapshot());
  expect(second.stateHash()).toBe(first.stateHash());
  for (const machine of [first, second]) machine.run({ cycles: 10_000_000 });
  expect(second.stateHash()).toBe(first.stateHash());
  expect(second.cycles).toBe(first.cycles);
  first.dispose();
  second.dispose();
});
