/** A device tree from a file, completed as QEMU does: with the command line and the place of the initial RAM disk. */
import { HartbeatError } from "../errors.ts";
import { readFdt } from "./fdt-reader.ts";
import { flattenFdt } from "./fdt-writer.ts";
import type { AddressRange, NamedFile } from "./load.ts";

export interface GivenTreeOptions {
  readonly bootArguments?: string | undefined;
  readonly initrd?: AddressRange | undefined;
}

/** The blob to hand to the guest. A HartbeatError names the file when it is no device tree. */
export function givenTree(file: NamedFile, { bootArguments, initrd }: GivenTreeOptions): Uint8Array {
  let fdt: ReturnType<typeof readFdt>;
  try {
    fdt = readFdt(file.bytes);
  } catch (error) {
    if (!(error instanceof HartbeatError)) throw error;
    throw new HartbeatError(`The device tree '${file.name}' cannot be used: ${error.message}`);
  }
  const { root, reservations, bootCpu } = fdt;
  const chosen = root.children.find(({ name }) => name === "chosen") ?? root.child("chosen");
  if (bootArguments) chosen.strings("bootargs", bootArguments);
  if (initrd) chosen.wide("linux,initrd-start", initrd.start).wide("linux,initrd-end", initrd.end);
  return flattenFdt(root, { reservations, bootCpu });
}
