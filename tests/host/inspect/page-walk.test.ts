/** Page-table walks over tables that a test lays out. */
import { describe, expect, it } from "vitest";
import { walkPages } from "../../../host/inspect/page-walk.ts";

const SV39 = 8n << 60n;
const ROOT = 0x8000_1000;
const pointer = (table: number): bigint => (BigInt(table / 4096) << 10n) | 1n;
const leaf = (page: number): bigint => (BigInt(Math.floor(page / 4096)) << 10n) | 0xcfn;

function walk(entries: Record<number, bigint>, virtual: bigint, satp = SV39 | BigInt(ROOT / 4096)) {
  return walkPages(satp, virtual, (address) => entries[address]);
}

describe("a walk", () => {
  it("goes down three levels to a page", () => {
    const entries = {
      [ROOT + 8]: pointer(0x8000_2000),
      [0x8000_2000 + 16]: pointer(0x8000_3000),
      [0x8000_3000 + 24]: leaf(0x8055_5000),
    };
    const found = walk(entries, 0x4040_3123n);
    expect(found).toMatchObject({ mode: "Sv39", physical: 0x8055_5123n, pageBytes: 4096, fault: undefined });
    expect(found.steps.map(({ level, index, flags }) => [level, index, flags])).toEqual([
      [2, 1, "V"],
      [1, 2, "V"],
      [0, 3, "VRWXAD"],
    ]);
  });

  it("ends early at a large page", () => {
    const found = walk({ [ROOT + 511 * 8]: leaf(0x8000_0000) }, 0xffff_ffff_c012_3456n);
    expect(found).toMatchObject({ physical: 0x8012_3456n, pageBytes: 2 ** 30 });
  });

  it.each([
    ["an invalid entry", { [ROOT]: 0n }, 0n, /not valid/],
    ["a hole in memory", {}, 0n, /outside of memory/],
    ["an address that is not canonical", {}, 1n << 40n, /do not repeat bit 38/],
    ["a crooked large page", { [ROOT]: leaf(0x8000_1000) }, 0n, /not aligned/],
  ])("says what is wrong with %s", (_, entries, virtual, fault) => {
    expect(walk(entries as Record<number, bigint>, virtual).fault).toMatch(fault);
  });

  it("is no walk in Bare mode", () => {
    expect(walk({}, 5n, 0n)).toMatchObject({ mode: "Bare", physical: 5n, steps: [] });
  });
});
