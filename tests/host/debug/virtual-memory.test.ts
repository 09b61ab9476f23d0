/** Guest memory by virtual address: pages, holes, the link map as a stand-in. */
import { describe, expect, it } from "vitest";
import { VirtualMemory } from "../../../host/debug/virtual-memory.ts";

const PAGE = 4096;
const RAM = 0x8000_0000;
const HIGH = 0xffff_ffff_8000_0000n;

/** Four pages of memory; page 0 is read-only. Virtual pages 0x10000 and 0x11000 are physical pages 2 and 1. */
function machine() {
  const ram = new Uint8Array(4 * PAGE).map((_, i) => (i / PAGE) * 16 + (i & 15));
  const inside = (address: number, length: number): boolean =>
    address >= RAM && address + length <= RAM + ram.length;
  const memory = new VirtualMemory(
    {
      view: (address, length) =>
        inside(address, length) ? ram.subarray(address - RAM, address - RAM + length) : undefined,
      write: (address, bytes) => {
        if (address < RAM + PAGE) return false;
        ram.set(bytes, address - RAM);
        return true;
      },
    },
    {
      translate: (hart, address) => {
        if (hart === 1) return Number(address);
        if (address >> 12n === 0x10n) return RAM + 2 * PAGE + Number(address & 0xfffn);
        if (address >> 12n === 0x11n) return RAM + PAGE + Number(address & 0xfffn);
        return undefined;
      },
      translateBelow: (hart, address) =>
        hart === 1 && address >> 12n === 0x20n ? RAM + 3 * PAGE + Number(address & 0xfffn) : undefined,
      loadAddress: (address) => (address >= HIGH ? RAM + Number(address - HIGH) : undefined),
    },
  );
  return { memory, ram };
}

describe("guest memory", () => {
  it("is read across pages that are not neighbours", () => {
    const { memory, ram } = machine();
    const bytes = memory.read(0, 0x10ffcn, 8);
    expect([...bytes]).toEqual([...ram.subarray(3 * PAGE - 4, 3 * PAGE), ...ram.subarray(PAGE, PAGE + 4)]);
  });

  it("ends at a hole", () => {
    const { memory } = machine();
    expect(memory.read(0, 0x11ff8n, 100)).toHaveLength(8);
    expect(memory.read(0, 0x12000n, 4)).toHaveLength(0);
    expect(memory.read(1, 0n, 4)).toHaveLength(0);
  });

  it("is found by the link map where nothing is mapped", () => {
    const { memory, ram } = machine();
    expect(memory.read(0, HIGH + 3n, 2)).toEqual(ram.slice(3, 5));
    expect(memory.read(1, HIGH + 3n, 2)).toEqual(ram.slice(3, 5));
    expect(memory.read(1, HIGH + 0x10_0000n, 2)).toHaveLength(0);
  });

  it("is found by the kernel's page tables while the firmware runs", () => {
    const { memory, ram } = machine();
    expect(memory.read(1, 0x20008n, 4)).toEqual(ram.slice(3 * PAGE + 8, 3 * PAGE + 12));
    expect(memory.read(0, 0x20008n, 4)).toHaveLength(0);
  });

  it("is written as a whole or not at all", () => {
    const { memory, ram } = machine();
    const data = Uint8Array.from({ length: 8 }, (_, i) => 0xa0 + i);
    expect(memory.write(0, 0x10ffcn, data)).toBe(true);
    expect(memory.read(0, 0x10ffcn, 8)).toEqual(data);
    const before = ram.slice();
    expect(memory.write(0, 0x11ffcn, data)).toBe(false);
    expect(memory.write(0, HIGH, data)).toBe(false);
    expect(ram).toEqual(before);
  });
});
