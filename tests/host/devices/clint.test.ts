/** The CLINT: software interrupts, and timer interrupts to the very cycle. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findNode, propertyCells, propertyStrings } from "../../../host/boot/fdt-reader.ts";
import { FdtNode } from "../../../host/boot/fdt-writer.ts";
import { Clint } from "../../../host/devices/clint.ts";
import { CYCLES_PER_TICK } from "../../../spec/machine-map.ts";
import { expectSafeAccesses, FakeClock, lines, PLACEMENT } from "./fakes.ts";

function make(harts = 2) {
  const clock = new FakeClock();
  const software = lines(harts);
  const timer = lines(harts);
  const offsets: bigint[] = [];
  const clint = new Clint({ clock, software, timer, onTimeOffset: (ticks) => offsets.push(ticks) });
  const setCompare = (hart: number, value: bigint): void => {
    clint.write(0x4000 + 8 * hart, 4, Number(value & 0xffff_ffffn));
    clint.write(0x4004 + 8 * hart, 4, Number(value >> 32n));
  };
  const mtime = (): bigint => BigInt(clint.read(0xbff8, 4)) | (BigInt(clint.read(0xbffc, 4)) << 32n);
  return { clock, software, timer, clint, offsets, setCompare, mtime };
}

test("msip drives the software interrupt of its hart", () => {
  const { clint, software } = make();
  clint.write(4, 4, 0xffff_ffff);
  expect(software.map(({ level }) => level)).toEqual([false, true]);
  expect(clint.read(4, 4)).toBe(1);
  clint.write(4, 4, 0);
  expect(software[1]?.level).toBe(false);
});

test("mtime counts ticks", () => {
  const { clock, mtime } = make();
  clock.advanceTo(5 * CYCLES_PER_TICK - 1);
  expect(mtime()).toBe(4n);
  clock.advanceTo((2 ** 33 + 7) * CYCLES_PER_TICK);
  expect(mtime()).toBe(2n ** 33n + 7n);
});

describe("timer interrupt", () => {
  test("rises at the cycle when mtime reaches mtimecmp, and falls when mtimecmp moves on", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(100_000), (ticks, start) => {
        const { clock, timer, setCompare } = make();
        clock.advanceTo(start);
        setCompare(1, BigInt(ticks));
        const due = ticks * CYCLES_PER_TICK;
        expect(timer[1]?.level).toBe(start >= due);
        if (start < due) {
          clock.advanceTo(due - 1);
          expect(timer[1]?.level).toBe(false);
          clock.advanceTo(due);
          expect(timer[1]?.level).toBe(true);
        }
        setCompare(1, 10_000n);
        expect(timer[1]?.level).toBe(false);
        expect(timer[0]?.level).toBe(false);
      }),
    );
  });

  test("a comparator that is never reached leaves no event behind", () => {
    const { clock, setCompare } = make();
    expect(clock.pending).toBe(0);
    setCompare(0, 100n);
    expect(clock.pending).toBe(1);
    setCompare(0, 2n ** 64n - 1n);
    expect(clock.pending).toBe(0);
  });

  test("only whole words count", () => {
    const { clint } = make();
    clint.write(0x4000, 2, 0);
    clint.write(0x4002, 4, 0);
    expect(clint.read(0x4000, 4)).toBe(0xffff_ffff);
    expect(clint.read(0x4000, 2)).toBe(0);
  });
});

describe("a written mtime", () => {
  test("goes on from there, and the core is told the offset", () => {
    const { clock, clint, mtime, offsets } = make();
    clock.advanceTo(50 * CYCLES_PER_TICK);
    clint.write(0xbff8, 4, 1000);
    expect(offsets.at(-1)).toBe(950n);
    clock.advanceTo(60 * CYCLES_PER_TICK);
    expect(mtime()).toBe(1010n);
    clint.write(0xbffc, 4, 1);
    expect(mtime()).toBe(2n ** 32n + 1010n);
  });

  test("moves the interrupt, forward and back, and wraps", () => {
    const { clock, clint, timer, setCompare, mtime } = make();
    setCompare(0, 500n);
    clint.write(0xbff8, 4, 499);
    expect(timer[0]?.level).toBe(false);
    clock.advanceTo(CYCLES_PER_TICK);
    expect(timer[0]?.level).toBe(true);
    clint.write(0xbff8, 4, 0);
    expect(timer[0]?.level).toBe(false);
    clint.write(0xbff8, 4, 0xffff_fffe);
    clint.write(0xbffc, 4, 0xffff_ffff);
    expect(timer[0]?.level).toBe(true);
    clock.advanceTo(3 * CYCLES_PER_TICK);
    expect(mtime()).toBe(0n);
    expect(timer[0]?.level).toBe(false);
  });
});

test("reset", () => {
  const { clint, clock, software, timer, setCompare } = make();
  clint.write(0, 4, 1);
  setCompare(0, 0n);
  expect(timer[0]?.level).toBe(true);
  clint.reset();
  expect([software[0]?.level, timer[0]?.level, clock.pending]).toEqual([false, false, 0]);
});

test("any access is safe", () => {
  expectSafeAccesses(0x1_0000, () => make().clint);
});

test("its device-tree node", () => {
  const soc = new FdtNode();
  make().clint.describe(soc, PLACEMENT);
  const node = findNode(soc, "/clint@10000000") as FdtNode;
  expect(propertyCells(node, "interrupts-extended")).toEqual([2, 3, 2, 7, 4, 3, 4, 7]);
  expect(propertyStrings(node, "compatible")).toEqual(["sifive,clint0", "riscv,clint0"]);
});
