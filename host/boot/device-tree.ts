/** Writes the device tree of the machine, with the node names and phandles of QEMU's `virt` board. */
import { MACHINE_MAP, RAM_BASE, TIMEBASE_HZ } from "../../spec/machine-map.ts";
import { CACHE_BLOCK_BYTES } from "../../spec/riscv.ts";
import type { PlacedDevice } from "../bus.ts";
import { FdtNode } from "./fdt-writer.ts";
import type { AddressRange } from "./load.ts";

export interface DeviceTreeOptions {
  readonly harts: number;
  readonly ramBytes: number;
  /** The `riscv,isa` string, such as `rv64imac_zicsr_zifencei`. */
  readonly isa: string;
  /** The `mmu-type` of the harts, such as `riscv,sv39`. */
  readonly mmuType: string;
  /** The kernel's command line. */
  readonly bootArguments?: string;
  readonly initrd?: AddressRange | undefined;
  readonly devices: readonly PlacedDevice[];
}

/** There is no `rng-seed`: it would have to be the same in every run, which is worse than none. */
function describeChosen(root: FdtNode, options: DeviceTreeOptions): void {
  const chosen = root.child("chosen");
  if (options.bootArguments) chosen.strings("bootargs", options.bootArguments);
  chosen.strings("stdout-path", `/soc/serial@${MACHINE_MAP.uart.base.toString(16)}`);
  if (options.initrd) {
    chosen.wide("linux,initrd-start", options.initrd.start);
    chosen.wide("linux,initrd-end", options.initrd.end);
  }
}

function describeMemory(root: FdtNode, ramBytes: number): void {
  const memory = root.child(`memory@${RAM_BASE.toString(16)}`);
  memory.strings("device_type", "memory").wide("reg", RAM_BASE, ramBytes);
}

/** The extensions that an ISA string names: single letters after the base, then names between underscores. */
function isaExtensions(isa: string): string[] {
  const [base = "", ...named] = isa.split("_");
  return [...base.slice("rv64".length), ...named];
}

/** Adds the harts and returns the phandles of their interrupt controllers. */
function describeHarts(root: FdtNode, options: DeviceTreeOptions): number[] {
  const cpus = root.child("cpus");
  cpus.cells("#address-cells", 1).cells("#size-cells", 0).cells("timebase-frequency", TIMEBASE_HZ);
  const controllers: number[] = [];
  const phandles: number[] = [];
  for (let hart = 0; hart < options.harts; hart += 1) {
    const phandle = root.newPhandle();
    const cpu = cpus.child(`cpu@${hart.toString(16)}`);
    cpu.cells("phandle", phandle).strings("device_type", "cpu").cells("reg", hart);
    cpu.strings("status", "okay").strings("compatible", "riscv");
    cpu.strings("riscv,isa", options.isa).strings("riscv,isa-base", "rv64i");
    cpu.strings("riscv,isa-extensions", ...isaExtensions(options.isa)).strings("mmu-type", options.mmuType);
    cpu.cells("riscv,cbom-block-size", CACHE_BLOCK_BYTES).cells("riscv,cboz-block-size", CACHE_BLOCK_BYTES);
    cpu.cells("riscv,cbop-block-size", CACHE_BLOCK_BYTES);
    const controllerPhandle = root.newPhandle();
    const controller = cpu.child("interrupt-controller");
    controller.cells("#interrupt-cells", 1).flag("interrupt-controller");
    controller.strings("compatible", "riscv,cpu-intc").cells("phandle", controllerPhandle);
    phandles.push(phandle);
    controllers.push(controllerPhandle);
  }
  const cluster = cpus.child("cpu-map").child("cluster0");
  for (const [hart, phandle] of phandles.entries()) cluster.child(`core${hart}`).cells("cpu", phandle);
  return controllers;
}

/** The tree of the machine; `flattenFdt` makes a blob of it. */
export function machineTree(options: DeviceTreeOptions): FdtNode {
  const root = new FdtNode();
  root.cells("#address-cells", 2).cells("#size-cells", 2);
  root.strings("compatible", "riscv-virtio").strings("model", "riscv-virtio,hartbeat");
  describeChosen(root, options);
  describeMemory(root, options.ramBytes);
  const hartPhandles = describeHarts(root, options);
  const soc = root.child("soc");
  soc.cells("#address-cells", 2).cells("#size-cells", 2).strings("compatible", "simple-bus").flag("ranges");
  const plicPhandle = root.newPhandle();
  for (const { device, base, size, irq } of options.devices) {
    device.describe(soc, { base, size, irq, plicPhandle, hartPhandles });
  }
  return root;
}
