/** The PLIC: priorities, enables, thresholds, claims and the gateways. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findNode, propertyCells } from "../../../host/boot/fdt-reader.ts";
import { FdtNode } from "../../../host/boot/fdt-writer.ts";
import { Plic } from "../../../host/devices/plic.ts";
import { PLIC_SOURCES } from "../../../spec/machine-map.ts";
import { expectSafeAccesses, lines, PLACEMENT } from "./fakes.ts";

function make(harts = 2) {
  const machine = lines(harts);
  const supervisor = lines(harts);
  const plic = new Plic({ machine, supervisor });
  return {
    plic,
    machine,
    supervisor,
    setPriority: (source: number, priority: number) => plic.write(4 * source, 4, priority),
    enable: (context: number, ...sources: number[]) => {
      const words = [0, 0, 0];
      for (const s of sources) words[s >> 5] = ((words[s >> 5] as number) | (1 << (s & 31))) >>> 0;
      words.forEach((word, index) => {
        plic.write(0x2000 + 0x80 * context + 4 * index, 4, word);
      });
    },
    setThreshold: (context: number, value: number) => plic.write(0x20_0000 + 0x1000 * context, 4, value),
    claim: (context: number) => plic.read(0x20_0004 + 0x1000 * context, 4),
    complete: (context: number, source: number) => plic.write(0x20_0004 + 0x1000 * context, 4, source),
  };
}

/** Context 1: S-mode of hart 0. */
const S0 = 1;

describe("routing", () => {
  test("a source interrupts the contexts that enable it", () => {
    const { plic, machine, supervisor, setPriority, enable } = make();
    setPriority(10, 1);
    enable(3, 10);
    plic.line(10).set(true);
    expect(supervisor.map(({ level }) => level)).toEqual([false, true]);
    expect(machine.map(({ level }) => level)).toEqual([false, false]);
    enable(0, 10);
    expect(machine[0]?.level).toBe(true);
    enable(3);
    expect(supervisor[1]?.level).toBe(false);
  });

  test("priority 0 and a priority not above the threshold do not interrupt", () => {
    const { plic, supervisor, setPriority, setThreshold, enable } = make();
    enable(S0, 10);
    plic.line(10).set(true);
    expect(supervisor[0]?.level).toBe(false);
    setPriority(10, 3);
    expect(supervisor[0]?.level).toBe(true);
    setThreshold(S0, 3);
    expect(supervisor[0]?.level).toBe(false);
    setThreshold(S0, 2);
    expect(supervisor[0]?.level).toBe(true);
  });

  test("a claim does not look at the threshold", () => {
    const { plic, setPriority, setThreshold, enable, claim } = make();
    enable(S0, 10);
    setPriority(10, 3);
    setThreshold(S0, 7);
    plic.line(10).set(true);
    expect(claim(S0)).toBe(10);
  });

  test("the highest priority is claimed first, then the lowest number", () => {
    const source = fc.integer({ min: 1, max: PLIC_SOURCES });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(source, fc.integer({ min: 1, max: 7 })), { selector: ([s]) => s }),
        (all) => {
          const { plic, setPriority, enable, claim, supervisor } = make();
          enable(S0, ...all.map(([s]) => s));
          for (const [s, priority] of all) setPriority(s, priority);
          for (const [s] of all) plic.line(s).set(true);
          const expected = [...all].sort(([s1, p1], [s2, p2]) => p2 - p1 || s1 - s2).map(([s]) => s);
          for (const s of expected) {
            expect(supervisor[0]?.level).toBe(true);
            expect(claim(S0)).toBe(s);
          }
          expect(claim(S0)).toBe(0);
          expect(supervisor[0]?.level).toBe(false);
        },
      ),
    );
  });
});

describe("gateway", () => {
  test("a level that stays high asks again only after completion", () => {
    const { plic, supervisor, setPriority, enable, claim, complete } = make();
    setPriority(10, 1);
    enable(S0, 10);
    const line = plic.line(10);
    line.set(true);
    expect(plic.read(0x1000, 4)).toBe(1 << 10);
    expect(claim(S0)).toBe(10);
    expect(plic.read(0x1000, 4)).toBe(0);
    line.set(true);
    expect(supervisor[0]?.level).toBe(false);
    complete(S0, 10);
    expect(supervisor[0]?.level).toBe(true);
    claim(S0);
    line.set(false);
    complete(S0, 10);
    expect(supervisor[0]?.level).toBe(false);
  });

  test("a level that falls and rises while its interrupt is served waits for the completion", () => {
    const { plic, supervisor, setPriority, enable, claim, complete } = make();
    setPriority(10, 1);
    enable(S0, 10);
    const line = plic.line(10);
    line.set(true);
    claim(S0);
    line.set(false);
    line.set(true);
    expect([supervisor[0]?.level, plic.read(0x1000, 4)]).toEqual([false, 0]);
    complete(S0, 10);
    expect(supervisor[0]?.level).toBe(true);
  });

  test("a request stays when the level falls before the claim", () => {
    const { plic, setPriority, enable, claim } = make();
    setPriority(40, 1);
    enable(S0, 40);
    plic.line(40).set(true);
    plic.line(40).set(false);
    expect(claim(S0)).toBe(40);
  });

  test("a completion of a source that the context does not enable is ignored", () => {
    const { plic, supervisor, setPriority, enable, claim, complete } = make();
    setPriority(10, 1);
    enable(S0, 10);
    plic.line(10).set(true);
    claim(S0);
    complete(0, 10);
    complete(S0, 0);
    complete(S0, 1000);
    expect(supervisor[0]?.level).toBe(false);
  });
});

test("source 0 and sources beyond the last do not exist", () => {
  const { plic, enable } = make();
  enable(S0, 0, 1);
  expect(plic.read(0x2080, 4)).toBe(2);
  plic.write(0, 4, 7);
  expect(plic.read(0, 4)).toBe(0);
  plic.write(4 * (PLIC_SOURCES + 1), 4, 7);
  expect(plic.read(4 * (PLIC_SOURCES + 1), 4)).toBe(0);
  expect(() => plic.line(0)).toThrow(RangeError);
  expect(() => plic.line(PLIC_SOURCES + 1)).toThrow(RangeError);
});

test("any access is safe", () => {
  expectSafeAccesses(0x60_0000, () => make().plic);
  expectSafeAccesses(0x3000, () => make().plic);
});

test("its device-tree node", () => {
  const soc = new FdtNode();
  make().plic.describe(soc, PLACEMENT);
  const node = findNode(soc, "/plic@10000000") as FdtNode;
  expect(propertyCells(node, "interrupts-extended")).toEqual([2, 11, 2, 9, 4, 11, 4, 9]);
  expect(propertyCells(node, "phandle")).toEqual([9]);
  expect(propertyCells(node, "riscv,ndev")).toEqual([95]);
});
