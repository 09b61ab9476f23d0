/** Read-only memory. */
import { expect, test } from "vitest";
import { Rom } from "../../../host/devices/rom.ts";
import { expectSafeAccesses } from "./fakes.ts";

test("reads little-endian, zero behind its contents, and cannot be written", () => {
  const rom = new Rom("rom", Uint8Array.of(1, 2, 3, 0x84, 5));
  rom.write();
  expect([rom.read(0, 4), rom.read(1, 2), rom.read(4, 1), rom.read(3, 4), rom.read(100, 4)]).toEqual([
    0x8403_0201, 0x0302, 5, 0x0584, 0,
  ]);
});

test("any access is safe", () => {
  expectSafeAccesses(0x100, () => new Rom("rom", Uint8Array.of(255, 255, 255, 255)));
});
