/** The device-tree writer and reader: each against the other, against dtc, and against garbage. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findNode, propertyCells, propertyStrings, readFdt } from "../../../host/boot/fdt-reader.ts";
import { FdtNode, type FdtReservation, flattenFdt } from "../../../host/boot/fdt-writer.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { expectOnlyHartbeatErrors } from "./garbage.ts";

interface Shape {
  properties: [string, Uint8Array][];
  children: [string, Shape][];
}

const nameArbitrary = fc.stringMatching(/^[a-z][a-z0-9,._+-]{0,30}$/);

function treeArbitrary(depth: number): fc.Arbitrary<Shape> {
  const properties = fc.uniqueArray(fc.tuple(nameArbitrary, fc.uint8Array({ maxLength: 40 })), {
    maxLength: 5,
    selector: ([name]) => name,
  });
  const children: fc.Arbitrary<[string, Shape][]> =
    depth === 0
      ? fc.constant([])
      : fc.uniqueArray(fc.tuple(nameArbitrary, treeArbitrary(depth - 1)), {
          maxLength: 3,
          selector: ([name]) => name,
        });
  return fc.record({ properties, children });
}

function build(shape: Shape, node = new FdtNode()): FdtNode {
  for (const [name, value] of shape.properties) node.bytes(name, value);
  for (const [name, child] of shape.children) build(child, node.child(name));
  return node;
}

function shapeOf(node: FdtNode): Shape {
  return {
    properties: [...node.properties].map(([name, value]) => [name, Uint8Array.from(value)]),
    children: node.children.map((child) => [child.name, shapeOf(child)]),
  };
}

function sample(): FdtNode {
  const root = new FdtNode();
  root.cells("#address-cells", 2).cells("#size-cells", 2).strings("compatible", "riscv-virtio");
  const soc = root.child("soc").flag("ranges").strings("compatible", "one", "two");
  soc.child("serial@10000000").wide("reg", 0x1000_0000, 0x100);
  return root;
}

describe("writer and reader", () => {
  test("what is written is read back", () => {
    const reservationArbitrary: fc.Arbitrary<FdtReservation> = fc.record({
      address: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      size: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    });
    fc.assert(
      fc.property(
        treeArbitrary(3),
        fc.array(reservationArbitrary, { maxLength: 3 }),
        fc.nat(7),
        (shape, reservations, bootCpu) => {
          const fdt = readFdt(flattenFdt(build(shape), { reservations, bootCpu }));
          expect(shapeOf(fdt.root)).toEqual(shapeOf(build(shape)));
          expect(fdt.reservations).toEqual(reservations);
          expect(fdt.bootCpu).toBe(bootCpu);
        },
      ),
    );
  });

  test("typed properties", () => {
    const { root } = readFdt(flattenFdt(sample()));
    const serial = findNode(root, "/soc/serial@10000000") as FdtNode;
    expect(propertyCells(serial, "reg")).toEqual([0, 0x1000_0000, 0, 0x100]);
    expect(propertyCells(serial, "interrupts")).toBeUndefined();
    expect(propertyStrings(findNode(root, "/soc") as FdtNode, "compatible")).toEqual(["one", "two"]);
    expect(findNode(root, "/soc/nothing")).toBeUndefined();
    expect(findNode(root, "/")).toBe(root);
  });

  test("a cell that does not fit is refused", () => {
    expect(() => new FdtNode().cells("reg", 2 ** 32)).toThrow(RangeError);
    expect(() => new FdtNode().cells("reg", -1)).toThrow(RangeError);
  });

  test("phandles are unique in the whole tree", () => {
    const root = new FdtNode();
    const child = root.child("a").child("b");
    expect([root.newPhandle(), child.newPhandle(), root.newPhandle()]).toEqual([1, 2, 3]);
  });
});

requireTool("dtc")("beside dtc", () => {
  test("dtc takes the blob", () => {
    const source = execFileSync("dtc", ["-q", "-I", "dtb", "-O", "dts"], { input: flattenFdt(sample()) });
    expect(source.toString()).toContain("reg = <0x00 0x10000000 0x00 0x100>;");
  });

  test("a blob of dtc is read", () => {
    const source = '/dts-v1/; /memreserve/ 0x80000000 0x1000; / { a = <1 2>; b { c = "x", "y"; }; };';
    const fdt = readFdt(execFileSync("dtc", ["-q", "-I", "dts", "-O", "dtb"], { input: source }));
    expect(fdt.reservations).toEqual([{ address: 0x8000_0000n, size: 0x1000n }]);
    expect(propertyCells(fdt.root, "a")).toEqual([1, 2]);
    expect(propertyStrings(findNode(fdt.root, "/b") as FdtNode, "c")).toEqual(["x", "y"]);
  });
});

describe("garbage", () => {
  test("never gives anything but a HartbeatError", () => {
    expectOnlyHartbeatErrors(flattenFdt(sample()), (bytes) => readFdt(bytes));
  });

  test("every truncation is noticed", () => {
    const blob = flattenFdt(sample());
    for (let length = 0; length < blob.length; length += 1) {
      expect(() => readFdt(blob.subarray(0, length))).toThrow(/device tree is damaged/);
    }
  });

  test.each([
    ["magic", 0, 1, /magic/],
    ["total size", 4, 0x7fff_ffff, /header tells of/],
    ["structure offset", 8, 0x7fff_fff0, /structure block/],
    ["strings offset", 12, 0x7fff_fff0, /strings block/],
    ["reservation offset", 16, 0x7fff_fff0, /reservation block/],
    ["version", 20, 3, /version/],
    ["structure size", 36, 5, /structure block/],
  ])("a wrong %s is named", (_, offset, value, message) => {
    const blob = flattenFdt(sample());
    new DataView(blob.buffer).setUint32(offset, value);
    expect(() => readFdt(blob)).toThrow(message);
  });

  test("nesting without end is refused", () => {
    let node = new FdtNode();
    const root = node;
    for (let depth = 0; depth < 100; depth += 1) node = node.child("a");
    expect(() => readFdt(flattenFdt(root))).toThrow(/nest deeper/);
  });

  test("a property that is not text or cells is named", () => {
    const node = new FdtNode("x").bytes("odd", new Uint8Array([1, 2, 3]));
    expect(() => propertyCells(node, "odd")).toThrow(/'odd' of device-tree node 'x'/);
    expect(() => propertyStrings(node, "odd")).toThrow(/'odd' of device-tree node 'x'/);
  });
});
