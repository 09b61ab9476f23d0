/** Programs of Debian for riscv64, as they come in its packages, for RAM disks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CpioEntry } from "../../host/boot/cpio.ts";
import { debianPackage, whyNoPackages } from "./debian-packages.ts";
import { program } from "./guest.ts";

/** Why these packages cannot be had here; undefined when they can (they are fetched now, if they were not before). */
export function whyNoDebianPrograms(...packages: string[]): string | undefined {
  try {
    const why = whyNoPackages();
    if (why === undefined) for (const name of packages) debianPackage(name);
    return why;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** A file of a package at a place in the guest. */
export function debianFile(name: string, file: string, path: string): CpioEntry {
  return program(path, new Uint8Array(readFileSync(join(debianPackage(name), file))));
}

export const busybox = (): CpioEntry => debianFile("busybox-static", "usr/bin/busybox", "bin/busybox");
