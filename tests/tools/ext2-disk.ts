/** Disk images with ext2, and what the host's own tools (e2fsprogs) find on them. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { INITRAMFS } from "../boot/images.ts";
import type { ToolName } from "./tools.ts";
import { unpackCpio } from "./unpack-cpio.ts";

/** What these functions run. */
export const DISK_TOOLS: readonly ToolName[] = ["mke2fs", "e2fsck", "debugfs"];

export interface DiskContents {
  /** The programs and files of the initial RAM disk; if not, only what is in `files`. */
  readonly system?: boolean;
  /** Executable files by path. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

/** Makes `image` of `size` (as mke2fs writes it, "8M") with words for mke2fs, such as "-b", "1024". */
export function makeDisk(
  image: string,
  size: string,
  { system = true, files = {} }: DiskContents = {},
  words: readonly string[] = [],
): string {
  const tree = `${image}.tree`;
  mkdirSync(tree, { recursive: true });
  if (system) unpackCpio(readFileSync(INITRAMFS), tree);
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    chmodSync(file, 0o755);
  }
  const common = ["-q", "-F", "-t", "ext2", "-E", "root_owner=0:0", "-d", tree];
  execFileSync("mke2fs", [...common, ...words, image, size]);
  rmSync(tree, { recursive: true });
  return image;
}

/** What e2fsck says of the image, and its status: 0 all is well, 1 to 3 it has been repaired. */
export function fsck(image: string, ...how: string[]): { status: number | null; said: string } {
  const { status, stdout } = spawnSync("e2fsck", ["-f", ...how, image], { encoding: "utf8" });
  return { status, said: stdout };
}

/** The answer to one request. */
export const debugfs = (image: string, request: string): string =>
  execFileSync("debugfs", ["-R", request, image], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "ignore"],
  });
