/** The device tree of the machine: read back, it has to equal the machine map and to agree with QEMU's. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DeviceTreeOptions, machineTree } from "../../../host/boot/device-tree.ts";
import { findNode, propertyCells, propertyStrings, readFdt } from "../../../host/boot/fdt-reader.ts";
import { type FdtNode, flattenFdt } from "../../../host/boot/fdt-writer.ts";
import { type PlacedDevice, placeDevice } from "../../../host/bus.ts";
import { Clint } from "../../../host/devices/clint.ts";
import { GoldfishRtc } from "../../../host/devices/goldfish-rtc.ts";
import { Plic } from "../../../host/devices/plic.ts";
import { TestFinisher } from "../../../host/devices/test-finisher.ts";
import { Uart16550 } from "../../../host/devices/uart16550.ts";
import { VirtioMmio } from "../../../host/devices/virtio-mmio.ts";
import { MACHINE_MAP, type MapRow, PLIC_SOURCES, RAM_BASE, TIMEBASE_HZ } from "../../../spec/machine-map.ts";
import { PATIENCE_MS } from "../../tools/patience.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { FakeClock, FakeLine, FakeMemory, lines } from "../devices/fakes.ts";

const ISA = "rv64imac_zicsr_zifencei";
const RAM_BYTES = 256 * 1024 * 1024;

function board(harts: number): PlacedDevice[] {
  const memory = new FakeMemory(RAM_BASE, 16);
  const { testFinisher, rtc, clint, plic, uart, virtio } = MACHINE_MAP;
  return [
    placeDevice(testFinisher, new TestFinisher(() => {})),
    placeDevice(rtc, new GoldfishRtc({ clock: new FakeClock(), irq: new FakeLine(), base: 0 })),
    placeDevice(clint, new Clint({ clock: new FakeClock(), software: lines(harts), timer: lines(harts) })),
    placeDevice(plic, new Plic({ machine: lines(harts), supervisor: lines(harts) })),
    placeDevice(uart, new Uart16550({ irq: new FakeLine(), onOutput: () => {} })),
    ...Array.from({ length: virtio.count }, (_, slot) =>
      placeDevice(virtio, new VirtioMmio({ name: `virtio ${slot}`, irq: new FakeLine(), memory }), slot),
    ),
  ];
}

function ourTree(harts: number, options: Partial<DeviceTreeOptions> = {}): FdtNode {
  const tree = machineTree({
    harts,
    ramBytes: RAM_BYTES,
    isa: ISA,
    mmuType: "riscv,sv39",
    devices: board(harts),
    ...options,
  });
  return readFdt(flattenFdt(tree)).root;
}

/** Base, size and interrupt of a node under `/soc`. */
function place(node: FdtNode): { base: number; size: number; irq: number | undefined } {
  const [baseHigh = 0, base = 0, sizeHigh = 0, size = 0] = propertyCells(node, "reg") ?? [];
  return {
    base: baseHigh * 2 ** 32 + base,
    size: sizeHigh * 2 ** 32 + size,
    irq: propertyCells(node, "interrupts")?.[0],
  };
}

function phandles(node: FdtNode): number[] {
  return [...(propertyCells(node, "phandle") ?? []), ...node.children.flatMap(phandles)];
}

