/** The layout of linear memory: records and regions that lie apart, and the constants that the core is built with. */
import { describe, expect, it } from "vitest";
import {
  HART_BYTES,
  HART_FIELDS,
  MACHINE_FIELDS,
  type PlacedField,
  REGIONS,
  region,
  TLB_BYTES,
  TLB_CONTEXTS,
  TLB_ENTRIES,
} from "../../spec/layout.ts";
import { MACHINE_MAP, MAX_HARTS, type MapRow, RAM_BASE } from "../../spec/machine-map.ts";
import { readSource } from "../tools/sources.ts";

describe.each([
  ["hart", HART_FIELDS, HART_BYTES],
  ["machine", MACHINE_FIELDS, 4096],
] as const)("the %s record", (_, fields: readonly PlacedField[], room) => {
  it("has aligned fields that follow each other", () => {
    let end = 0;
    for (const { name, type, offset, bytes } of fields) {
      expect([name, offset % (type === "u64" ? 8 : 4)]).toEqual([name, 0]);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + bytes;
    }
    expect(end).toBeLessThanOrEqual(room);
  });

  it("has no name twice, also when they are written in capitals", () => {
    const names = fields.map(({ name }) => name.toUpperCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it("has a word on each field", () => {
    for (const { doc } of fields) expect(doc).not.toBe("");
  });
});

describe("the hart record", () => {
  it("begins with x0, whose neighbour past x31 takes what is written to it", () => {
    const [x, sink] = HART_FIELDS;
    expect([x?.name, x?.offset, x?.bytes]).toEqual(["x", 0, 256]);
    expect([sink?.name, sink?.offset]).toEqual(["sink", 256]);
  });
});

describe("the regions", () => {
  it("lie apart, in order, on page boundaries, behind the compiler's own data", () => {
    let end = 0x1_0000;
    for (const { name, base, bytes } of REGIONS) {
      expect([name, base % 4096]).toEqual([name, 0]);
      expect(base).toBeGreaterThanOrEqual(end);
      end = base + bytes;
    }
    expect(end).toBeLessThan(2 ** 31);
  });

  it("have room for what they hold", () => {
    expect(region("harts").bytes).toBeGreaterThanOrEqual(MAX_HARTS * HART_BYTES);
    expect(region("tlbs").bytes).toBeGreaterThanOrEqual(MAX_HARTS * 3 * TLB_CONTEXTS.length * TLB_BYTES);
    expect(region("bootRom").bytes).toBeGreaterThanOrEqual(MACHINE_MAP.bootRom.size);
    expect(Math.log2(TLB_ENTRIES) % 1).toBe(0);
  });

  it("are known by name", () => {
    expect(() => region("nowhere")).toThrow('layout has no region "nowhere"');
  });
});

describe("the generated constants", () => {
  const source = readSource("assembly/generated/layout.ts");
  const constants = new Map(
    [...source.matchAll(/^export const (\w+): \w+ = (\d+);$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );

  it("give every field its offset", () => {
    for (const { name, offset } of HART_FIELDS) {
      expect([name, constants.get(`HART_${name.toUpperCase()}`)]).toEqual([name, offset]);
    }
    for (const { name, offset } of MACHINE_FIELDS) {
      expect([name, constants.get(`MACHINE_${name.toUpperCase()}`)]).toEqual([name, offset]);
    }
  });

  it("give every region its base", () => {
    for (const { name, base } of REGIONS) {
      const constant = name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
      expect([name, constants.get(constant)]).toEqual([name, base]);
    }
  });
});

describe("the machine map", () => {
  it("has devices that lie apart, below main memory", () => {
    const rows: readonly MapRow[] = Object.values(MACHINE_MAP);
    const ranges = rows.map(({ base, size, count = 1 }) => ({ base, end: base + size * count }));
    ranges.sort((one, other) => one.base - other.base);
    let end = 0;
    for (const range of ranges) {
      expect(range.base).toBeGreaterThanOrEqual(end);
      end = range.end;
    }
    expect(end).toBeLessThanOrEqual(RAM_BASE);
  });

  it("gives no interrupt line to two devices", () => {
    const rows: readonly MapRow[] = Object.values(MACHINE_MAP);
    const lines = rows.flatMap(({ irq, count = 1 }) =>
      irq === undefined ? [] : Array.from({ length: count }, (_, i) => irq + i),
    );
    expect(new Set(lines).size).toBe(lines.length);
  });
});
