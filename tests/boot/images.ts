/** Where the boot tests find the images that come with the package, and OpenSBI's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

export const PREBUILT = join(PACKAGE_ROOT, "kernel-image/prebuilt");
export const IMAGE = join(PREBUILT, "Image");
export const VMLINUX = join(PREBUILT, "vmlinux");
/** The compressed image, which the build makes of the two before it. */
export const DECOMPRESSOR = join(PREBUILT, "decompressor.elf");
export const VMLINUZ = join(PACKAGE_ROOT, "dist/vmlinuz");
export const FIRMWARE = join(PREBUILT, "firmware.elf");
export const INITRAMFS = join(PREBUILT, "initramfs.cpio");
export const OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin";

export function named(path: string): { name: string; bytes: Uint8Array } {
  return { name: path, bytes: readFileSync(path) };
}
