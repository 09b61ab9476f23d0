/** The ELF reader: sound files, and every kind of file that it has to refuse with a clear sentence. */
import { describe, expect, test } from "vitest";
import { readElf } from "../../../host/boot/elf.ts";
import { buildElf } from "./elf-builder.ts";
import { expectOnlyHartbeatErrors } from "./garbage.ts";

const WHAT = "kernel 'vmlinux'";
const HIGH = 0xffff_ffff_8000_0000n;

function sample(): Uint8Array {
  return buildElf({
    entry: HIGH + 4n,
    segments: [
      { paddr: 0x8020_0000, vaddr: HIGH, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), memSize: 64 },
      { paddr: 0x8020_1000, vaddr: HIGH + 0x1000n, bytes: Uint8Array.of(9) },
    ],
    symbols: [
      { name: "_start", address: HIGH, size: 8, info: 0x12 },
      { name: "jiffies", address: HIGH + 0x1000n, size: 1, info: 0x01 },
      { name: "elsewhere", address: 0n, size: 0, info: 0x10, section: 0 },
      { name: "$x", address: HIGH, size: 0, info: 0x00 },
      { name: ".L0", address: HIGH, size: 0, info: 0x00 },
      { name: "main.c", address: 0n, size: 0, info: 0x04 },
    ],
  });
}

function patched(patch: (view: DataView) => void): Uint8Array {
  const bytes = sample();
  patch(new DataView(bytes.buffer));
  return bytes;
}

describe("a sound file", () => {
  const elf = readElf(sample(), WHAT);

  test("segments go by physical address", () => {
    expect(elf.segments.map(({ paddr, bytes, memSize }) => [paddr, [...bytes], memSize])).toEqual([
      [0x8020_0000, [1, 2, 3, 4, 5, 6, 7, 8], 64],
      [0x8020_1000, [9], 1],
    ]);
  });

  test("the entry point is known by both addresses", () => {
    expect(elf.entry).toBe(HIGH + 4n);
    expect(elf.physicalEntry).toBe(0x8020_0004);
  });

  test("symbols have name, address, size and type; noise and undefined ones are left out", () => {
    expect(elf.symbols).toEqual([
      { name: "_start", address: HIGH, size: 8, type: "func", global: true },
      { name: "jiffies", address: HIGH + 0x1000n, size: 1, type: "object", global: false },
    ]);
  });

  test("a stripped file has no symbols", () => {
    const bytes = patched((view) => view.setUint16(60, 0, true));
    expect(readElf(bytes, WHAT).symbols).toEqual([]);
  });
});

describe("a file that cannot be used", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(0), /kernel 'vmlinux' cannot be used: it is empty/],
    ["text", new TextEncoder().encode("#!/bin/sh\n"), /not an ELF file/],
    ["cut in the header", sample().slice(0, 40), /truncated: its ELF header/],
    ["cut in a segment", sample().slice(0, 180), /truncated: segment 0 reaches to byte 184/],
    ["cut in the section headers", sample().slice(0, -1), /truncated: the section header table/],
    ["32-bit", patched((view) => view.setUint8(4, 1)), /32-bit/],
    ["big-endian", patched((view) => view.setUint8(5, 2)), /big-endian/],
    ["for x86-64", patched((view) => view.setUint16(18, 62, true)), /made for x86-64, not for RISC-V/],
    ["for a machine of the future", patched((view) => view.setUint16(18, 999, true)), /ELF machine 999/],
    ["an object file", patched((view) => view.setUint16(16, 1, true)), /relocatable object/],
    ["of another ELF version", patched((view) => view.setUint32(20, 2, true)), /version/],
    ["without a segment", patched((view) => view.setUint16(56, 0, true)), /no segment to load/],
    ["with odd program headers", patched((view) => view.setUint16(54, 32, true)), /32 bytes long/],
    ["with odd section headers", patched((view) => view.setUint16(58, 40, true)), /40 bytes long/],
    ["entered outside", patched((view) => view.setBigUint64(24, 4n, true)), /entry point 0x4 lies in none/],
    [
      "larger in file than memory",
      patched((view) => view.setUint32(64 + 40, 4, true)),
      /more bytes in the file/,
    ],
    [
      "with a monstrous address",
      patched((view) => view.setBigUint64(64 + 24, HIGH, true)),
      /physical address/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readElf(bytes, WHAT)).toThrow(message);
    expect(() => readElf(bytes, WHAT)).toThrow(expect.objectContaining({ name: "HartbeatError" }));
  });

  test("garbage never gives anything but a HartbeatError", () => {
    expectOnlyHartbeatErrors(sample(), (bytes) => readElf(bytes, WHAT));
  });
});
