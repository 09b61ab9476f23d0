/** The symbol table over several images. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SymbolTable } from "../../../host/debug/symbols.ts";
import { image, symbol } from "./images.ts";

const KERNEL = 0xffff_ffff_8000_0000n;

function table(): SymbolTable {
  const symbols = new SymbolTable();
  symbols.add("firmware", image(0x8000_0000n, 0x8000_0000, [symbol("_start", 0x8000_0000n)]));
  symbols.add(
    "kernel",
    image(KERNEL, 0x8020_0000, [
      symbol("_text", KERNEL, "notype"),
      symbol("_start", KERNEL),
      symbol("start_kernel", KERNEL + 0x100n),
      symbol("do_initcalls.isra.0", KERNEL + 0x200n, "func", false),
      symbol("table", KERNEL + 0x300n, "object"),
      symbol("helper", KERNEL + 0x400n, "func", false),
      symbol("__offset_task_struct_pid", 0x40n, "notype"),
    ]),
  );
  return symbols;
}

describe("the symbol table", () => {
  it("finds addresses by name, in one image or in the first", () => {
    const symbols = table();
    expect(symbols.images).toEqual(["firmware", "kernel"]);
    expect(symbols.lookup("_start")).toBe(0x8000_0000n);
    expect(symbols.lookup("_start", "kernel")).toBe(KERNEL);
    expect(symbols.lookup("__offset_task_struct_pid", "kernel")).toBe(0x40n);
    expect(symbols.lookup("do_initcalls")).toBe(KERNEL + 0x200n);
    expect(symbols.lookup("nothing")).toBeUndefined();
  });

  it("finds names by address, at the link address or where the image was loaded", () => {
    const symbols = table();
    expect(symbols.symbolize(KERNEL + 0x110n)).toEqual({
      image: "kernel",
      name: "start_kernel",
      offset: 0x10,
    });
    expect(symbols.symbolize(0x8020_0110n)).toEqual({ image: "kernel", name: "start_kernel", offset: 0x10 });
    expect(symbols.symbolize(0x8000_0004n)?.image).toBe("firmware");
    expect(symbols.symbolize(0x40n)).toBeUndefined();
    expect(symbols.symbolize(KERNEL + 0x1000n)).toBeUndefined();
    expect(symbols.symbolize(KERNEL, "firmware")).toBeUndefined();
  });

  it("prefers functions to labels at one address", () => {
    expect(table().describe(KERNEL)).toBe("_start");
    expect(table().describe(KERNEL + 2n)).toBe("_start+0x2");
    expect(table().describe(0x1234n)).toBe("0x1234");
  });

  it("knows where things were loaded", () => {
    expect(table().loadAddress(KERNEL + 0x123n)).toBe(0x8020_0123);
    expect(table().loadAddress(0x10n)).toBeUndefined();
    // What is left of the last page, too, and no more.
    const odd = new SymbolTable();
    odd.add("kernel", image(KERNEL, 0x8020_0000, [], 0x1800));
    expect(odd.loadAddress(KERNEL + 0x1fffn)).toBe(0x8020_1fff);
    expect(odd.loadAddress(KERNEL + 0x2000n)).toBeUndefined();
  });

  it("replaces an image of the same label", () => {
    const symbols = table();
    symbols.add("kernel", image(0x1000n, 0x1000, [symbol("other", 0x1000n)]));
    expect(symbols.images).toEqual(["firmware", "kernel"]);
    expect(symbols.lookup("start_kernel")).toBeUndefined();
  });

  it("gives the nearest symbol below, whatever the order in the file", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 0xfff }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 0xfff }),
        (offsets, at) => {
          const symbols = new SymbolTable();
          symbols.add(
            "a",
            image(
              0n,
              0,
              offsets.map((offset) => symbol(`s${offset}`, BigInt(offset))),
            ),
          );
          const nearest = Math.max(...offsets.filter((offset) => offset <= at));
          const found = symbols.symbolize(BigInt(at));
          expect(found?.name).toBe(Number.isFinite(nearest) ? `s${nearest}` : undefined);
        },
      ),
    );
  });
});
