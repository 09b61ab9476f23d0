/** User programs of kernel-image as their sources give them, made once for all tests, also when several ask at a time. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { findTool } from "./tools.ts";

const SOURCES = join(PACKAGE_ROOT, "kernel-image/user");
const BUILT = join(PACKAGE_ROOT, "kernel-image/build/user");

/** Has make look after a file below BUILT; of several processes one makes it, and the others find it made. */
function make(target: string): string {
  mkdirSync(BUILT, { recursive: true });
  const words = ["make", "-s", "-C", SOURCES, `../build/user/${target}`];
  const lock = findTool("flock");
  const [command, ...others] = lock ? [lock, join(BUILT, "lock"), ...words] : words;
  const { status, stderr, error } = spawnSync(command as string, others, { encoding: "utf8" });
  if (status !== 0) throw new Error(`make ${target}: ${stderr || error}`);
  return join(BUILT, target);
}

/** Path of the program with its symbols; its code is that of the initial RAM disk. */
export const userProgram = (name: string): string => make(name);

/** Path of the program as it goes into a RAM disk. */
export const strippedProgram = (name: string): string => make(`strip/${name}`);
