/** The reset vector, word for word. */
import { expect, test } from "vitest";
import { bootRom, FW_DYNAMIC_MAGIC, RESET_VECTOR } from "../../../host/boot/boot-rom.ts";

test("the code and its parameters", () => {
  const rom = bootRom({ firmwareEntry: 0x8000_0000, fdtAddress: 0x87e0_0000, nextAddress: 0x8020_0000 });
  const view = new DataView(rom.buffer);
  const words = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => view.getUint32(from + 4 * i, true).toString(16));
  // As riscv64-linux-gnu-as encodes: auipc t0,0; addi a2,t0,40; csrr a0,mhartid; ld a1,32(t0); ld t0,24(t0); jr t0
  expect(words(0, 6)).toEqual(["297", "2828613", "f1402573", "202b583", "182b283", "28067"]);
  const quads = Array.from({ length: 8 }, (_, i) => view.getBigUint64(24 + 8 * i, true));
  expect(quads).toEqual([0x8000_0000n, 0x87e0_0000n, BigInt(FW_DYNAMIC_MAGIC), 2n, 0x8020_0000n, 1n, 0n, 0n]);
  expect(rom.length).toBe(24 + 64);
  expect(RESET_VECTOR).toBe(0x1000);
});
