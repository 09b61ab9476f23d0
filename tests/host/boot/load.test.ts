/** The placement of firmware, kernel, ramdisk and device tree. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LoadRequest, type NamedFile, planBoot } from "../../../host/boot/load.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { findTool } from "../../tools/tools.ts";
import { buildElf } from "./elf-builder.ts";
import { buildImage } from "./image-builder.ts";

const MIB = 1024 * 1024;
const RAM = 0x8000_0000;

const named = (name: string, bytes: Uint8Array): NamedFile => ({ name, bytes });
const flat = (name: string, length: number): NamedFile => named(name, new Uint8Array(length).fill(1));
const firmware = flat("fw.bin", 0x4_0000);
const elfAt = (paddr: number, memSize = 4096): Uint8Array =>
  buildElf({
    segments: [{ paddr, vaddr: 0xffff_ffff_8000_0000n, bytes: Uint8Array.of(1, 2, 3, 4), memSize }],
  });

function plan(request: Partial<LoadRequest>) {
  return planBoot({ ramBytes: 128 * MIB, deviceTree: () => new Uint8Array(5000), firmware, ...request });
}

function where(request: Partial<LoadRequest>): Record<string, string> {
  const entries = plan(request).pieces.map(({ what, address }) => [what, `0x${address.toString(16)}`]);
  return Object.fromEntries(entries);
}

describe("addresses are those of QEMU", () => {
  test("raw files", () => {
    const request = { kernel: flat("k", 3 * MIB), initrd: flat("i", MIB) };
    expect(where(request)).toEqual({
      "firmware 'fw.bin'": "0x80000000",
      "kernel 'k'": "0x80200000",
      "initial ramdisk 'i'": "0x84200000",
      "device tree": "0x87e00000",
    });
    expect(plan(request)).toMatchObject({
      firmwareEntry: RAM,
      kernelEntry: 0x8020_0000,
      fdtAddress: 0x87e0_0000,
      initrd: { start: 0x8420_0000, end: 0x8430_0000 },
    });
  });

  test("with much memory the ramdisk is 128 MiB from the kernel and the tree below 3 GiB", () => {
    const request = { ramBytes: 2048 * MIB, kernel: flat("k", MIB), initrd: flat("i", MIB) };
    expect(where(request)).toMatchObject({
      "initial ramdisk 'i'": "0x88200000",
      "device tree": "0xbfe00000",
    });
  });

  test("ELF kernel: by physical address, entered there", () => {
    const kernel = named("vmlinux", elfAt(0x8040_0000));
    expect(plan({ kernel })).toMatchObject({
      kernelEntry: 0x8040_0000,
      kernelElf: { entry: 0xffff_ffff_8000_0000n },
    });
    expect(where({ kernel })).toMatchObject({ "kernel 'vmlinux'": "0x80400000" });
  });

  test("ELF firmware", () => {
    const elf = named("fw.elf", elfAt(RAM));
    expect(plan({ firmware: elf, kernel: flat("k", 16) })).toMatchObject({ firmwareEntry: RAM });
  });

  test("Image: at its text offset, but not where the firmware is", () => {
    const at = (textOffset: bigint) => where({ kernel: named("Image", buildImage({ textOffset })) });
    expect(at(0x20_0000n)).toMatchObject({ "kernel 'Image'": "0x80200000" });
    expect(at(0x40_0000n)).toMatchObject({ "kernel 'Image'": "0x80400000" });
    expect(at(0n)).toMatchObject({ "kernel 'Image'": "0x80200000" });
  });

  test("the ramdisk clears a kernel that is larger than the usual distance", () => {
    const kernel = named("Image", buildImage({ imageSize: BigInt(70 * MIB + 1) }));
    expect(where({ kernel, initrd: flat("i", MIB) })).toMatchObject({ "initial ramdisk 'i'": "0x84801000" });
  });

  test("firmware alone, and kernel alone", () => {
    expect(plan({})).toMatchObject({ firmwareEntry: RAM, kernelEntry: 0 });
    const kernel = flat("k", 4);
    expect(planBoot({ ramBytes: 64 * MIB, kernel, deviceTree: () => new Uint8Array(4) })).toMatchObject({
      firmwareEntry: 0x8020_0000,
      kernelEntry: 0x8020_0000,
    });
  });

  test("the device tree is told where the ramdisk is", () => {
    let told: unknown;
    plan({
      kernel: flat("k", 4),
      initrd: flat("i", 10),
      deviceTree: (initrd) => {
        told = initrd;
        return new Uint8Array(8);
      },
    });
    expect(told).toEqual({ start: 0x8420_0000, end: 0x8420_000a });
  });
});

describe("what cannot be placed is named", () => {
  test.each<[string, Partial<LoadRequest>, RegExp]>([
    [
      "firmware runs into the kernel",
      { firmware: flat("f", 3 * MIB), kernel: flat("k", 4) },
      /firmware 'f'.*kernel 'k'.*overlap/,
    ],
    [
      "kernel exceeds memory",
      { kernel: flat("k", 9 * MIB), ramBytes: 8 * MIB },
      /kernel 'k'.*does not fit into memory/,
    ],
    [
      "kernel outside memory",
      { kernel: named("k", elfAt(0x1000)) },
      /kernel 'k' \(0x1000 to 0x1fff\).*does not fit/,
    ],
    ["bss exceeds memory", { kernel: named("k", elfAt(0x8020_0000, 200 * MIB)) }, /kernel 'k'.*does not fit/],
    [
      "ramdisk exceeds memory",
      { kernel: flat("k", 4), initrd: flat("i", 80 * MIB) },
      /ramdisk 'i'.*does not fit/,
    ],
    [
      "ramdisk reaches the device tree",
      { kernel: flat("k", 4), initrd: flat("i", 61 * MIB) },
      /ramdisk 'i'.*device tree.*overlap/,
    ],
    [
      "empty ramdisk",
      { kernel: flat("k", 4), initrd: flat("i", 0) },
      /ramdisk 'i' cannot be used: it is empty/,
    ],
    ["empty kernel", { kernel: flat("k", 0) }, /kernel 'k' cannot be used: it is empty/],
    ["odd text offset", { kernel: named("k", buildImage({ textOffset: 0x1000n })) }, /text offset 0x1000/],
  ])("%s", (_, request, message) => {
    expect(() => plan(request)).toThrow(message);
    expect(() => plan(request)).toThrow(expect.objectContaining({ name: "HartbeatError" }));
  });

  test("nothing at all", () => {
    expect(() => planBoot({ ramBytes: MIB, deviceTree: () => new Uint8Array(1) })).toThrow(/nothing to boot/);
  });
});

test("whatever the sizes, parts lie in memory and apart, or an error says why not", () => {
  const size = fc.integer({ min: 1, max: 8 * MIB });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), size, size, size, (ramMib, f, k, i) => {
      const request = {
        ramBytes: ramMib * MIB,
        firmware: flat("f", f),
        kernel: flat("k", k),
        initrd: flat("i", i),
      };
      let pieces: ReturnType<typeof plan>["pieces"];
      try {
        pieces = plan(request).pieces;
      } catch (error) {
        expect(error).toMatchObject({ name: "HartbeatError" });
        return;
      }
      const sorted = [...pieces].sort((a, b) => a.address - b.address);
      let end = RAM;
      for (const { address, bytes } of sorted) {
        expect(address).toBeGreaterThanOrEqual(end);
        end = address + bytes.length;
      }
      expect(end).toBeLessThanOrEqual(RAM + ramMib * MIB);
    }),
    { numRuns: 40 },
  );
});

requireTool("opensbi")("OpenSBI", () => {
  test("its ELF file is taken", () => {
    const bytes = readFileSync(findTool("opensbi") as string);
    const { firmwareEntry, firmwareElf } = plan({ firmware: named("opensbi", bytes) });
    expect(firmwareEntry).toBe(RAM);
    expect(firmwareElf?.entry).toBe(BigInt(RAM));
  });
});
