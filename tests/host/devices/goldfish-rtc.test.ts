/** The real-time clock: time, setting it, the alarm. */
import { describe, expect, test } from "vitest";
import { findNode, propertyCells, propertyStrings } from "../../../host/boot/fdt-reader.ts";
import { FdtNode } from "../../../host/boot/fdt-writer.ts";
import { GoldfishRtc } from "../../../host/devices/goldfish-rtc.ts";
import { expectSafeAccesses, FakeClock, FakeLine, PLACEMENT } from "./fakes.ts";

const TIME = 0x00;
const ALARM = 0x08;
const IRQ_ENABLED = 0x10;
const CLEAR_ALARM = 0x14;
const ALARM_STATUS = 0x18;
const CLEAR_INTERRUPT = 0x1c;

const BASE_MS = Date.UTC(2026, 0, 1);

function make() {
  const clock = new FakeClock();
  const irq = new FakeLine();
  const rtc = new GoldfishRtc({ clock, irq, base: BASE_MS });
  const get = (offset: number): bigint => {
    const low = BigInt(rtc.read(offset, 4));
    return (BigInt(rtc.read(offset + 4, 4)) << 32n) | low;
  };
  const put = (offset: number, value: bigint): void => {
    rtc.write(offset + 4, 4, Number(value >> 32n));
    rtc.write(offset, 4, Number(BigInt.asUintN(32, value)));
  };
  return { clock, irq, rtc, get, put };
}

const base = BigInt(BASE_MS) * 1_000_000n;

describe("time", () => {
  test("starts at the base and counts nanoseconds of guest time", () => {
    const { clock, get } = make();
    expect(get(TIME)).toBe(base);
    clock.advanceTo(1_234_567);
    expect(get(TIME)).toBe(base + 1_234_567n);
  });

  test("the high half is the one of the last reading of the low half", () => {
    const { clock, rtc } = make();
    const toWrap = 2 ** 32 - Number(BigInt.asUintN(32, base));
    clock.advanceTo(toWrap - 1);
    expect(rtc.read(TIME, 4)).toBe(0xffff_ffff);
    clock.advanceTo(toWrap);
    expect(rtc.read(TIME + 4, 4)).toBe(Number(base >> 32n));
    expect(rtc.read(TIME, 4)).toBe(0);
    expect(rtc.read(TIME + 4, 4)).toBe(Number(base >> 32n) + 1);
  });

  test("can be set, until a reset", () => {
    const { clock, get, put, rtc } = make();
    clock.advanceTo(500);
    put(TIME, 42_000_000_000_000n);
    clock.advanceTo(600);
    expect(get(TIME)).toBe(42_000_000_000_100n);
    rtc.reset();
    expect(get(TIME)).toBe(base + 600n);
  });
});

describe("the alarm", () => {
  test("rings at its time, and its interrupt is cleared", () => {
    const { clock, irq, put, rtc } = make();
    rtc.write(IRQ_ENABLED, 4, 1);
    put(ALARM, base + 1000n);
    expect(rtc.read(ALARM_STATUS, 4)).toBe(1);
    clock.advanceTo(999);
    expect(irq.level).toBe(false);
    clock.advanceTo(1000);
    expect(irq.level).toBe(true);
    expect(rtc.read(ALARM_STATUS, 4)).toBe(0);
    rtc.write(CLEAR_INTERRUPT, 4, 1);
    expect(irq.level).toBe(false);
  });

  test("rings at once in the past, and not before it is enabled", () => {
    const { irq, put, rtc } = make();
    put(ALARM, base - 1n);
    expect(irq.level).toBe(false);
    rtc.write(IRQ_ENABLED, 4, 1);
    expect(irq.level).toBe(true);
  });

  test("can be cleared, and moves when the time is set", () => {
    const { clock, irq, put, rtc } = make();
    rtc.write(IRQ_ENABLED, 4, 1);
    put(ALARM, base + 1000n);
    rtc.write(CLEAR_ALARM, 4, 1);
    expect(clock.pending).toBe(0);
    put(ALARM, base + 1000n);
    put(TIME, base + 900n);
    clock.advanceTo(100);
    expect(irq.level).toBe(true);
  });
});

test("a saved state is taken over, with the alarm", () => {
  const first = make();
  first.rtc.write(IRQ_ENABLED, 4, 1);
  first.put(ALARM, base + 1000n);
  const second = make();
  second.rtc.restore(first.rtc.state());
  expect(second.rtc.state()).toEqual(first.rtc.state());
  second.clock.advanceTo(1000);
  expect(second.irq.level).toBe(true);
});

test("any access is safe", () => {
  expectSafeAccesses(0x1000, () => new GoldfishRtc({ clock: new FakeClock(), irq: new FakeLine(), base: 0 }));
});

test("its node is QEMU's", () => {
  const soc = new FdtNode();
  make().rtc.describe(soc, PLACEMENT);
  const node = findNode(soc, "/rtc@10000000") as FdtNode;
  expect(propertyStrings(node, "compatible")).toEqual(["google,goldfish-rtc"]);
  expect(propertyCells(node, "interrupts")).toEqual([PLACEMENT.irq]);
});
