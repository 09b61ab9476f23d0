/** The test finisher: which writes end the machine, and how. */
import { expect, test } from "vitest";
import { findNode, propertyCells } from "../../../host/boot/fdt-reader.ts";
import { FdtNode } from "../../../host/boot/fdt-writer.ts";
import { type Finish, TestFinisher } from "../../../host/devices/test-finisher.ts";
import { expectSafeAccesses, PLACEMENT } from "./fakes.ts";

function make() {
  const finishes: Finish[] = [];
  return { finishes, finisher: new TestFinisher((finish) => finishes.push(finish)) };
}

test("pass, fail with a code, reset", () => {
  const { finishes, finisher } = make();
  finisher.write(0, 4, 0x5555);
  finisher.write(0, 4, 0x002a_3333);
  finisher.write(0, 4, 0xffff_3333);
  finisher.write(0, 2, 0x7777);
  expect(finishes).toEqual([
    { kind: "pass" },
    { kind: "fail", code: 42 },
    { kind: "fail", code: 0xffff },
    { kind: "reset" },
  ]);
});

test("other writes do nothing", () => {
  const { finishes, finisher } = make();
  finisher.write(0, 4, 0x1234);
  finisher.write(4, 4, 0x5555);
  finisher.write(0, 1, 0x55);
  expect(finishes).toEqual([]);
});

test("any access is safe", () => {
  expectSafeAccesses(0x1000, () => make().finisher);
});

test("the device tree tells how to power off", () => {
  const root = new FdtNode();
  make().finisher.describe(root.child("soc"), PLACEMENT);
  const phandle = propertyCells(findNode(root, "/soc/test@10000000") as FdtNode, "phandle");
  const poweroff = findNode(root, "/poweroff") as FdtNode;
  expect(propertyCells(poweroff, "regmap")).toEqual(phandle);
  expect(propertyCells(poweroff, "value")).toEqual([0x5555]);
  expect(propertyCells(findNode(root, "/reboot") as FdtNode, "value")).toEqual([0x7777]);
});
