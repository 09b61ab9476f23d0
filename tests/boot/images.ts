/** Where the boot tests find the images that come with the package, and OpenSBI's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CpioEntry } from "../../host/boot/cpio.ts";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { archive } from "../tools/guest.ts";

export const PREBUILT = join(PACKAGE_ROOT, "kernel-image/prebuilt");
export const IMAGE = join(PREBUILT, "Image");
export const VMLINUX = join(PREBUILT, "vmlinux");
/** The compressed image, which the build makes of the two before it. */
export const DECOMPRESSOR = join(PREBUILT, "decompressor.elf");
export const VMLINUZ = join(PACKAGE_ROOT, "dist/vmlinuz");
export const FIRMWARE = join(PREBUILT, "firmware.elf");
export const INITRAMFS = join(PREBUILT, "initramfs.cpio");
export const OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin";

/** The package's RAM disk with some files more. */
export const initramfsWith = (files: readonly CpioEntry[]): { name: string; bytes: Uint8Array } => ({
  name: "RAM disk of the test",
  bytes: new Uint8Array(Buffer.concat([readFileSync(INITRAMFS), archive(files)])),
});

export function named(path: string): { name: string; bytes: Uint8Array } {
  return { name: path, bytes: readFileSync(path) };
}