describe.each([1, 4, 8])("read back with %i harts", (harts) => {
  const root = ourTree(harts);
  const node = (path: string): FdtNode => {
    const found = findNode(root, path);
    if (!found) throw new Error(`there is no ${path}`);
    return found;
  };

  test("the devices are those of the machine map, at their places, with their interrupts", () => {
    const rows: MapRow[] = Object.values(MACHINE_MAP);
    const expected = rows
      .filter((row) => row !== MACHINE_MAP.bootRom)
      .flatMap(({ base, size, irq, count = 1 }) =>
        Array.from({ length: count }, (_, n) => ({
          base: base + n * size,
          size,
          irq: irq === undefined ? undefined : irq + n,
        })),
      );
    const byBase = (a: { base: number }, b: { base: number }): number => a.base - b.base;
    expect(node("/soc").children.map(place).sort(byBase)).toEqual(expected.sort(byBase));
    for (const child of node("/soc").children) {
      expect(child.name.split("@")[1]).toBe(place(child).base.toString(16));
    }
  });

  test("memory and time base", () => {
    expect(place(node(`/memory@${RAM_BASE.toString(16)}`))).toMatchObject({
      base: RAM_BASE,
      size: RAM_BYTES,
    });
    expect(propertyCells(node("/cpus"), "timebase-frequency")).toEqual([TIMEBASE_HZ]);
  });

  test("every hart is there, with its interrupt controller wired to CLINT and PLIC", () => {
    const cpus = node("/cpus").children.filter(({ name }) => name.startsWith("cpu@"));
    expect(cpus.map((cpu) => propertyCells(cpu, "reg"))).toEqual(
      Array.from({ length: harts }, (_, n) => [n]),
    );
    const controllers = cpus.map(
      (cpu) => propertyCells(node(`/cpus/${cpu.name}/interrupt-controller`), "phandle")?.[0],
    );
    for (const cpu of cpus) {
      expect(propertyStrings(cpu, "riscv,isa")).toEqual([ISA]);
      expect(propertyStrings(cpu, "riscv,isa-extensions")).toEqual(["i", "m", "a", "c", "zicsr", "zifencei"]);
      expect(propertyStrings(cpu, "mmu-type")).toEqual(["riscv,sv39"]);
    }
    const wiring = (path: string) => propertyCells(node(path), "interrupts-extended");
    expect(wiring("/soc/clint@2000000")).toEqual(controllers.flatMap((c) => [c, 3, c, 7]));
    expect(wiring("/soc/plic@c000000")).toEqual(controllers.flatMap((c) => [c, 11, c, 9]));
  });

  test("references lead somewhere, and no phandle is given twice", () => {
    const all = phandles(root);
    expect(new Set(all).size).toBe(all.length);
    const plic = propertyCells(node("/soc/plic@c000000"), "phandle");
    for (const child of node("/soc").children) {
      const parent = propertyCells(child, "interrupt-parent");
      if (parent) expect(parent).toEqual(plic);
    }
    expect(propertyCells(node("/poweroff"), "regmap")).toEqual(
      propertyCells(node("/soc/test@100000"), "phandle"),
    );
  });
});

test("the PLIC tells how many sources there are", () => {
  const plic = findNode(ourTree(1), "/soc/plic@c000000") as FdtNode;
  expect(propertyCells(plic, "riscv,ndev")).toEqual([PLIC_SOURCES]);
});

describe("chosen", () => {
  test("console, command line and ramdisk", () => {
    const initrd = { start: 0x8420_0000, end: 0x8430_0000 };
    const root = ourTree(1, { bootArguments: "console=ttyS0 quiet", initrd });
    const chosen = findNode(root, "/chosen") as FdtNode;
    expect(propertyStrings(chosen, "bootargs")).toEqual(["console=ttyS0 quiet"]);
    expect(propertyCells(chosen, "linux,initrd-start")).toEqual([0, initrd.start]);
    expect(propertyCells(chosen, "linux,initrd-end")).toEqual([0, initrd.end]);
    const stdout = propertyStrings(chosen, "stdout-path")?.[0] as string;
    expect(propertyStrings(findNode(root, stdout) as FdtNode, "compatible")).toEqual(["ns16550a"]);
  });

  test("nothing is said of what there is not, and two trees are the same", () => {
    const chosen = findNode(ourTree(1), "/chosen") as FdtNode;
    expect([...chosen.properties.keys()]).toEqual(["stdout-path"]);
    const blob = () =>
      flattenFdt(machineTree({ harts: 2, ramBytes: RAM_BYTES, isa: ISA, mmuType: "x", devices: board(2) }));
    expect(blob()).toEqual(blob());
  });
});

function qemuTree(harts: number): FdtNode {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-"));
  try {
    const file = join(folder, "virt.dtb");
    const options = ["-M", `virt,dumpdtb=${file}`, "-smp", String(harts), "-m", "256"];
    spawnSync("qemu-system-riscv64", options, { timeout: PATIENCE_MS });
    return readFdt(readFileSync(file)).root;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

requireTool("qemu-system-riscv64")("beside QEMU's virt", () => {
  test.each([1, 4, 8])("every device of ours is QEMU's, with %i harts", (harts) => {
    const [ours, theirs] = [ourTree(harts), qemuTree(harts)];
    const compared = ["compatible", "reg", "interrupts", "clock-frequency", "value", "offset", "device_type"];
    const children = (path: string): string[] =>
      findNode(ours, path)?.children.map(({ name }) => `${path}/${name}`) ?? [];
    const paths = [...children("/soc"), ...children("/cpus"), "/poweroff", "/reboot", "/memory@80000000"];
    for (const path of paths) {
      const [our, their] = [findNode(ours, path), findNode(theirs, path)];
      expect(their, path).toBeDefined();
      for (const property of compared) {
        expect(our?.properties.get(property), `${path} ${property}`).toEqual(their?.properties.get(property));
      }
    }
    const stdout = (root: FdtNode) => propertyStrings(findNode(root, "/chosen") as FdtNode, "stdout-path");
    expect(stdout(ours)).toEqual(stdout(theirs));
  });
});
