/** Where the files of the package lie on disk, and reading files with errors that a user understands. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HartbeatError } from "../errors.ts";

/** The package's root: the nearest folder above this code that holds package.json. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new HartbeatError("package.json is missing above this program; install hartbeat again.");
  return findRoot(parent);
}

/** The core, the images that boot when none are named, and the compressed image of the same kernel. */
export const PACKAGE_FILES = {
  core: join(PACKAGE_ROOT, "dist/core.wasm"),
  firmware: join(PACKAGE_ROOT, "kernel-image/prebuilt/firmware.elf"),
  kernel: join(PACKAGE_ROOT, "kernel-image/prebuilt/vmlinux"),
  initrd: join(PACKAGE_ROOT, "kernel-image/prebuilt/initramfs.cpio"),
  vmlinuz: join(PACKAGE_ROOT, "dist/vmlinuz"),
  decompressor: join(PACKAGE_ROOT, "kernel-image/prebuilt/decompressor.elf"),
  web: join(PACKAGE_ROOT, "dist/web"),
} as const;

/** The version in package.json. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")).version;
}

const REASONS: Record<string, string> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  EADDRINUSE: "the port is in use by another program",
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** A system error in plain words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && REASONS[code]) ?? code ?? message;
}

/** The bytes of a file; `what` says what it is for in the message, `advice` what to do when it cannot be read. */
export function readBytes(path: string, what: string, advice: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new HartbeatError(`Cannot read ${what} '${path}': ${reason(error)}; ${advice}.`);
  }
}

function cannotWrite(path: string, what: string, error: unknown): never {
  throw new HartbeatError(`Cannot write ${what} '${path}': ${reason(error)}; name another file.`);
}

/** Throws HartbeatError when a file could not be written there. Makes no file. */
export function checkPlace(path: string, what: string): void {
  try {
    if (existsSync(path)) closeSync(openSync(path, "r+"));
    else accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    cannotWrite(path, what, error);
  }
}

/** Writes a file; `what` says what it is in the message when that cannot be. */
export function writeOutput(path: string, what: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    cannotWrite(path, what, error);
  }
}

/** Whether a file that can be read begins as ELF files do. */
export function isElf(path: string): boolean {
  const magic = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, magic, 0, magic.length, 0);
  } finally {
    closeSync(file);
  }
  return magic.toString("latin1") === "\x7fELF";
}
