/** Location expressions, call frames and LEB128, from bytes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallFrames } from "../../../host/dwarf/call-frames.ts";
import { Cursor } from "../../../host/dwarf/cursor.ts";
import { type ExpressionContext, evaluate, locate } from "../../../host/dwarf/expression.ts";

const context: ExpressionContext = {
  register: (number) => (number < 32 ? BigInt(number) * 0x100n : undefined),
  memory: (address, length) =>
    address >= 0x1000n ? Uint8Array.from({ length }, (_, i) => Number(address % 0x80n) + i) : undefined,
  cfa: () => 0x8000n,
  frameBase: () => 0x7000n,
  entryValue: (expression) => (expression[0] === 0x5a ? 42n : undefined),
  baseType: (offset) => (offset === 1 ? { bytes: 1, signed: true } : undefined),
};
const at = (...bytes: number[]) => locate(Uint8Array.from(bytes), context);
const number = (...bytes: number[]) => evaluate(Uint8Array.from(bytes), context);

describe("location expressions", () => {
  it("give memory, registers, values and pieces", () => {
    expect(at(0x91, 0x68)).toEqual({ kind: "memory", address: 0x7000n - 24n });
    expect(at(0x72, 0x10)).toEqual({ kind: "memory", address: 0x210n });
    expect(at(0x5a)).toEqual({ kind: "register", register: 10 });
    expect(at(0x35, 0x9f)).toEqual({ kind: "value", value: 5n });
    expect(at(0x9e, 2, 7, 8)).toEqual({ kind: "bytes", bytes: Uint8Array.of(7, 8) });
    expect(at(0x5a, 0x93, 4, 0x93, 4)).toEqual({
      kind: "pieces",
      pieces: [
        { bytes: 4, location: { kind: "register", register: 10 } },
        { bytes: 4, location: undefined },
      ],
    });
  });

  it("calculate as C does in 64 bits", () => {
    expect(number(0x08, 200, 0x09, 0xff, 0x22)).toBe(199n);
    expect(number(0x09, 0xf6, 0x33, 0x1b)).toBe(2n ** 64n - 3n);
    expect(number(0x09, 0xff, 0x34, 0x26)).toBe(2n ** 64n - 1n);
    expect(number(0x09, 0xff, 0x34, 0x25)).toBe(2n ** 60n - 1n);
    expect(number(0x31, 0x32, 0x33, 0x17, 0x1c)).toBe(2n ** 64n - 1n);
    expect(number(0x31, 0x32, 0x16, 0x1c)).toBe(1n);
    expect(number(0x31, 0x28, 1, 0, 0x35, 0x36)).toBe(6n);
    expect(number(0x0a, 0x00, 0x10, 0x94, 2)).toBe(0x0100n);
    expect(number(0x08, 0xff, 0xa8, 1)).toBe(2n ** 64n - 1n);
    expect(number(0xa3, 1, 0x5a, 0x23, 8)).toBe(50n);
    expect(number(0x9c, 0x38, 0x1c)).toBe(0x7ff8n);
  });

  it("know nothing where something is missing, and end", () => {
    for (const bytes of [
      [0x22],
      [0x90, 40, 0x9f],
      [0x31, 0x30, 0x1b],
      [0x06],
      [0x30, 0x06],
      [0xa3, 1, 0x5b],
      [0x92],
    ]) {
      expect(number(...bytes)).toBeUndefined();
    }
    expect(number(0x2f, 0xfd, 0xff)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        locate(bytes, context);
        new CallFrames([{ bytes, address: 0n, isEh: bytes.length % 2 === 0 }]).rowAt(0x1000n);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("LEB128", () => {
  it("has room for 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes: number[] = [];
        for (let rest = value; ; rest >>= 7n) {
          const low = Number(BigInt.asUintN(7, rest));
          const last = (rest >= -64n && rest < 64n) as boolean;
          bytes.push(last ? low : low | 0x80);
          if (last) break;
        }
        expect(new Cursor(Uint8Array.from(bytes)).wideSleb()).toBe(value);
      }),
    );
    expect(
      new Cursor(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)).wideUleb(),
    ).toBe(2n ** 64n - 1n);
  });
});
